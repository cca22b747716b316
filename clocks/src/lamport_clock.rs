//! Lamport's clock: an order that never contradicts cause and effect.

use core::fmt;

/// A logical clock that counts events, for putting all events of a system in one total order.
///
/// Promises: if one event could have caused another, its stamp is the smaller; stamps of one clock
/// only grow; stamps of clocks with different node ids are never equal. Does not promise the
/// converse: of two stamps, the smaller may well belong to a concurrent event. To tell concurrent
/// events apart, use a [`VectorClock`](crate::VectorClock) or a
/// [`VersionVector`](crate::VersionVector).
///
/// Each operation is O(1). The time of an event is a count from 1 to `u64::MAX`, without unit.
///
/// Across a restart the time must not go back: keep it under a [`Ceiling`](crate::Ceiling) and
/// [`recover`](Self::recover) with the persisted bound.
///
/// Source: Lamport, CACM 1978, rules IR1 and IR2, and the total order ⇒.
///
/// ```
/// use synod_clocks::LamportClock;
///
/// let mut a = LamportClock::new('a');
/// let mut b = LamportClock::new('b');
/// let sent = a.tick()?;
/// let received = b.receive(sent)?;
/// assert!(sent < received);
///
/// let elsewhere = a.tick()?;
/// assert_eq!(elsewhere.time, received.time); // a tie, broken by the node's id
/// assert!(elsewhere < received);
/// # Ok::<(), synod_clocks::Exhausted>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct LamportClock<Id> {
    node: Id,
    time: u64,
}

impl<Id: Copy + Ord> LamportClock<Id> {
    /// The clock of a node that has seen no event. Node ids must be unique in the system.
    #[must_use]
    pub const fn new(node: Id) -> Self {
        Self::recover(node, 0)
    }

    /// The clock of a node that may have issued, or seen, every time up to `time`.
    #[must_use]
    pub const fn recover(node: Id, time: u64) -> Self {
        Self { node, time }
    }

    /// The time of the latest event that this clock knows of; 0 before the first.
    #[must_use]
    pub const fn time(&self) -> u64 {
        self.time
    }

    /// Whose clock it is.
    #[must_use]
    pub const fn node(&self) -> Id {
        self.node
    }

    /// Stamps an event of this node, the sending of a message among them.
    ///
    /// # Errors
    ///
    /// [`Exhausted`]: the clock has reached `u64::MAX` and is unchanged.
    pub fn tick(&mut self) -> Result<LamportStamp<Id>, Exhausted> {
        self.time = self.time.checked_add(1).ok_or(Exhausted)?;
        Ok(LamportStamp { time: self.time, node: self.node })
    }

    /// Stamps the receipt of a message that was stamped `sent`.
    ///
    /// # Errors
    ///
    /// [`Exhausted`]: no later time than `sent` and this clock's own exists. The clock is
    /// unchanged. (A time just below the maximum is accepted, and leaves little to issue: a Lamport
    /// clock believes its peers.)
    pub fn receive(&mut self, sent: LamportStamp<Id>) -> Result<LamportStamp<Id>, Exhausted> {
        self.time = self.time.max(sent.time).checked_add(1).ok_or(Exhausted)?;
        Ok(LamportStamp { time: self.time, node: self.node })
    }
}

/// The stamp of one event. Stamps are totally ordered, by time and then by node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct LamportStamp<Id> {
    /// The Lamport time of the event.
    pub time: u64,
    /// Where it happened.
    pub node: Id,
}

/// The end of a 64-bit counter: it is at its maximum, and was not changed.
///
/// At a million events a second this takes 580,000 years, so it means that a counter was set to an
/// extreme value. Refuse the message that brought it; a clock that holds it must be replaced by one
/// under a new id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Exhausted;

impl fmt::Display for Exhausted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the counter is at its maximum")
    }
}

impl core::error::Error for Exhausted {}

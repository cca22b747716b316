//! The name of one event.

use core::num::NonZeroU64;

/// One event: the `counter`-th of `replica`.
///
/// A dot is a globally unique name as long as a replica never issues a counter twice, also across
/// restarts: [`Ceiling`](crate::Ceiling) says how. Counters begin at 1, so there is no
/// dot for "nothing yet", and `Option<Dot<Id>>` costs no more than a `Dot<Id>`.
///
/// Dots order by replica, then by counter. That order is for sorting; it says nothing of time.
///
/// Source: Preguiça et al., "Dotted Version Vectors", 2010 (arXiv 1011.5808).
///
/// ```
/// use synod_clocks::Dot;
///
/// let first = Dot::new('a', 1).unwrap();
/// assert_eq!(first.counter.get(), 1);
/// assert_eq!(Dot::new('a', 0), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Dot<Id> {
    /// Who issued it.
    pub replica: Id,
    /// Which of the replica's events it is, from 1.
    pub counter: NonZeroU64,
}

impl<Id> Dot<Id> {
    /// The `counter`-th event of `replica`, or `None` for a zero counter.
    #[must_use]
    pub const fn new(replica: Id, counter: u64) -> Option<Self>
    where
        Id: Copy,
    {
        match NonZeroU64::new(counter) {
            Some(counter) => Some(Self { replica, counter }),
            None => None,
        }
    }
}

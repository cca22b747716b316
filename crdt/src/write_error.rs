//! Why a change is refused.

use core::fmt;

use synod_capacity::Full;

/// Why a change was refused. Nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum WriteError {
    /// The event does not fit into the context: a replica that never wrote before, and no range
    /// left for it. Merge missing events first, or use a larger capacity.
    Ranges(Full),
    /// The row does not fit. Remove some, or use a larger capacity.
    Rows(Full),
    /// The replica's counter is at `u64::MAX`. Give the replica a new id.
    Exhausted,
    /// The change takes events up to `last`, beyond the durable bound.
    /// [Reserve](synod_clocks::Ceiling::reserve) that, write the bound that the `Ceiling` then
    /// gives, and try again.
    Unreserved {
        /// The last event of the change.
        last: u64,
    },
    /// The next event may have been issued before the restart: all that the state knows of the
    /// replica is at the floor of the `Ceiling` or below. [Resume](crate::Causal::resume) there
    /// first. (A [`GCounter`](crate::GCounter) cannot: persist its state.)
    NotResumed,
    /// A write with this stamp would lose against one that is known. Show the hybrid clock the
    /// stamp of that one, and write again with what it gives: see
    /// [`LwwRegister`](crate::LwwRegister#with-a-clock).
    Stale,
    /// The count does not fit into 64 bits.
    Overflow,
    /// Earlier events of the replica are missing here, and a count would hide those that peers give
    /// back. Merge them, and [close the gaps](crate::Causal::close_gaps).
    Gap,
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ranges(full) => write!(f, "ranges of events: {full}"),
            Self::Rows(full) => write!(f, "rows: {full}"),
            Self::Exhausted => f.write_str("the replica's counter is at its maximum"),
            Self::Unreserved { last } => write!(f, "event {last} is above the durable bound"),
            Self::NotResumed => {
                f.write_str("the state has not resumed above the floor of the ceiling")
            }
            Self::Stale => f.write_str("a later write is known"),
            Self::Overflow => f.write_str("the count does not fit"),
            Self::Gap => f.write_str("earlier events of the replica are missing"),
        }
    }
}

impl core::error::Error for WriteError {}

/// A change that was refused, with the value that would have moved in. Nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Refused<V> {
    /// Why.
    pub reason: WriteError,
    /// The value, handed back.
    pub value: V,
}

impl<V> From<Refused<V>> for WriteError {
    fn from(refused: Refused<V>) -> Self {
        refused.reason
    }
}

impl<V> fmt::Display for Refused<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.reason.fmt(f)
    }
}

impl<V: fmt::Debug> core::error::Error for Refused<V> {}

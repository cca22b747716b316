//! The four answers to "which came first?".

use core::cmp::Ordering;

/// How one event, or one state, stands to another in the order of cause and effect.
///
/// Happened-before is a partial order: two events of which neither could know of the other are
/// concurrent, and no clock can put them in order without inventing it.
///
/// Source: Lamport, "Time, Clocks, and the Ordering of Events in a Distributed System", CACM 1978.
///
/// ```
/// use synod_clocks::Causality;
///
/// assert_eq!(Causality::Before.reverse(), Causality::After);
/// assert_eq!(Option::from(Causality::Concurrent), None::<core::cmp::Ordering>);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Causality {
    /// The left happened before the right, which knows of it.
    Before,
    /// Both know exactly the same.
    Equal,
    /// The left happened after the right, and knows of it.
    After,
    /// Neither knows of the other.
    Concurrent,
}

impl Causality {
    /// The same relation seen from the other side.
    #[must_use]
    pub const fn reverse(self) -> Self {
        match self {
            Self::Before => Self::After,
            Self::After => Self::Before,
            same => same,
        }
    }

    /// Whether neither side knows of the other.
    #[must_use]
    pub const fn is_concurrent(self) -> bool {
        matches!(self, Self::Concurrent)
    }

    /// From what each side knows that the other does not.
    pub(crate) const fn from_surplus(left: bool, right: bool) -> Self {
        match (left, right) {
            (false, false) => Self::Equal,
            (true, false) => Self::After,
            (false, true) => Self::Before,
            (true, true) => Self::Concurrent,
        }
    }
}

impl From<Causality> for Option<Ordering> {
    /// `Concurrent` becomes `None`: this is what `partial_cmp` gives.
    fn from(causality: Causality) -> Self {
        match causality {
            Causality::Before => Some(Ordering::Less),
            Causality::Equal => Some(Ordering::Equal),
            Causality::After => Some(Ordering::Greater),
            Causality::Concurrent => None,
        }
    }
}

//! How two values stand to each other.

use std::cmp::Ordering;

use synod_clocks::Causality;

/// The relation that is due, from what each side knows that the other does not.
pub(crate) fn relation(own_surplus: bool, other_surplus: bool) -> Causality {
    match (own_surplus, other_surplus) {
        (false, false) => Causality::Equal,
        (true, false) => Causality::After,
        (false, true) => Causality::Before,
        (true, true) => Causality::Concurrent,
    }
}

/// The answer of `partial_cmp` that goes with a relation.
pub(crate) fn order(causality: Causality) -> Option<Ordering> {
    match causality {
        Causality::Before => Some(Ordering::Less),
        Causality::Equal => Some(Ordering::Equal),
        Causality::After => Some(Ordering::Greater),
        Causality::Concurrent => None,
    }
}

//! When a bounded storage must refuse, and with what words.

use synod_capacity::{Capacity, Full};

/// The error that is due if an operation would leave `needed` elements, or `None` if they fit.
pub(crate) fn refusal<C: Capacity>(needed: usize) -> Option<Full> {
    (needed > C::LIMIT).then_some(Full { needed, capacity: C::LIMIT })
}

//! Which events a change touches, also where they are too many to be named one by one.

use core::iter;

use synod_capacity::{Capacity, Full};
use synod_clocks::{CausalContext, DotRange};

/// Adds `range`, which `known` has, to what is touched. Where that would take more ranges than
/// there is room for, it adds what lies in between and is known, too: a delta may name any known
/// event, and no other.
pub(crate) fn touch<Id: Copy + Ord, R: Capacity>(
    touched: &mut CausalContext<Id, R>,
    known: &CausalContext<Id, R>,
    range: DotRange<Id>,
) -> Result<(), Full> {
    if touched.insert_range(range).is_ok() {
        return Ok(());
    }
    let mut wide = CausalContext::new();
    for whole in known.ranges() {
        let mut hull = None;
        for part in touched.of(whole.replica()).iter().chain(iter::once(&range)) {
            if whole.contains_range(*part) {
                hull = hull.map_or(Some(*part), |hull: DotRange<Id>| hull.hull(*part));
            }
        }
        if let Some(hull) = hull {
            wide.insert_range(hull)?;
        }
    }
    *touched = wide;
    Ok(())
}

//! How many silent members a family survives.

use crate::{LiveSets, Quorums, Shape, TooManyNodes};

/// By weight where nodes are counted or weighed, O(n²) for n members; otherwise by counting sets.
pub(crate) fn of<const WORDS: usize, Q: Quorums<WORDS> + ?Sized>(
    quorums: &Q,
) -> Result<usize, TooManyNodes> {
    let shape = quorums.shape();
    if !matches!(shape, Shape::Count(_) | Shape::Weight { .. }) {
        return Ok(LiveSets::of(quorums)?.resilience());
    }
    let mut live = quorums.members();
    let mut silent = 0_usize;
    // If the heaviest can be spared, any can.
    while let Some(heaviest) = live.iter().max_by_key(|node| shape.weight(*node)) {
        live.remove(heaviest);
        if !quorums.is_quorum(live) {
            break;
        }
        silent = silent.saturating_add(1);
    }
    Ok(silent)
}

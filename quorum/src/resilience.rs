//! How many silent members a family survives.

use crate::{LiveSets, NodeSet, Quorums, Shape, TooManyNodes};

/// The largest number of members that may be silent, **whichever they are**, with a quorum left
/// among the others.
///
/// By arithmetic where nodes are counted or weighed, O(n²) for n members; otherwise by
/// [`LiveSets`], 2ⁿ calls of [`Quorums::is_quorum`]. A family that breaks its promises, so that
/// not even all members are a quorum, survives 0.
///
/// # Errors
///
/// [`TooManyNodes`] for more than 20 members of a family that is neither counted nor weighed.
///
/// ```
/// use synod_quorum::{NodeSet, Weighted, resilience};
///
/// let system = Weighted::<5>::majority([3, 1, 1, 1, 1])?;
/// // Without the heaviest and one more, 3 of 7 are left.
/// assert_eq!(resilience(&system), Ok(1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn resilience<const WORDS: usize>(
    quorums: &impl Quorums<WORDS>,
) -> Result<usize, TooManyNodes> {
    let shape = quorums.shape();
    if !matches!(shape, Shape::Count(_) | Shape::Weight { .. }) {
        return Ok(LiveSets::of(quorums)?.resilience().unwrap_or(0));
    }
    let mut live = quorums.members();
    let mut silent = 0_usize;
    // If the heaviest can be spared, any can.
    while let Some(heaviest) = heaviest(live, &shape) {
        live.remove(heaviest);
        if !quorums.is_quorum(live) {
            break;
        }
        silent = silent.saturating_add(1);
    }
    Ok(silent)
}

fn heaviest<const WORDS: usize>(nodes: NodeSet<WORDS>, shape: &Shape<'_, WORDS>) -> Option<usize> {
    nodes.iter().max_by_key(|node| shape.weight(*node))
}

//! How few more acknowledgements suffice.

use crate::{NodeSet, Quorums, intersection::SEARCHED_NODES};

/// How few more nodes make a quorum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Shortfall {
    /// This many more, if they are the right ones; 0 for what is a quorum already.
    Exactly(usize),
    /// At least this many more, and all that are left together suffice. The exact number would have
    /// taken a search among more than 20 nodes.
    AtLeast(usize),
    /// All that are left together do not suffice.
    OutOfReach,
}

/// The smallest set of nodes that completes `have`, tried in turn. `least` is a number below which
/// there is none, where it is known.
pub(crate) fn by_search<const WORDS: usize, Q: Quorums<WORDS> + ?Sized>(
    quorums: &Q,
    have: NodeSet<WORDS>,
    silent: NodeSet<WORDS>,
    least: usize,
) -> Shortfall {
    if quorums.is_quorum(have) {
        return Shortfall::Exactly(0);
    }
    let left = quorums.members() - have - silent;
    if !quorums.is_quorum(have | left) {
        return Shortfall::OutOfReach;
    }
    if left.len() > SEARCHED_NODES {
        return Shortfall::AtLeast(least);
    }
    let mut best = left.len();
    let mut more = NodeSet::new().next_subset(left);
    while more != left && best > least {
        if more.len() < best && quorums.is_quorum(have | more) {
            best = more.len();
        }
        more = more.next_subset(left);
    }
    Shortfall::Exactly(best)
}

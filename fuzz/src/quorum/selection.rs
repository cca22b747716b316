//! Sets of nodes as the models write them: node `n` is bit `n` of a `u128`.

use arbitrary::Arbitrary;
use synod_quorum::NodeSet;

/// The nodes of which most sets are made: few, so that all their subsets can be tried, and beside
/// the seams of words.
const POOLS: [[usize; 8]; 2] = [[0, 1, 2, 3, 31, 32, 62, 63], [0, 1, 2, 63, 64, 65, 126, 127]];

/// A set of nodes.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub(crate) enum Selection {
    /// Some of the pool.
    Pool(u8),
    /// The first ones.
    First(u8),
    /// Any bits.
    Bits(u128),
}

impl Selection {
    /// The set, as far as `WORDS` words hold it.
    pub(crate) fn mask<const WORDS: usize>(self) -> u128 {
        match self {
            Self::Pool(bits) => pool::<WORDS>(bits),
            Self::First(count) => first(usize::from(count) % (WORDS * 64 + 1)),
            Self::Bits(bits) => bits & first(WORDS * 64),
        }
    }
}

/// The nodes of the pool of this width whose bits are set.
pub(crate) fn pool<const WORDS: usize>(bits: u8) -> u128 {
    let chosen = (0..8).filter(|at| bits & 1 << at != 0);
    chosen.fold(0, |mask, at| mask | bit(POOLS[WORDS - 1][at]))
}

/// The nodes below `count`.
pub(crate) fn first(count: usize) -> u128 {
    (0..count).fold(0, |mask, node| mask | bit(node))
}

/// The set of one node.
pub(crate) fn bit(node: usize) -> u128 {
    1 << node
}

/// The nodes of a set, in ascending order.
pub(crate) fn nodes(mask: u128) -> impl Iterator<Item = usize> {
    let mut rest = mask;
    std::iter::from_fn(move || {
        let node = rest.trailing_zeros() as usize;
        (rest != 0).then(|| {
            rest &= !bit(node);
            node
        })
    })
}

/// How many nodes a set has.
pub(crate) fn size(mask: u128) -> usize {
    mask.count_ones() as usize
}

/// All subsets of a set of few nodes, the set itself first: counting down, with borrows that run
/// over the bits that are not there.
pub(crate) fn subsets(mask: u128) -> impl Iterator<Item = u128> {
    let smaller = move |subset: &u128| subset.checked_sub(1).map(|less| less & mask);
    std::iter::successors(Some(mask), smaller)
}

/// The set as the crate writes it.
pub(crate) fn set<const WORDS: usize>(mask: u128) -> NodeSet<WORDS> {
    let mut set = NodeSet::new();
    for node in nodes(mask) {
        set.insert(node).expect("masks are clipped to the width");
    }
    set
}

/// What the crate wrote.
pub(crate) fn mask<const WORDS: usize>(set: NodeSet<WORDS>) -> u128 {
    let words = set.to_words();
    words.iter().rev().fold(0, |mask, word| mask << 64 | u128::from(*word))
}

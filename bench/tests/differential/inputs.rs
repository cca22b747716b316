//! What the tests of `synod-quorum` against its peers draw at random.

use std::ops::RangeInclusive;

use proptest::{collection::vec, prelude::*, sample::subsequence};
use synod_bench::quorums::{self, Nodes};

/// Nodes are numbered below this: two words.
pub const LIMIT: usize = 128;

/// Members: 1 to 20 as a rule, also exactly 64, in one word and in two.
pub fn members() -> impl Strategy<Value = Nodes> {
    prop_oneof![
        6 => some_of(24, 1..=20),
        1 => some_of(64, 1..=64),
        1 => Just(quorums::first(64)),
        1 => some_of(LIMIT, 64..=64),
    ]
}

/// So many of the nodes below `limit`.
pub fn some_of(limit: usize, count: RangeInclusive<usize>) -> impl Strategy<Value = Nodes> {
    let nodes: Vec<usize> = (0..limit).collect();
    subsequence(nodes, count).prop_map(Nodes::from_iter)
}

/// Some of all nodes, so also of those that are no members: few, half or most of them.
pub fn answers() -> impl Strategy<Value = Nodes> {
    (any::<u128>(), any::<u128>(), 0..3).prop_map(|(some, others, kind)| {
        let bits = match kind {
            0 => some & others,
            1 => some,
            _ => some | others,
        };
        (0..LIMIT).filter(|node| bits >> node & 1 == 1).collect()
    })
}

/// What each node has acknowledged, strangers among them: often alike, often nothing.
pub fn reports() -> impl Strategy<Value = Vec<Option<u64>>> {
    let index = prop_oneof![4 => 0..6_u64, 2 => 0..100_u64, 1 => any::<u64>()];
    let silence = prop_oneof![Just(0.01), Just(0.1), Just(0.5)];
    silence.prop_flat_map(move |silence| {
        vec(prop::option::weighted(1.0 - silence, index.clone()), LIMIT)
    })
}

/// Whether the nodes fit one word.
pub fn fit_one_word(nodes: &Nodes) -> bool {
    nodes.last().is_none_or(|last| *last < 64)
}

/// Those of the nodes that fit one word.
pub fn one_word(nodes: &Nodes) -> Nodes {
    nodes.range(..64).copied().collect()
}

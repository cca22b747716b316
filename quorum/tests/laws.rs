//! Sets of several words against trees, and systems of up to 128 nodes against sorting and
//! counting: what is too large for `exhaustive.rs`.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, clippy::expect_used)] // A test may panic.
#![allow(clippy::arithmetic_side_effects)]
#![allow(clippy::std_instead_of_core, clippy::std_instead_of_alloc)] // Nor need it be no_std.

#[path = "laws/inputs.rs"]
mod inputs;
#[path = "laws/meeting.rs"]
mod meeting;

use std::collections::BTreeSet;

use proptest::{collection, prelude::*};
use synod_quorum::{
    Explicit, Flexible, Grid, Joint, Majority, NodeSet, Nodes, OutOfRange, QuorumSystem, Quorums,
    Shortfall, Threshold, VoteError, Votes, Weighted,
};

use self::inputs::*;

proptest! {
    #[test]
    fn node_sets_agree_with_trees(a in nodes(40), b in nodes(40), probe in 0..140_usize) {
        let (left, right): (Wide, Wide) = (set(&a), set(&b));
        prop_assert_eq!(model(left), a.clone());
        prop_assert_eq!(model(left | right), &a | &b);
        prop_assert_eq!(model(left & right), &a & &b);
        prop_assert_eq!(model(left - right), &a - &b);
        prop_assert_eq!(left.is_subset(right), a.is_subset(&b));
        prop_assert_eq!(left.is_disjoint(right), a.is_disjoint(&b));
        prop_assert_eq!(left == right, a == b);
        prop_assert_eq!((left.len(), left.is_empty()), (a.len(), a.is_empty()));
        prop_assert_eq!(left.contains(probe), a.contains(&probe));

        let listed: Vec<usize> = a.iter().rev().chain(&a).copied().collect();
        prop_assert_eq!(Wide::from_nodes(&listed), Ok(left));
        prop_assert_eq!(Wide::from_words(left.to_words()), left);
        let bit = |word: usize, bit: usize| u64::from(a.contains(&(word * 64 + bit))) << bit;
        let words = [0, 1].map(|word| (0..64).fold(0, |bits, place| bits | bit(word, place)));
        prop_assert_eq!(left.to_words(), words);
        let names: Vec<String> = a.iter().map(ToString::to_string).collect();
        prop_assert_eq!(left.to_string(), format!("{{{}}}", names.join(", ")));
        prop_assert_eq!(format!("{left:?}"), format!("{a:?}"));

        let mut left_to_go: Nodes<2> = left.iter();
        for (gone, node) in a.iter().enumerate() {
            prop_assert_eq!(left_to_go.len(), a.len() - gone);
            prop_assert_eq!(left_to_go.next(), Some(*node));
        }
        prop_assert_eq!((left_to_go.next(), left_to_go.next()), (None, None));
    }

    #[test]
    fn changes_of_node_sets_agree_with_trees(
        changes in collection::vec((any::<bool>(), prop_oneof![node(), 128..200_usize]), 0..60)
    ) {
        let (mut wide, mut tree) = (Wide::new(), Model::new());
        for (insert, node) in changes {
            if !insert {
                prop_assert_eq!(wide.remove(node), tree.remove(&node));
            } else if node < 128 {
                prop_assert_eq!(wide.insert(node), Ok(tree.insert(node)));
            } else {
                prop_assert_eq!(wide.insert(node), Err(OutOfRange { node, capacity: 128 }));
            }
            prop_assert_eq!(model(wide), tree.clone());
        }
    }

    #[test]
    fn the_laws_of_sets(a in nodes(60), b in nodes(60), c in nodes(60)) {
        let [a, b, c]: [Wide; 3] = [set(&a), set(&b), set(&c)];
        prop_assert_eq!((a | b, a & b), (b | a, b & a));
        prop_assert_eq!(((a | b) | c, (a & b) & c), (a | (b | c), a & (b & c)));
        prop_assert_eq!((a & (b | c), a | (b & c)), ((a & b) | (a & c), (a | b) & (a | c)));
        prop_assert_eq!((a | (a & b), a & (a | b)), (a, a));
        prop_assert_eq!((a - (b | c), a - (b & c)), ((a - b) & (a - c), (a - b) | (a - c)));
        prop_assert_eq!((a - b) | (a & b), a);
        prop_assert_eq!((a | b).len() + (a & b).len(), a.len() + b.len());
        prop_assert_eq!(a.is_subset(b), (a | b) == b);
    }

    #[test]
    fn thresholds_agree_with_sorting(
        (members, needed) in threshold(),
        reports in reports(),
        have in nodes(128),
        silent in nodes(60),
    ) {
        let family = Threshold::new(set::<2>(&members), needed).unwrap();
        let mut held: Vec<u64> = members.iter().filter_map(|node| reports[*node]).collect();
        held.sort_unstable_by(|a, b| b.cmp(a));
        let expected = held.get(needed - 1).copied();
        prop_assert_eq!(family.committed(|node| reports[node]), expected);
        prop_assert_eq!(Opaque(family).committed(|node| reports[node]), expected);

        let (there, left) = (&members & &have, &(&members - &have) - &silent);
        let expected = match needed.saturating_sub(there.len()) {
            more if more > left.len() => Shortfall::OutOfReach,
            more => Shortfall::Exactly(more),
        };
        prop_assert_eq!(family.shortfall(set(&have), set(&silent)), expected);
        prop_assert_eq!(family.is_quorum(set(&have)), there.len() >= needed);

        let alive = &members - &silent;
        prop_assert_eq!(family.is_blocked_by(set(&silent)), alive.len() < needed);
        let critical = if alive.len() > needed { Model::new() } else { alive };
        prop_assert_eq!(model(family.critical(set(&silent))), critical);
    }

    /// Of more than 20 nodes of which nothing is known, a bound below the truth.
    #[test]
    fn shortfalls_of_unknown_families_are_bounds(
        (members, needed) in threshold(), have in nodes(20), silent in nodes(20)
    ) {
        let family = Threshold::new(set::<2>(&members), needed).unwrap();
        let (have, silent) = (set(&have), set(&silent));
        let left = (&(&members - &model(have)) - &model(silent)).len();
        // A search through all subsets of 20 takes too long to be repeated.
        prop_assume!(left > 20 || left <= 8);
        let truth = family.shortfall(have, silent);
        match Opaque(family).shortfall(have, silent) {
            Shortfall::AtLeast(bound) => {
                prop_assert!(left > 20);
                prop_assert!(matches!(truth, Shortfall::Exactly(more) if 0 < bound && bound <= more));
            }
            other => {
                prop_assert_eq!(other, truth);
                let needs_none = matches!(truth, Shortfall::Exactly(0) | Shortfall::OutOfReach);
                prop_assert!(left <= 20 || needs_none);
            }
        }
    }

    #[test]
    fn joint_shortfalls_agree_with_every_number_of_shared_nodes(
        (outgoing, few) in threshold(), (incoming, many) in threshold(),
        have in nodes(30), silent in nodes(12),
    ) {
        let phases = |members, needed| {
            let of = |needed| Threshold::new(set::<2>(members), needed).unwrap();
            Flexible::<_, _, 2>::new(of(needed), of(members.len())).unwrap()
        };
        let joint = Joint::<_, _, 2>::new(phases(&outgoing, few), phases(&incoming, many));
        let open = |members: &Model| &(members - &have) - &silent;
        let (left, right) = (open(&outgoing), open(&incoming));
        let shared = (&left & &right).len();
        let lack = |members: &Model, needed: usize| needed.saturating_sub((members & &have).len());
        let (one, other) = (lack(&outgoing, few), lack(&incoming, many));
        // So many shared nodes, and the rest from those of one half only.
        let cost = |taken: usize| {
            let (one, other) = (one.saturating_sub(taken), other.saturating_sub(taken));
            let fits = one <= left.len() - shared && other <= right.len() - shared;
            fits.then_some(taken + one + other)
        };
        let expected = match (0..=shared).filter_map(cost).min() {
            Some(more) => Shortfall::Exactly(more),
            None => Shortfall::OutOfReach,
        };
        prop_assert_eq!(joint.phase1().shortfall(set(&have), set(&silent)), expected);
    }

    #[test]
    fn joint_commits_are_the_lower_of_two(
        outgoing in members(), incoming in members(), reports in reports()
    ) {
        let committed = |members: &Model| {
            let mut held: Vec<_> = members.iter().map(|node| reports[*node]).collect();
            held.sort_unstable(); // No report is lower than any.
            held.reverse();
            held[held.len() / 2]
        };
        let half = |members| Majority::new(set::<2>(members)).unwrap();
        let joint = Joint::<_, _, 2>::new(half(&outgoing), half(&incoming));
        let expected = committed(&outgoing).min(committed(&incoming));
        prop_assert_eq!(joint.committed(|node| reports[node]), expected);
    }

    #[test]
    fn weights_agree_with_sums(
        weights in weights(), share in 1..=100_u128, reports in reports(),
        have in nodes(60), silent in nodes(60),
    ) {
        let sum = |nodes: &Model| -> u128 {
            nodes.iter().filter_map(|node| weights.get(*node)).map(|weight| u128::from(*weight)).sum()
        };
        let members: Model = (0..70).filter(|node| weights[*node] > 0).collect();
        let total = sum(&members);
        prop_assume!(total > 0);
        let needed = (total * share).div_ceil(100);
        let array: [u32; 70] = weights.as_slice().try_into().unwrap();
        let family: Weighted<70, 2> = Weighted::new(array, needed.try_into().unwrap()).unwrap();
        prop_assert_eq!(u128::from(family.total()), total);
        prop_assert_eq!(model(family.members()), members.clone());
        prop_assert_eq!(u128::from(family.weight_of(set(&have))), sum(&have));
        prop_assert_eq!(family.is_quorum(set(&have)), sum(&have) >= needed);

        let held = |node: usize| reports[node];
        let holders = |index: u64| members.iter().copied().filter(move |n| held(*n) >= Some(index));
        let indices: BTreeSet<u64> = members.iter().filter_map(|node| reports[*node]).collect();
        let expected = indices.into_iter().rfind(|index| sum(&holders(*index).collect()) >= needed);
        prop_assert_eq!(family.committed(|node| reports[node]), expected);

        let mut left: Vec<u32> =
            (&(&members - &have) - &silent).iter().map(|node| weights[*node]).collect();
        left.sort_unstable_by(|a, b| b.cmp(a));
        let with_heaviest = |more: usize| {
            sum(&have) + left.iter().take(more).map(|weight| u128::from(*weight)).sum::<u128>()
        };
        let expected = match (0..=left.len()).find(|more| with_heaviest(*more) >= needed) {
            Some(more) => Shortfall::Exactly(more),
            None => Shortfall::OutOfReach,
        };
        prop_assert_eq!(family.shortfall(set(&have), set(&silent)), expected);
    }

    #[test]
    fn votes_agree_with_two_trees(
        members in members(), ballots in collection::vec((0..140_usize, any::<bool>()), 0..80)
    ) {
        let system = Majority::new(set::<2>(&members)).unwrap();
        let mut votes = Votes::new(system.members());
        let (mut granted, mut refused) = (Model::new(), Model::new());
        for (node, grant) in ballots {
            let (same, other) =
                if grant { (&mut granted, &refused) } else { (&mut refused, &granted) };
            let expected = if !members.contains(&node) {
                Err(VoteError::Stranger)
            } else if other.contains(&node) {
                Err(VoteError::Contradiction)
            } else {
                Ok(same.insert(node))
            };
            prop_assert_eq!(votes.record(node, grant), expected);
            prop_assert_eq!(model(votes.granted()), granted.clone());
            prop_assert_eq!(model(votes.refused()), refused.clone());
            prop_assert_eq!(model(votes.pending()), &(&members - &granted) - &refused);
        }
    }
}

/// Where one word ends and the next begins, and beyond the last.
#[test]
fn ends_of_words() {
    for count in [0, 1, 63, 64, 65, 127, 128] {
        assert_eq!(model(Wide::first(count).unwrap()), (0..count).collect::<Model>());
    }
    assert_eq!(Wide::first(129), Err(OutOfRange { node: 128, capacity: 128 }));
    assert_eq!(Wide::first(usize::MAX), Err(OutOfRange { node: usize::MAX - 1, capacity: 128 }));
    assert_eq!(NodeSet::<1>::first(64).unwrap().to_words(), [u64::MAX]);
    for node in [63, 64, 127] {
        let alone = Wide::from_nodes(&[node]).unwrap();
        assert_eq!(alone.iter().collect::<Vec<_>>(), [node]);
        let words =
            [u64::from(node == 63) << 63, u64::from(node == 64) | u64::from(node == 127) << 63];
        assert_eq!(alone.to_words(), words);
    }
    assert!(!Wide::first(128).unwrap().contains(128));
    assert!(!Wide::first(128).unwrap().contains(usize::MAX));
    assert_eq!(Wide::from_nodes(&[3, 128]), Err(OutOfRange { node: 128, capacity: 128 }));
}

/// A set without a word holds nobody, and nobody is no member of anything.
#[test]
fn no_words_hold_nobody() {
    let mut none = NodeSet::<0>::new();
    assert_eq!(NodeSet::<0>::CAPACITY, 0);
    assert_eq!(none.insert(0), Err(OutOfRange { node: 0, capacity: 0 }));
    assert!(!none.remove(0) && !none.contains(0) && none.is_empty());
    assert_eq!((none.len(), none.iter().next()), (0, None));
    assert_eq!(NodeSet::<0>::first(0), Ok(none));
    assert_eq!(NodeSet::<0>::first(1), Err(OutOfRange { node: 0, capacity: 0 }));
    assert_eq!(none | none, none - none);
    assert!(Majority::new(none).is_err());
    assert!(Threshold::new(none, 1).is_err());
    assert!(Weighted::<2, 0>::new([1, 1], 1).is_err());
    assert!(Explicit::<2, 0>::new(&[none]).is_err());
    assert!(Grid::<0>::new(1, 1).is_err());
    assert_eq!(Votes::new(none).record(0, true), Err(VoteError::Stranger));
}

/// Sums that a `u32` does not hold.
#[test]
#[cfg_attr(miri, ignore = "too many nodes to interpret")]
fn the_largest_weights() {
    let most = u64::from(u32::MAX);
    let family: Weighted<66, 2> = Weighted::new([u32::MAX; 66], 66 * most).unwrap();
    assert_eq!(family.total(), 66 * most);
    assert!(family.is_quorum(NodeSet::first(66).unwrap()));
    assert!(!family.is_quorum(NodeSet::first(65).unwrap()));
    assert!(Weighted::<66, 2>::new([u32::MAX; 66], 66 * most + 1).is_err());
    assert!(Weighted::<66, 2>::new([u32::MAX; 66], u64::MAX).is_err());
    let system = Weighted::<66, 2>::majority([u32::MAX; 66]).unwrap();
    assert!(!system.is_quorum(NodeSet::first(33).unwrap()));
    assert!(system.is_quorum(NodeSet::first(34).unwrap()));
    // Node 64 does not fit one word.
    assert!(Weighted::<66, 1>::new([u32::MAX; 66], 1).is_err());
}

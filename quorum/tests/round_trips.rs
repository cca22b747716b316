//! Whatever can be built comes back from its bytes, whatever cannot be built does not decode, and
//! equal values have equal bytes, whatever their widths.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, clippy::expect_used)] // A test may panic.
#![allow(clippy::arithmetic_side_effects)]
#![allow(clippy::std_instead_of_core, clippy::std_instead_of_alloc)] // Nor need it be no_std.
#![cfg(feature = "serde")]

use std::fmt::Debug;

use proptest::{array, collection, prelude::*, sample::select};
use serde::{Serialize, de::DeserializeOwned};
use synod_quorum::{
    Coterie, Dissemination, Explicit, Flexible, Grid, GridQuorums, GridRule, Joint, Majority,
    Masking, NodeSet, ReadWrite, Threshold, Weighted,
};

type Wide = NodeSet<3>;

fn bytes(value: &(impl Serialize + ?Sized)) -> Vec<u8> {
    let mut buffer = [0; 512];
    postcard::to_slice(value, &mut buffer).expect("it fits").to_vec()
}

/// The bytes of `parts` decode exactly if `built` is a value, which then has these bytes.
fn agree<T, E>(parts: &(impl Serialize + ?Sized), built: Result<T, E>)
where
    T: Serialize + DeserializeOwned + PartialEq + Debug,
{
    let written = bytes(parts);
    let built = built.ok();
    assert_eq!(postcard::from_bytes(&written).ok(), built);
    if let Some(value) = built {
        assert_eq!(bytes(&value), written);
    }
}

/// Whatever these bytes decode to comes back from its own, which are no more than there were.
fn is_legal<T: Serialize + DeserializeOwned + PartialEq + Debug>(input: &[u8]) {
    if let Ok(value) = postcard::from_bytes::<T>(input) {
        let written = bytes(&value);
        assert!(written.len() <= input.len());
        assert_eq!(postcard::from_bytes(&written), Ok(value));
    }
}

/// What of a list stands before the zeros at its end.
fn trimmed<T: Copy + Default + PartialEq>(list: &[T]) -> &[T] {
    let len = list.iter().rposition(|element| *element != T::default());
    &list[..len.map_or(0, |last| last + 1)]
}

/// Sets whose words are often zero, full or sparse.
fn sets() -> impl Strategy<Value = Wide> {
    let word = prop_oneof![
        Just(0),
        Just(u64::MAX),
        any::<u64>(),
        (0..64_u32).prop_map(|bit| 1_u64 << bit)
    ];
    array::uniform3(word).prop_map(Wide::from_words)
}

/// Sets that often meet, and sometimes hold nobody.
fn small_sets() -> impl Strategy<Value = Wide> {
    (0..32_u64, any::<bool>()).prop_map(|(bits, far)| {
        Wide::from_words(if far { [bits, 0, bits & 1] } else { [bits, 0, 0] })
    })
}

/// Families, often such as a coterie or a system of two phases needs.
fn thresholds() -> impl Strategy<Value = Threshold<3>> {
    (small_sets(), 1..6_usize).prop_filter_map("nobody", |(members, needed)| {
        Threshold::new(members, needed.min(members.len())).ok()
    })
}

fn rules() -> impl Strategy<Value = GridRule> {
    select(&[GridRule::EveryColumn, GridRule::WholeColumn, GridRule::Both][..])
}

proptest! {
    #[test]
    fn node_sets_of_all_widths_are_alike(set in sets()) {
        let words = set.to_words();
        agree(trimmed(&words), Ok::<_, ()>(set));
        agree(&set, Ok::<_, ()>(NodeSet::from_words([words[0], words[1], words[2], 0, 0])));
        let narrow = NodeSet::from_words([words[0]]);
        agree(&set, if words[1..] == [0, 0] { Ok(narrow) } else { Err(()) });
        agree(&words[..], if words[2] == 0 { Err(()) } else { Ok(set) });
    }

    #[test]
    fn families_decode_as_they_are_built(
        set in sets(),
        list in collection::vec(small_sets(), 0..5),
        (needed, b) in (0..200_usize, 0..70_usize),
        weights in array::uniform5(prop_oneof![Just(0), 1..4_u32, any::<u32>()]),
        needed_weight in prop_oneof![0..9_u64, any::<u64>()],
        (rows, columns, rule) in (0..20_usize, 0..20_usize, rules()),
    ) {
        agree(&set, Majority::new(set));
        agree(&(set, needed as u64), Threshold::new(set, needed));
        agree(&(set, b as u64), Dissemination::new(set, b));
        agree(&(set, b as u64), Masking::new(set, b));
        let parts = (trimmed(&weights), needed_weight);
        agree(&parts, Weighted::<5>::new(weights, needed_weight));
        let [first, second, third, fourth, fifth] = weights;
        let longer = [first, second, third, fourth, fifth, 0, 0];
        agree(&parts, Weighted::<7, 2>::new(longer, needed_weight));
        agree(&list, Explicit::<3, 3>::new(&list));
        agree(&list, Explicit::<4, 3>::new(&list));
        let grid = Grid::<3>::new(rows, columns);
        agree(&(rows as u64, columns as u64), grid);
        let quorums = grid.map(|grid| grid.quorums(rule));
        agree(&(rows as u64, columns as u64, rule), quorums);
    }

    #[test]
    fn systems_decode_as_they_are_proven(
        (first, second) in (thresholds(), thresholds()),
        lists in array::uniform2(collection::vec(small_sets(), 1..4)),
        weights in array::uniform5(0..4_u32),
        needed in 1..20_u64,
        rule in rules(),
    ) {
        agree(&first, Coterie::<_, 3>::new(first));
        agree(&(first, second), Flexible::<_, _, 3>::new(first, second));
        agree(&(first, second), ReadWrite::<_, _, 3>::new(first, second));

        let listed = lists.map(|list| Explicit::<3, 3>::new(&list));
        if let [Ok(one), Ok(other)] = listed {
            agree(&one, Coterie::<_, 3>::new(one.clone()));
            agree(&(&one, first), Flexible::<_, _, 3>::new(one.clone(), first));
            agree(&(&one, &other), ReadWrite::<_, _, 3>::new(one.clone(), other.clone()));
        }
        if let Ok(weighted) = Weighted::<5, 3>::new(weights, needed) {
            agree(&weighted, Coterie::<_, 3>::new(weighted.clone()));
            agree(&(first, &weighted), Flexible::<_, _, 3>::new(first, weighted.clone()));
        }
        if let Ok(weighted) = Weighted::<5, 3>::majority(weights) {
            agree(weighted.family(), Ok::<_, ()>(weighted.clone()));
        }
        let every = Grid::<3>::new(2, 3).unwrap().quorums(GridRule::EveryColumn);
        let other = every.grid().quorums(rule);
        agree(&(every, other), Flexible::<_, _, 3>::new(every, other));
    }

    #[test]
    fn joint_systems_are_their_halves((one, other) in (sets(), sets()), family in thresholds()) {
        let joint = Majority::new(one).and_then(|outgoing| {
            Ok(Joint::<_, _, 3>::new(outgoing, Majority::new(other)?))
        });
        agree(&(one, other), joint);
        if let Ok(joint) = joint {
            // A half must be a system, however it is nested.
            let half = Coterie::<_, 3>::new(family).ok();
            let nested = half.map(|half| Joint::<_, _, 3>::new(half, joint));
            agree(&(family, joint), nested.ok_or(()));
        }
    }

    #[test]
    fn whatever_decodes_is_legal(
        input in collection::vec(prop_oneof![4 => 0..5_u8, 1 => any::<u8>()], 0..16),
    ) {
        is_legal::<NodeSet<2>>(&input);
        is_legal::<Majority<2>>(&input);
        is_legal::<Threshold<2>>(&input);
        is_legal::<Weighted<4>>(&input);
        is_legal::<Explicit<3>>(&input);
        is_legal::<Grid<2>>(&input);
        is_legal::<GridRule>(&input);
        is_legal::<GridQuorums<2>>(&input);
        is_legal::<Dissemination<2>>(&input);
        is_legal::<Masking<2>>(&input);
        is_legal::<Coterie<Threshold>>(&input);
        is_legal::<Coterie<Weighted<4>>>(&input);
        is_legal::<Coterie<Explicit<3>>>(&input);
        is_legal::<Flexible<Threshold, Weighted<4>>>(&input);
        is_legal::<Flexible<Weighted<4>>>(&input);
        is_legal::<ReadWrite<Threshold>>(&input);
        is_legal::<ReadWrite<Explicit<3>, Threshold>>(&input);
        is_legal::<Joint<Majority, Coterie<Threshold>>>(&input);
    }
}

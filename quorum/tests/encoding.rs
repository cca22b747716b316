//! The encodings, byte by byte, and what the decoders refuse. On the host and on boards.
//!
//! These bytes are part of the public contract: a change here is a breaking change.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, clippy::expect_used)] // A test may panic.
#![cfg(feature = "serde")]

#[macro_use]
mod suite;

use core::fmt::Debug;

use serde::{Serialize, de::DeserializeOwned};
use synod_quorum::{
    Coterie, Dissemination, Explicit, Flexible, Grid, GridQuorums, GridRule, Joint, Majority,
    Masking, NodeSet, ReadWrite, Threshold, Weighted,
};

/// The words of the nodes 0 to 63.
const ALL_64: [u8; 11] = [1, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1];

fn first<const WORDS: usize>(count: usize) -> NodeSet<WORDS> {
    NodeSet::first(count).expect("they fit")
}

fn set<const WORDS: usize>(nodes: &[usize]) -> NodeSet<WORDS> {
    NodeSet::from_nodes(nodes).expect("they fit")
}

fn majority(nodes: &[usize]) -> Majority {
    Majority::new(set(nodes)).expect("somebody")
}

fn threshold(count: usize, needed: usize) -> Threshold {
    Threshold::new(first(count), needed).expect("it can be reached")
}

/// `value` encodes to `bytes`, and `bytes` decode to `value`.
fn golden<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T, bytes: &[u8]) {
    let mut buffer = [0; 64];
    let encoded = postcard::to_slice(value, &mut buffer).expect("it fits");
    assert_eq!(encoded, bytes);
    assert_eq!(postcard::from_bytes::<T>(bytes).as_ref(), Ok(value));
    for len in 0..bytes.len() {
        assert!(postcard::from_bytes::<T>(&bytes[..len]).is_err(), "cut off after {len}");
    }
}

fn refused<T: DeserializeOwned + Debug>(bytes: &[u8]) {
    assert!(postcard::from_bytes::<T>(bytes).is_err(), "{bytes:?}");
}

/// Where a 2 is accepted between these bytes, 2³² + 2 is not: 32-bit machines do not take it for 2.
fn not_truncated<T: DeserializeOwned + Debug>(before: &[u8], after: &[u8]) {
    let mut buffer = [0; 16];
    let mut with = |number: &[u8]| {
        let bytes = [before, number, after];
        for (slot, byte) in buffer.iter_mut().zip(bytes.into_iter().flatten()) {
            *slot = *byte;
        }
        postcard::from_bytes::<T>(&buffer)
    };
    assert!(with(&[2]).is_ok());
    assert!(with(&[0x82, 0x80, 0x80, 0x80, 0x10]).is_err());
}

fn node_sets_of_all_widths_are_alike() {
    golden(&NodeSet::<0>::new(), &[0]);
    golden(&NodeSet::<1>::new(), &[0]);
    golden(&first::<1>(5), &[1, 0x1F]);
    golden(&first::<1>(64), &ALL_64);
    golden(&first::<3>(64), &ALL_64);
    golden(&set::<2>(&[64]), &[2, 0, 1]);
    golden(&set::<3>(&[1, 70]), &[2, 2, 0x40]);
    golden(&set::<4>(&[1, 70]), &[2, 2, 0x40]);
}

fn node_sets_are_written_one_way() {
    refused::<NodeSet>(&[1, 0]); // a zero at the end
    refused::<NodeSet<3>>(&[2, 7, 0]);
    refused::<NodeSet<3>>(&[3, 0, 0, 0]);
    refused::<NodeSet>(&[2, 7, 1]); // more than fit
    refused::<NodeSet>(&[2, 7, 0]);
    refused::<NodeSet<0>>(&[1, 1]);
    refused::<NodeSet<2>>(&[0xFF, 0xFF, 0xFF, 0xFF, 0x0F]); // a length that is not there
}

fn majority_is_its_members() {
    golden(&majority(&[0, 1, 2, 3, 4]), &[1, 0x1F]);
    golden(&Majority::<2>::new(set(&[0, 64])).expect("somebody"), &[2, 1, 1]);
    refused::<Majority>(&[0]); // nobody
    refused::<Majority>(&[2, 1, 1]); // a node that does not fit
}

fn threshold_can_be_reached() {
    golden(&threshold(5, 3), &[1, 0x1F, 3]);
    golden(&Threshold::<3>::new(first(5), 5).expect("all"), &[1, 0x1F, 5]);
    refused::<Threshold>(&[1, 0x1F, 0]); // nothing is needed
    refused::<Threshold>(&[1, 0x1F, 6]); // more than there are
    refused::<Threshold>(&[0, 0]);
    refused::<Threshold>(&[0, 1]);
    not_truncated::<Threshold>(&[1, 0x1F], &[]);
}

fn weighted_can_be_reached() {
    let weighted = |weights, needed| Weighted::<4>::new(weights, needed).expect("it is reached");
    golden(&weighted([300, 0, 1, 0], 128), &[3, 0xAC, 0x02, 0, 1, 0x80, 1]);
    let narrow = Weighted::<3, 2>::new([300, 0, 1], 128).expect("it is reached");
    golden(&narrow, &[3, 0xAC, 0x02, 0, 1, 0x80, 1]);
    golden(
        &weighted([u32::MAX, u32::MAX, 0, 0], 2 * u64::from(u32::MAX)),
        &[
            2, 0xFF, 0xFF, 0xFF, 0xFF, 0xF, 0xFF, 0xFF, 0xFF, 0xFF, 0xF, 0xFE, 0xFF, 0xFF, 0xFF,
            0x1F,
        ],
    );
    refused::<Weighted<4>>(&[2, 1, 0, 1]); // a zero at the end
    refused::<Weighted<4>>(&[5, 1, 1, 1, 1, 1, 1]); // more than fit
    refused::<Weighted<4>>(&[2, 1, 1, 0]); // nothing is needed
    refused::<Weighted<4>>(&[2, 1, 1, 3]); // more than there is
    refused::<Weighted<4>>(&[0, 1]);
    refused::<Weighted<0>>(&[0, 0]);
    refused::<Weighted<4>>(&[1, 0x80, 0x80, 0x80, 0x80, 0x10, 1]); // not a weight
    refused::<Weighted<2, 0>>(&[1, 1, 1]); // a node that does not fit
}

fn explicit_lists_somebody() {
    let list = [set(&[0, 1]), set(&[1, 2]), set(&[0, 1])];
    golden(&Explicit::<3>::new(&list).expect("it fits"), &[3, 1, 3, 1, 6, 1, 3]);
    golden(&Explicit::<5>::new(&list).expect("it fits"), &[3, 1, 3, 1, 6, 1, 3]);
    let wide = [set(&[0, 1]), set(&[64])];
    golden(&Explicit::<2, 2>::new(&wide).expect("it fits"), &[2, 1, 3, 2, 0, 1]);
    refused::<Explicit<2>>(&[0]); // no set
    refused::<Explicit<2>>(&[2, 1, 3, 0]); // an empty one
    refused::<Explicit<2>>(&[3, 1, 3, 1, 6, 1, 5]); // more than fit
    refused::<Explicit<2>>(&[1, 2, 3, 0]); // a set that ends in zero
    refused::<Explicit<0>>(&[0]);
}

fn grid_has_places() {
    golden(&Grid::<1>::new(2, 3).expect("it fits"), &[2, 3]);
    golden(&Grid::<3>::new(130, 1).expect("it fits"), &[0x82, 1, 1]);
    refused::<Grid>(&[0, 3]); // no places
    refused::<Grid>(&[3, 0]);
    refused::<Grid>(&[5, 13]); // more than fit
    not_truncated::<Grid>(&[], &[1]);
    not_truncated::<Grid>(&[1], &[]);
    // 2³² rows and columns: their product overflows.
    refused::<Grid>(&[0x80, 0x80, 0x80, 0x80, 0x10, 0x80, 0x80, 0x80, 0x80, 0x10]);
}

fn grid_rules_are_numbered() {
    golden(&GridRule::EveryColumn, &[0]);
    golden(&GridRule::WholeColumn, &[1]);
    golden(&GridRule::Both, &[2]);
    refused::<GridRule>(&[3]);
    let grid = Grid::<1>::new(2, 3).expect("it fits");
    golden(&grid.quorums(GridRule::WholeColumn), &[2, 3, 1]);
    refused::<GridQuorums>(&[2, 3, 3]);
    refused::<GridQuorums>(&[0, 3, 1]);
}

fn byzantine_systems_are_large_enough() {
    golden(&Dissemination::<1>::new(first(4), 1).expect("3b + 1"), &[1, 0xF, 1]);
    golden(&Dissemination::<2>::new(first(5), 0).expect("3b + 1"), &[1, 0x1F, 0]);
    golden(&Masking::<1>::new(first(5), 1).expect("4b + 1"), &[1, 0x1F, 1]);
    refused::<Dissemination>(&[1, 0x7, 1]);
    refused::<Dissemination>(&[0, 0]);
    not_truncated::<Dissemination>(&[1, 0x7F], &[]);
    refused::<Masking>(&[1, 0xF, 1]);
    refused::<Masking>(&[0, 0]);
    not_truncated::<Masking>(&[1, 0xFF, 0x03], &[]);
}

fn coterie_is_proven_anew() {
    golden(&Coterie::<_>::new(threshold(4, 3)).expect("above half"), &[1, 0xF, 3]);
    let weighted = Weighted::<3>::majority([3, 1, 1]).expect("somebody");
    golden(&weighted, &[3, 3, 1, 1, 3]);
    let list = [set(&[0, 1]), set(&[0, 2, 3]), set(&[1, 2, 3])];
    let explicit = Explicit::<3>::new(&list).expect("it fits");
    golden(&Coterie::<_>::new(explicit).expect("they meet"), &[3, 1, 3, 1, 0xD, 1, 0xE]);
    let wide = Threshold::<2>::new(set(&[0, 1, 64]), 2).expect("it is reached");
    golden(&Coterie::<_, 2>::new(wide).expect("above half"), &[2, 3, 1, 2]);
    refused::<Coterie<Threshold>>(&[1, 0xF, 2]); // two halves
    refused::<Coterie<Weighted<3>>>(&[3, 3, 1, 1, 2]);
    refused::<Coterie<Explicit<3>>>(&[2, 1, 3, 1, 0xC]);
    refused::<Coterie<GridQuorums>>(&[2, 3, 1]); // two columns
    refused::<Coterie<Threshold>>(&[1, 0xF, 0]); // no family at all
}

fn what_is_not_proven_is_refused() {
    let bytes = [1, 0xFF, 0xFF, 0x7F, 1, 0xFF, 0xFF, 0x7F];
    let members = first(21);
    let half = Majority::<1>::new(members).expect("somebody");
    golden(&Joint::<_>::new(half, half), &bytes);
    refused::<Coterie<Joint<Majority>>>(&bytes); // nothing is known of a joint family
}

fn flexible_phases_meet() {
    type Thresholds = Flexible<Threshold>;
    let system = Thresholds::new(threshold(10, 8), threshold(10, 3)).expect("8 + 3 > 10");
    golden(&system, &[1, 0xFF, 0x07, 8, 1, 0xFF, 0x07, 3]);
    refused::<Thresholds>(&[1, 0xFF, 0x07, 7, 1, 0xFF, 0x07, 3]);

    type Grids = Flexible<GridQuorums>;
    let grid = Grid::new(2, 3).expect("it fits");
    let (every, whole) = (GridRule::EveryColumn, GridRule::WholeColumn);
    let system = Grids::new(grid.quorums(every), grid.quorums(whole)).expect("they meet");
    golden(&system, &[2, 3, 0, 2, 3, 1]);
    refused::<Grids>(&[2, 3, 0, 2, 3, 0]);
    refused::<Grids>(&[2, 3, 0, 3, 2, 1]); // another grid

    type Mixed = Flexible<Threshold<2>, Weighted<3, 2>, 2>;
    let count = Threshold::new(first(3), 2).expect("it is reached");
    let weight = Weighted::new([2, 1, 1], 3).expect("it is reached");
    golden(&Mixed::new(count, weight).expect("they meet"), &[1, 7, 2, 3, 2, 1, 1, 3]);
    refused::<Mixed>(&[1, 7, 2, 3, 2, 1, 1, 2]); // node 0 alone
}

fn reads_and_writes_meet() {
    type Store = ReadWrite<Threshold>;
    let store = Store::new(threshold(5, 2), threshold(5, 4)).expect("R + W > N");
    golden(&store, &[1, 0x1F, 2, 1, 0x1F, 4]);
    refused::<Store>(&[1, 0x1F, 1, 1, 0x1F, 4]); // reads miss writes
    refused::<Store>(&[1, 0x1F, 4, 1, 0x1F, 2]); // writes miss writes
}

fn joint_halves_are_systems() {
    let joint = Joint::<Majority>::new(majority(&[0, 1, 2]), majority(&[2, 3, 4]));
    golden(&joint, &[1, 0x7, 1, 0x1C]);
    refused::<Joint<Majority>>(&[1, 0x7, 0]); // an empty half
    refused::<Joint<Majority>>(&[0, 1, 0x7]);

    type Change = Joint<Coterie<Threshold>, Majority>;
    let outgoing = Coterie::new(threshold(4, 3)).expect("above half");
    golden(&Change::new(outgoing, majority(&[0, 1])), &[1, 0xF, 3, 1, 3]);
    refused::<Change>(&[1, 0xF, 2, 1, 3]); // a half that is no system

    let nested = Joint::<Joint<Majority>, Majority>::new(joint, majority(&[0]));
    golden(&nested, &[1, 0x7, 1, 0x1C, 1, 1]);
    let phases = Flexible::<Threshold>::new(threshold(3, 3), threshold(3, 1)).expect("3 + 1 > 3");
    golden(&Joint::<_>::new(phases, phases), &[1, 7, 3, 1, 7, 1, 1, 7, 3, 1, 7, 1]);
}

suite! {
    node_sets_of_all_widths_are_alike
    node_sets_are_written_one_way
    majority_is_its_members
    threshold_can_be_reached
    weighted_can_be_reached
    explicit_lists_somebody
    grid_has_places
    grid_rules_are_numbered
    byzantine_systems_are_large_enough
    coterie_is_proven_anew
    what_is_not_proven_is_refused
    flexible_phases_meet
    reads_and_writes_meet
    joint_halves_are_systems
}

//! What every public type can be relied on to implement.
#![cfg(all(feature = "serde", feature = "defmt"))]
#![allow(clippy::unwrap_used)] // A test may panic.

use core::{
    error::Error,
    fmt::{Debug, Display},
    hash::Hash,
    iter::FusedIterator,
    ops::{BitAnd, BitOr, Sub},
};

use serde::{Serialize, de::DeserializeOwned};
use synod_quorum::{
    ConcurrentWrites, Consistency, Coterie, Dissemination, Explicit, ExplicitError, Finding,
    Flexible, Grid, GridError, GridQuorums, GridRule, Hints, IntersectionError, Joint, LiveSets,
    Majority, Masking, NoMembers, NodeSet, Nodes, Otherwise, OutOfRange, Outcome, Partitioned,
    Profile, QuorumSystem, Quorums, ReadWrite, ReadWriteError, Shape, Shortfall, Threshold,
    ThresholdError, TooFewNodes, TooManyNodes, VoteError, Votes, Weighted, WeightedError,
};

/// A plain value: copied about, compared, printed, logged, and sent between threads.
trait Value: Clone + Eq + Hash + Debug + defmt::Format + Send + Sync + Unpin + 'static {}
impl<T: Clone + Eq + Hash + Debug + defmt::Format + Send + Sync + Unpin + 'static> Value for T {}

fn value<T: Value>() {}

/// A value that travels between machines or is stored.
fn travels<T: Value + Serialize + DeserializeOwned>() {}

/// A family of quorums.
fn family<T: Value + Quorums<2> + Serialize + DeserializeOwned>() {}

/// Families that are safe together.
fn system<T: Value + QuorumSystem<2> + Serialize + DeserializeOwned>() {}

/// What is a number of words at most is copied.
fn copied<T: Copy>() {}

/// A small error that any host can pass on.
fn error<T: Value + Copy + Error>() {}

/// Every line is a promise to the compiler; nothing can fail at run time.
#[test]
fn public_types_implement_the_usual_traits() {
    travels::<NodeSet<2>>();
    travels::<GridRule>();
    value::<Nodes<2>>();
    value::<Votes<2>>();
    value::<Outcome>();
    value::<Shape<'static, 2>>();
    value::<Shortfall>();
    value::<LiveSets>();
    value::<Profile>();
    value::<Finding<Consistency>>();
    value::<Finding<ConcurrentWrites>>();
    value::<Finding<Partitioned>>();
    value::<Finding<Otherwise>>();
    value::<Finding<Hints>>();
    value::<Finding<usize>>();

    error::<ExplicitError>();
    error::<GridError>();
    error::<IntersectionError<2>>();
    error::<NoMembers>();
    error::<OutOfRange>();
    error::<ReadWriteError<2>>();
    error::<ThresholdError>();
    error::<TooFewNodes>();
    error::<TooManyNodes>();
    error::<VoteError>();
    error::<WeightedError>();
}

#[test]
fn families_and_systems_are_what_they_say() {
    family::<Threshold<2>>();
    family::<Weighted<3, 2>>();
    family::<Explicit<3, 2>>();
    family::<GridQuorums<2>>();

    family::<Majority<2>>();
    system::<Majority<2>>();
    family::<Dissemination<2>>();
    system::<Dissemination<2>>();
    family::<Masking<2>>();
    system::<Masking<2>>();
    family::<Coterie<Explicit<3, 2>, 2>>();
    system::<Coterie<Explicit<3, 2>, 2>>();
    family::<Joint<Majority<2>, Coterie<Weighted<3, 2>, 2>, 2>>();
    system::<Joint<Majority<2>, Coterie<Weighted<3, 2>, 2>, 2>>();

    system::<Grid<2>>();
    system::<Flexible<Threshold<2>, Weighted<3, 2>, 2>>();
    system::<ReadWrite<Threshold<2>, Weighted<3, 2>, 2>>();
    system::<Joint<Flexible<Threshold<2>, Explicit<3, 2>, 2>, Grid<2>, 2>>();
}

#[test]
fn what_is_small_is_copied() {
    copied::<NodeSet<2>>();
    copied::<Votes<2>>();
    copied::<Outcome>();
    copied::<Shape<'_, 2>>();
    copied::<Shortfall>();
    copied::<Threshold<2>>();
    copied::<Majority<2>>();
    copied::<Grid<2>>();
    copied::<GridRule>();
    copied::<GridQuorums<2>>();
    copied::<Dissemination<2>>();
    copied::<Masking<2>>();
    copied::<Coterie<Threshold<2>, 2>>();
    copied::<Flexible<Threshold<2>, Threshold<2>, 2>>();
    copied::<ReadWrite<Threshold<2>, Threshold<2>, 2>>();
    copied::<Joint<Majority<2>, Majority<2>, 2>>();
}

#[test]
fn sets_are_like_those_of_collections() {
    fn set<T, N>()
    where
        T: Default + Display + IntoIterator<Item = usize, IntoIter = N>,
        T: BitOr<Output = T> + BitAnd<Output = T> + Sub<Output = T>,
        N: ExactSizeIterator + FusedIterator,
    {
    }
    set::<NodeSet, Nodes>();
    set::<NodeSet<0>, Nodes<0>>();
    set::<NodeSet<3>, Nodes<3>>();
}

/// A family passes for itself by reference, as the systems hand theirs out.
#[test]
fn references_are_families() {
    fn members<Q: Quorums>(family: &Q) -> NodeSet {
        family.members()
    }
    let two_of_three = Threshold::new(NodeSet::first(3).unwrap(), 2).unwrap();
    assert_eq!(members(&two_of_three), members(&&two_of_three));
}

/// What firmware uses in statics.
#[test]
fn constant_values_are_constants() {
    static NOBODY: NodeSet<2> = NodeSet::new();
    const FIVE: NodeSet = match NodeSet::first(5) {
        Ok(five) => five,
        Err(_) => NodeSet::new(),
    };
    static VOTERS: Result<Majority, NoMembers> = Majority::new(FIVE);
    static VOTES: Votes = Votes::new(FIVE);
    static THRESHOLD: Result<Threshold, ThresholdError> = Threshold::new(FIVE, 2);
    static GRID: Result<Grid, GridError> = Grid::new(2, 3);
    static LIARS: Result<Dissemination, TooFewNodes> = Dissemination::new(FIVE, 1);
    static FORGERS: Result<Masking, TooFewNodes> = Masking::new(FIVE, 1);
    assert_eq!(NOBODY, NodeSet::default());
    assert_eq!(VOTERS.unwrap().needed(), 3);
    assert_eq!(VOTES.pending(), FIVE);
    assert_eq!(THRESHOLD.unwrap().needed(), 2);
    assert_eq!(GRID.unwrap().columns(), 3);
    assert_eq!((LIARS.unwrap().needed(), FORGERS.unwrap().needed()), (4, 4));
    assert_eq!(size_of::<NodeSet<2>>(), 16, "a bit a node, and nothing else");
}

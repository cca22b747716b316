//! What people read: errors and values as text.
#![allow(clippy::unwrap_used, clippy::std_instead_of_alloc)] // A test may panic, and use `std`.

use core::error::Error;
use std::{format, string::ToString};

use synod_quorum::{
    Coterie, Dissemination, Explicit, ExplicitError, Flexible, Grid, GridError, GridRule,
    IntersectionError, Joint, LiveSets, Majority, Masking, NoMembers, NodeSet, OutOfRange, Outcome,
    QuorumSystem, Quorums, ReadWrite, ReadWriteError, Shape, Shortfall, Threshold, ThresholdError,
    TooFewNodes, TooManyNodes, VoteError, Votes, Weighted, WeightedError,
};

const OUT_OF_RANGE: OutOfRange = OutOfRange { node: 64, capacity: 64 };

fn set<const WORDS: usize>(nodes: &[usize]) -> NodeSet<WORDS> {
    NodeSet::from_nodes(nodes).unwrap()
}

fn disjoint() -> IntersectionError {
    IntersectionError::Disjoint { first: set(&[0, 1]), second: set(&[2]) }
}

#[test]
fn errors_say_what_happened() {
    let unproven = IntersectionError::<1>::Unproven { nodes: 21 };
    let cases: [(&dyn Error, &str, &str); 21] = [
        (
            &TooManyNodes { members: 21 },
            "the sets of 21 nodes are too many, those of 20 are not",
            "TooManyNodes { members: 21 }",
        ),
        (
            &IntersectionError::<1>::NoFamily,
            "a family whose members together are no quorum, or whose strangers are one",
            "NoFamily",
        ),
        (
            &OUT_OF_RANGE,
            "node 64 does not fit a set of 64 nodes",
            "OutOfRange { node: 64, capacity: 64 }",
        ),
        (&NoMembers, "there are no members", "NoMembers"),
        (&ThresholdError::Zero, "with a threshold of 0, the empty set would be a quorum", "Zero"),
        (
            &ThresholdError::Unreachable { needed: 6, members: 5 },
            "6 nodes are needed, and there are 5",
            "Unreachable { needed: 6, members: 5 }",
        ),
        (&WeightedError::Zero, "with a weight of 0, the empty set would be a quorum", "Zero"),
        (
            &WeightedError::Unreachable { needed: 6, total: 5 },
            "a weight of 6 is needed, and there is 5",
            "Unreachable { needed: 6, total: 5 }",
        ),
        (
            &WeightedError::OutOfRange(OUT_OF_RANGE),
            "node 64 does not fit a set of 64 nodes",
            "OutOfRange(OutOfRange { node: 64, capacity: 64 })",
        ),
        (&ExplicitError::NoQuorums, "no set is listed", "NoQuorums"),
        (&ExplicitError::EmptyQuorum, "an empty set is listed", "EmptyQuorum"),
        (
            &ExplicitError::TooMany { listed: 6, capacity: 5 },
            "6 sets are listed, and 5 fit",
            "TooMany { listed: 6, capacity: 5 }",
        ),
        (&GridError::NoMembers, "a grid without rows or columns has no nodes", "NoMembers"),
        (
            &GridError::OutOfRange(OUT_OF_RANGE),
            "node 64 does not fit a set of 64 nodes",
            "OutOfRange(OutOfRange { node: 64, capacity: 64 })",
        ),
        (
            &TooFewNodes { needed: 4, members: 3 },
            "it takes 4 nodes, and there are 3",
            "TooFewNodes { needed: 4, members: 3 }",
        ),
        (
            &disjoint(),
            "the quorums {0, 1} and {2} do not meet",
            "Disjoint { first: {0, 1}, second: {2} }",
        ),
        (
            &unproven,
            "whether quorums of 21 nodes always meet was not proven",
            "Unproven { nodes: 21 }",
        ),
        (
            &ReadWriteError::Read(disjoint()),
            "reads may miss writes: the quorums {0, 1} and {2} do not meet",
            "Read(Disjoint { first: {0, 1}, second: {2} })",
        ),
        (
            &ReadWriteError::Write(unproven),
            "writes may miss each other: whether quorums of 21 nodes always meet was not proven",
            "Write(Unproven { nodes: 21 })",
        ),
        (&VoteError::Stranger, "a vote from a node that is no member", "Stranger"),
        (&VoteError::Contradiction, "the node has voted the other way before", "Contradiction"),
    ];
    for (error, text, debug) in cases {
        assert_eq!((error.to_string().as_str(), format!("{error:?}").as_str()), (text, debug));
    }
}

#[test]
fn errors_name_their_source() {
    let caused: [(&dyn Error, &dyn Error); 4] = [
        (&WeightedError::OutOfRange(OUT_OF_RANGE), &OUT_OF_RANGE),
        (&GridError::OutOfRange(OUT_OF_RANGE), &OUT_OF_RANGE),
        (&ReadWriteError::Read(disjoint()), &disjoint()),
        (&ReadWriteError::Write(disjoint()), &disjoint()),
    ];
    for (error, source) in caused {
        assert_eq!(error.source().unwrap().to_string(), source.to_string());
    }
    let first: [&dyn Error; 17] = [
        &TooManyNodes { members: 21 },
        &IntersectionError::<1>::NoFamily,
        &OUT_OF_RANGE,
        &NoMembers,
        &ThresholdError::Zero,
        &ThresholdError::Unreachable { needed: 6, members: 5 },
        &WeightedError::Zero,
        &WeightedError::Unreachable { needed: 6, total: 5 },
        &ExplicitError::NoQuorums,
        &ExplicitError::EmptyQuorum,
        &ExplicitError::TooMany { listed: 6, capacity: 5 },
        &GridError::NoMembers,
        &TooFewNodes { needed: 4, members: 3 },
        &disjoint(),
        &IntersectionError::<1>::Unproven { nodes: 21 },
        &VoteError::Stranger,
        &VoteError::Contradiction,
    ];
    for error in first {
        assert!(error.source().is_none(), "{error}");
    }
}

#[test]
fn sets_print_their_nodes() {
    for (set, text) in
        [(NodeSet::<2>::new(), "{}"), (set(&[7]), "{7}"), (set(&[100, 2, 0]), "{0, 2, 100}")]
    {
        assert_eq!((format!("{set}").as_str(), format!("{set:?}").as_str()), (text, text));
    }
    let mut nodes = set::<1>(&[2, 0]).iter();
    nodes.next();
    assert_eq!(format!("{nodes:?}"), "Nodes { rest: {2} }");
}

#[test]
fn values_print_what_they_hold() {
    let three = set(&[0, 1, 2]);
    let majority: Majority = Majority::new(three).unwrap();
    let threshold: Threshold = Threshold::new(three, 2).unwrap();
    let grid: Grid = Grid::new(1, 2).unwrap();
    let rule = grid.quorums(GridRule::WholeColumn);
    let weighted = Weighted::<2>::majority([2, 1]).unwrap();
    let explicit = Explicit::<3>::new(&[set(&[0, 2]), three]).unwrap();
    let mut votes: Votes = Votes::new(three);
    votes.record(1, true).unwrap();
    votes.record(2, false).unwrap();

    let of_three = "Threshold { members: {0, 1, 2}, needed: 2 }";
    let in_grid = "Grid { rows: 1, columns: 2, members: {0, 1} }";
    let cases = [
        (format!("{threshold:?}"), of_three.into()),
        (format!("{majority:?}"), format!("Majority {{ threshold: {of_three} }}")),
        (
            format!("{:?}", Dissemination::<1>::new(three, 0).unwrap()),
            format!("Dissemination {{ quorum: {of_three}, b: 0 }}"),
        ),
        (
            format!("{:?}", Masking::<1>::new(three, 0).unwrap()),
            format!("Masking {{ quorum: {of_three}, b: 0 }}"),
        ),
        (format!("{grid:?}"), in_grid.into()),
        (format!("{rule:?}"), format!("GridQuorums {{ grid: {in_grid}, rule: WholeColumn }}")),
        (
            format!("{weighted:?}"),
            "Coterie { family: Weighted { weights: [2, 1], members: {0, 1}, needed: 2 } }".into(),
        ),
        (format!("{explicit:?}"), "Explicit { quorums: [{0, 2}, {0, 1, 2}, {}], count: 2 }".into()),
        (
            format!("{:?}", Joint::<_>::new(majority, majority)),
            format!("Joint {{ outgoing: {majority:?}, incoming: {majority:?} }}"),
        ),
        (
            format!("{:?}", Flexible::<_>::new(threshold, threshold).unwrap()),
            format!("Flexible {{ phase1: {of_three}, phase2: {of_three} }}"),
        ),
        (
            format!("{:?}", ReadWrite::<_>::new(threshold, threshold).unwrap()),
            format!("ReadWrite {{ read: {of_three}, write: {of_three} }}"),
        ),
        (format!("{votes:?}"), "Votes { members: {0, 1, 2}, granted: {1}, refused: {2} }".into()),
    ];
    for (text, expected) in cases {
        assert_eq!(text, expected);
    }
}

#[test]
fn answers_print_as_they_are_written() {
    let outcomes = [Outcome::Won, Outcome::Lost, Outcome::Pending];
    assert_eq!(format!("{outcomes:?}"), "[Won, Lost, Pending]");
    let more = [Shortfall::Exactly(1), Shortfall::AtLeast(2), Shortfall::OutOfReach];
    assert_eq!(format!("{more:?}"), "[Exactly(1), AtLeast(2), OutOfReach]");
    let rules = [GridRule::EveryColumn, GridRule::WholeColumn, GridRule::Both];
    assert_eq!(format!("{rules:?}"), "[EveryColumn, WholeColumn, Both]");

    let system = Coterie::new(Threshold::<1>::new(set(&[0]), 1).unwrap()).unwrap();
    assert_eq!(
        format!("{:?}", system.phase1().shape()),
        "Count(Threshold { members: {0}, needed: 1 })"
    );
    let weighted = Weighted::<2>::new([2, 1], 3).unwrap();
    assert_eq!(format!("{:?}", weighted.shape()), "Weight { weights: [2, 1], needed: 3 }");
    let explicit = Explicit::<2>::new(&[set(&[3])]).unwrap();
    assert_eq!(format!("{:?}", explicit.shape()), "List([{3}])");
    assert_eq!(format!("{:?}", Shape::<1>::Unknown), "Unknown");
    let live = LiveSets::of(&Majority::<1>::new(NodeSet::first(3).unwrap()).unwrap()).unwrap();
    assert_eq!(format!("{live:?}"), "LiveSets([0, 0, 3, 1])");
}

#[cfg(feature = "serde")]
mod decoders {
    use super::*;

    use serde::{
        Deserialize,
        de::{
            IntoDeserializer,
            value::{self, SeqDeserializer},
        },
    };

    /// Why this sequence of numbers is no `T`.
    fn refused<'de, T: Deserialize<'de> + core::fmt::Debug>(numbers: &[u64]) -> String {
        let numbers = SeqDeserializer::<_, value::Error>::new(numbers.iter().copied());
        T::deserialize(numbers).unwrap_err().to_string()
    }

    #[test]
    fn decoders_say_what_is_wrong() {
        let wrong: value::U8Deserializer<value::Error> = 1_u8.into_deserializer();
        assert_eq!(
            NodeSet::<2>::deserialize(wrong).unwrap_err().to_string(),
            "invalid type: integer `1`, expected a list of at most 2",
        );
        assert_eq!(
            refused::<NodeSet<2>>(&[1, 2, 3, 4]),
            "invalid length 3, expected a list of at most 2",
        );
        assert_eq!(refused::<NodeSet<2>>(&[1, 0]), "a list that ends in zero");
        assert_eq!(refused::<Majority>(&[]), "there are no members");
        assert_eq!(refused::<Grid>(&[0, 3]), "a grid without rows or columns has no nodes");
        assert_eq!(refused::<Grid>(&[13, 5]), "node 64 does not fit a set of 64 nodes");
    }
}

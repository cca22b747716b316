//! The scenarios that broke real systems, by number: on the host and on boards.
//!
//! Nothing here needs more than `core`. The host runs each function as a test of its own; the
//! firmware in `examples/board` includes this file and runs [`SUITE`].
#![allow(clippy::indexing_slicing, clippy::unwrap_used, clippy::expect_used)] // A test may panic.
#![allow(clippy::arithmetic_side_effects)]

#[macro_use]
mod suite;

use synod_quorum::{
    Coterie, Dissemination, Explicit, Flexible, Hints, IntersectionError, Joint, Majority, Masking,
    NoMembers, NodeSet, Outcome, Quorums, ReadWrite, ReadWriteError, Shortfall, Threshold,
    TooFewNodes, VoteError, Votes, Weighted, WeightedError, classify, intersection,
};

fn nodes(nodes: &[usize]) -> NodeSet {
    NodeSet::from_nodes(nodes).expect("nodes of one word")
}

fn majority(of: &[usize]) -> Majority {
    Majority::new(nodes(of)).expect("somebody")
}

fn threshold(of: &[usize], needed: usize) -> Threshold {
    Threshold::new(nodes(of), needed).expect("within reach")
}

/// An empty half of a joint configuration would win every vote and commit everything: there is no
/// such half, and no other way to agree with nobody.
fn q01_empty_half_of_a_joint_configuration() {
    assert_eq!(Majority::new(NodeSet::<1>::new()), Err(NoMembers));
    assert!(Threshold::new(NodeSet::<1>::new(), 0).is_err());
    assert!(Weighted::<3, 1>::majority([0, 0, 0]).is_err());
    assert!(Explicit::<2, 1>::new(&[]).is_err());
    assert!(Explicit::<2, 1>::new(&[nodes(&[0]), nodes(&[])]).is_err());

    // A half of one is the smallest, and it has its say.
    let joint: Joint<Majority> = Joint::new(majority(&[0, 1, 2]), majority(&[3]));
    let outgoing = nodes(&[0, 1, 2]);
    assert!(!joint.is_quorum(outgoing));
    assert_eq!(joint.committed(|node| outgoing.contains(node).then_some(9)), None);
    let mut votes = Votes::new(joint.members());
    for node in outgoing {
        votes.record(node, true).unwrap();
    }
    assert_eq!(votes.outcome(&joint), Outcome::Pending);
    votes.record(3, false).unwrap();
    assert_eq!(votes.outcome(&joint), Outcome::Lost);
}

/// A node that has not reported has not reported zero.
fn q02_no_report_is_not_zero() {
    let system = majority(&[0, 1, 2]);
    let silent = [None; 3];
    let one_at_zero = [Some(0), None, None];
    let two_at_zero = [Some(0), Some(0), None];
    assert_eq!(system.committed(|node| silent[node]), None);
    assert_eq!(system.committed(|node| one_at_zero[node]), None);
    assert_eq!(system.committed(|node| two_at_zero[node]), Some(0));

    let joint: Joint<Majority> = Joint::new(system, majority(&[3, 4]));
    let only_outgoing = [Some(5), Some(5), Some(5), Some(5), None];
    let all = [Some(5), Some(5), Some(5), Some(5), Some(0)];
    assert_eq!(joint.committed(|node| only_outgoing[node]), None);
    assert_eq!(joint.committed(|node| all[node]), Some(0));

    let weighted = Weighted::majority([3, 1, 1]).unwrap();
    assert_eq!(Quorums::<1>::committed(&weighted, |node| [None, Some(8), Some(8)][node]), None);
    assert_eq!(Quorums::<1>::committed(&weighted, |node| [Some(0), Some(8), None][node]), Some(0));
}

/// A voter that is named twice has one vote, and a voter in both halves is one voter.
fn q02_a_voter_counts_once() {
    let system = majority(&[0, 1, 1, 1, 2]);
    assert_eq!((system.members().len(), system.needed()), (3, 2));
    assert!(!system.is_quorum(nodes(&[1, 1, 1])));

    let joint: Joint<Majority> = Joint::new(majority(&[0, 1, 2]), majority(&[1, 2, 3]));
    assert_eq!(joint.members().len(), 4);
    assert!(joint.is_quorum(nodes(&[1, 2])), "each counts in both halves");
    let mut votes = Votes::new(joint.members());
    assert_eq!(votes.record(1, true), Ok(true));
    assert_eq!(votes.record(1, true), Ok(false), "one answer for both halves");
    assert_eq!(joint.shortfall(votes.granted(), NodeSet::new()), Shortfall::Exactly(1));
    let reports = [None, Some(7), Some(4), None];
    assert_eq!(joint.committed(|node| reports[node]), Some(4));
}

/// Half is not a majority, of nodes or of weight.
fn q03_even_numbers_and_ties() {
    for count in 1..=64 {
        let members = NodeSet::first(count).unwrap();
        let system: Majority = Majority::new(members).unwrap();
        assert!(!system.is_quorum(NodeSet::first(count / 2).unwrap()), "half of {count}");
        assert!(system.is_quorum(NodeSet::first(count / 2 + 1).unwrap()));
    }
    let tied = Weighted::majority([2, 1, 1]).unwrap();
    assert!(!tied.is_quorum(nodes(&[0])));
    assert!(!tied.is_quorum(nodes(&[1, 2])));
    assert!(tied.is_quorum(nodes(&[0, 1])));
    let half = Weighted::new([2, 1, 1], 2).unwrap();
    assert_eq!(
        Coterie::new(half),
        Err(IntersectionError::Disjoint { first: nodes(&[0]), second: nodes(&[1, 2]) }),
    );
}

/// A node without weight has no say; the largest weights do not overflow.
fn q03_zero_and_huge_weights() {
    let system = Weighted::majority([0, 1, 1, 1]).unwrap();
    assert_eq!(system.members(), nodes(&[1, 2, 3]));
    assert!(!system.is_quorum(nodes(&[0, 1])));
    let mut votes = Votes::<1>::new(system.members());
    assert_eq!(votes.record(0, true), Err(VoteError::Stranger));
    assert_eq!(
        Weighted::<2, 1>::new([0, 0], 1),
        Err(WeightedError::Unreachable { needed: 1, total: 0 })
    );

    let heaviest = Weighted::<64>::majority([u32::MAX; 64]).unwrap();
    assert_eq!(heaviest.family().total(), 64 * u64::from(u32::MAX));
    assert!(!heaviest.is_quorum(NodeSet::first(32).unwrap()));
    assert!(heaviest.is_quorum(NodeSet::first(33).unwrap()));
    let one_rules = Weighted::majority([u32::MAX, 1, 1]).unwrap();
    assert!(one_rules.is_quorum(nodes(&[0])));
    assert!(!one_rules.is_quorum(nodes(&[1, 2])));
    let everything = Weighted::<2, 1>::new([u32::MAX, u32::MAX], u64::MAX);
    assert!(matches!(everything, Err(WeightedError::Unreachable { .. })));
}

/// Rows and columns are no thresholds: each row meets each column, but two rows do not.
fn q04_two_sets_that_are_no_thresholds() {
    // 0 1 2
    // 3 4 5
    let rows: Explicit<2> = Explicit::new(&[nodes(&[0, 1, 2]), nodes(&[3, 4, 5])]).unwrap();
    let columns: Explicit<3> =
        Explicit::new(&[nodes(&[0, 3]), nodes(&[1, 4]), nodes(&[2, 5])]).unwrap();
    assert!(Flexible::new(rows.clone(), columns.clone()).is_ok());
    assert_eq!(
        Coterie::new(rows.clone()),
        Err(IntersectionError::Disjoint { first: nodes(&[0, 1, 2]), second: nodes(&[3, 4, 5]) }),
    );
    assert!(ReadWrite::new(rows, columns).is_err(), "two columns do not meet");
}

/// Families of which nothing is known are searched up to 20 nodes; beyond that, nothing is claimed.
fn q04_unknown_families() {
    /// The majority of these, told to nobody.
    struct Unknown(NodeSet);
    impl Quorums for Unknown {
        fn members(&self) -> NodeSet {
            self.0
        }
        fn is_quorum(&self, nodes: NodeSet) -> bool {
            2 * (nodes & self.0).len() > self.0.len()
        }
    }
    /// The usual mistake: strangers are counted.
    struct Unmasked;
    impl Quorums for Unmasked {
        fn members(&self) -> NodeSet {
            NodeSet::from_words([0b111])
        }
        fn is_quorum(&self, nodes: NodeSet) -> bool {
            nodes.len() > 1
        }
    }
    assert!(matches!(Coterie::new(Unmasked), Err(IntersectionError::NoFamily)));
    let sound: Majority = Majority::new(NodeSet::from_words([0b111])).unwrap();
    assert_eq!(intersection(&sound, &Unmasked), Err(IntersectionError::NoFamily));
    assert_eq!(intersection(&Unmasked, &sound), Err(IntersectionError::NoFamily));

    assert!(Coterie::new(Unknown(NodeSet::first(9).unwrap())).is_ok());
    let many = Coterie::new(Unknown(NodeSet::first(21).unwrap()));
    assert!(matches!(many, Err(IntersectionError::Unproven { nodes: 21 })));
    let halves = Flexible::new(Unknown(nodes(&[0, 1, 2])), Unknown(nodes(&[2, 3, 4])));
    assert_eq!(
        halves.err(),
        Some(IntersectionError::Disjoint { first: nodes(&[0, 1]), second: nodes(&[3, 4]) }),
    );
}

/// R + W > N for reads, W + W > N for concurrent writers.
fn q05_reads_and_concurrent_writers() {
    let all = &[0, 1, 2];
    for read in 1..=3 {
        for write in 1..=3 {
            let built = ReadWrite::new(threshold(all, read), threshold(all, write));
            let expected = if read + write <= 3 {
                "reads"
            } else if write + write <= 3 {
                "writes"
            } else {
                "none"
            };
            let refused = match built {
                Err(ReadWriteError::Read(_)) => "reads",
                Err(ReadWriteError::Write(_)) => "writes",
                _ => "none",
            };
            assert_eq!(refused, expected, "R {read}, W {write}");
            let profile = classify(3, read, write, Hints::Uncounted).unwrap();
            assert_eq!(profile.reads_meet_writes(), read + write > 3);
            assert_eq!(profile.writes_meet(), write + write > 3);
        }
    }
}

/// What a stand-in keeps for an absent node is in no quorum of reads.
fn q05_hints_never_count() {
    let store: ReadWrite<Threshold> =
        ReadWrite::new(threshold(&[0, 1, 2], 2), threshold(&[0, 1, 2], 2)).unwrap();
    // 1 and 2 are away; 3 and 4 hold their hints.
    assert!(!store.write().is_quorum(nodes(&[0, 3, 4])));
    assert_eq!(store.write().shortfall(nodes(&[0, 3, 4]), nodes(&[1, 2])), Shortfall::OutOfReach,);
    let sloppy = classify(3, 2, 2, Hints::Counted).unwrap();
    assert!(!sloppy.reads_meet_writes());
    assert!(!sloppy.writes_meet());
}

/// Dissemination takes 3b + 1 nodes, masking 4b + 1.
fn q06_byzantine_sizes() {
    for b in 0..=15 {
        for count in 0..=64 {
            let members = NodeSet::<1>::first(count).unwrap();
            let honest = NodeSet::first(count.saturating_sub(b)).unwrap();
            match Dissemination::new(members, b) {
                Ok(system) => {
                    assert!(count > 3 * b);
                    assert!(2 * system.needed() > count + b, "an honest node in common");
                    assert!(system.is_quorum(honest), "the liars alone cannot block");
                }
                Err(error) => {
                    assert!(count <= 3 * b);
                    assert_eq!(error, TooFewNodes { needed: 3 * b + 1, members: count });
                }
            }
            match Masking::new(members, b) {
                Ok(system) => {
                    assert!(count > 4 * b);
                    assert!(2 * system.needed() > count + 2 * b, "more honest ones than liars");
                    assert!(system.is_quorum(honest));
                    assert!(!system.vouching().is_quorum(NodeSet::first(b).unwrap()));
                }
                Err(error) => {
                    assert!(count <= 4 * b);
                    assert_eq!(error, TooFewNodes { needed: 4 * b + 1, members: count });
                }
            }
        }
    }
}

/// A vote arrives twice, changes its mind, comes from a stranger.
fn q07_votes_that_repeat_contradict_or_intrude() {
    let system = majority(&[0, 1, 2]);
    let mut votes = Votes::new(system.members());
    assert_eq!(votes.record(0, true), Ok(true));
    assert_eq!(votes.members(), nodes(&[0, 1, 2]));
    let before = votes;
    assert_eq!(votes.record(0, true), Ok(false));
    assert_eq!(votes.record(0, false), Err(VoteError::Contradiction));
    assert_eq!(votes.record(3, true), Err(VoteError::Stranger));
    assert_eq!(votes.record(usize::MAX, true), Err(VoteError::Stranger));
    assert_eq!(votes, before, "nothing has changed");
    assert_eq!(votes.outcome(&system), Outcome::Pending);

    assert_eq!(votes.record(1, false), Ok(true));
    assert_eq!(votes.record(1, true), Err(VoteError::Contradiction));
    assert_eq!(votes.pending(), nodes(&[2]));
    // A ballot that lacks voters of the family does not wait for them.
    assert_eq!(votes.outcome(&majority(&[0, 1, 2, 3, 4])), Outcome::Lost);
    assert_eq!(votes.outcome(&system), Outcome::Pending);
    votes.record(2, false).unwrap();
    assert_eq!(votes.outcome(&system), Outcome::Lost);
}

suite! {
    q01_empty_half_of_a_joint_configuration
    q02_no_report_is_not_zero
    q02_a_voter_counts_once
    q03_even_numbers_and_ties
    q03_zero_and_huge_weights
    q04_two_sets_that_are_no_thresholds
    q04_unknown_families
    q05_reads_and_concurrent_writers
    q05_hints_never_count
    q06_byzantine_sizes
    q07_votes_that_repeat_contradict_or_intrude
}

//! `synod-quorum` against `raft`.
//!
//! The same: majorities and joint majorities, which votes win and lose, the committed index.
//!
//! Different, and mapped here:
//!
//! - A node that has not reported stands at index 0 there, and at none here. So where fewer than a
//!   quorum have reported, ours answers `None` and the peer 0; else both answer alike.
//! - A configuration without voters is one there: it wins every vote and has committed `u64::MAX`,
//!   so that half of a joint configuration may be empty. Ours does not exist: whoever has one half
//!   takes the majority alone.
//! - The peer records votes of strangers and does not count them, and of two votes of a voter it
//!   takes the first. So does ours, and says which it was.

use proptest::{collection::vec, prelude::*};
use synod_bench::quorums::{self, Nodes};
use synod_quorum::{Majority, NoMembers, NodeSet, Quorums, VoteError, Votes};

use crate::inputs::{LIMIT, answers, fit_one_word, members, one_word, reports};

fn committed<const WORDS: usize>(
    outgoing: &Nodes,
    incoming: &Nodes,
    reports: &[Option<u64>],
) -> Result<(), TestCaseError> {
    let reported = (0..WORDS * 64).filter(|node| reports[*node].is_some()).collect();
    let reported = quorums::node_set::<WORDS>(&reported);
    let progress = quorums::raft_progress(reports);

    let majority = quorums::majority::<WORDS>(outgoing);
    let ours = majority.committed(|node| reports[node]);
    prop_assert_eq!(ours.is_some(), majority.is_quorum(reported));
    let theirs = quorums::raft_majority(outgoing).committed_index(false, &progress);
    prop_assert_eq!((ours.unwrap_or(0), false), theirs);

    let joint = quorums::joint::<WORDS>(outgoing, incoming);
    let ours = joint.committed(|node| reports[node]);
    prop_assert_eq!(ours.is_some(), joint.is_quorum(reported));
    let theirs = quorums::raft_joint(outgoing, incoming).committed_index(false, &progress);
    prop_assert_eq!((ours.unwrap_or(0), false), theirs);
    Ok(())
}

fn quorums_agree<const WORDS: usize>(
    outgoing: &Nodes,
    incoming: &Nodes,
    answers: &Nodes,
) -> Result<(), TestCaseError> {
    let set = quorums::node_set::<WORDS>(answers);
    let potential = quorums::raft_set(answers);

    let majority = quorums::majority::<WORDS>(outgoing).is_quorum(set);
    let tracker = quorums::raft_tracker(outgoing, None);
    prop_assert_eq!(majority, tracker.has_quorum(&potential));

    let joint = quorums::joint::<WORDS>(outgoing, incoming).is_quorum(set);
    let tracker = quorums::raft_tracker(outgoing, Some(incoming));
    prop_assert_eq!(joint, tracker.has_quorum(&potential));
    Ok(())
}

/// Every vote in turn, and how the ballot stands after each.
fn ballot<Q: Quorums<2>>(
    quorums: &Q,
    mut tracker: raft::ProgressTracker,
    votes: &[(usize, bool)],
) -> Result<(), TestCaseError> {
    let mut ours = Votes::new(quorums.members());
    for (node, granted) in votes {
        let before = ours;
        let first = tracker.votes().get(&quorums::raft_id(*node)).copied();
        let expected = match first {
            _ if !quorums.members().contains(*node) => Err(VoteError::Stranger),
            None => Ok(true),
            Some(first) if first == *granted => Ok(false),
            Some(_) => Err(VoteError::Contradiction),
        };
        prop_assert_eq!(ours.record(*node, *granted), expected);
        prop_assert_eq!(ours == before, expected != Ok(true));

        tracker.record_vote(quorums::raft_id(*node), *granted);
        let (granted, refused, result) = tracker.tally_votes();
        prop_assert_eq!((ours.granted().len(), ours.refused().len()), (granted, refused));
        // The peer's type cannot be named, but its variants are called as ours are.
        prop_assert_eq!(format!("{:?}", ours.outcome(quorums)), format!("{result:?}"));
    }
    Ok(())
}

proptest! {
    #[test]
    fn committed_indexes_agree(
        outgoing in members(),
        incoming in members(),
        reports in reports(),
    ) {
        committed::<2>(&outgoing, &incoming, &reports)?;
        if fit_one_word(&outgoing) && fit_one_word(&incoming) {
            committed::<1>(&outgoing, &incoming, &reports)?;
        }
    }

    #[test]
    fn decisions_agree(
        outgoing in members(),
        incoming in members(),
        answers in answers(),
    ) {
        quorums_agree::<2>(&outgoing, &incoming, &answers)?;
        if fit_one_word(&outgoing) && fit_one_word(&incoming) {
            quorums_agree::<1>(&outgoing, &incoming, &one_word(&answers))?;
        }
    }

    #[test]
    fn votes_agree(
        outgoing in members(),
        incoming in members(),
        near in vec((0..26_usize, any::<bool>()), 0..60),
        far in vec((0..LIMIT, prop::bool::weighted(0.7)), 0..160),
    ) {
        for votes in [&near, &far] {
            let tracker = quorums::raft_tracker(&outgoing, None);
            ballot(&quorums::majority::<2>(&outgoing), tracker, votes)?;
            let tracker = quorums::raft_tracker(&outgoing, Some(&incoming));
            ballot(&quorums::joint::<2>(&outgoing, &incoming), tracker, votes)?;
        }
    }

    /// The peer's joint configuration whose other half is empty is our majority.
    #[test]
    fn half_of_a_joint_configuration_is_a_majority(
        members in members(),
        reports in reports(),
    ) {
        let progress = quorums::raft_progress(&reports);
        let half = raft::JointConfig::new(quorums::raft_set(&members));
        let ours = quorums::majority::<2>(&members).committed(|node| reports[node]);
        prop_assert_eq!(half.committed_index(false, &progress), (ours.unwrap_or(0), false));
    }
}

/// To the peer nobody is a configuration that agrees to everything; to us it is none.
#[test]
fn nobody() {
    let nobody = Nodes::new();
    let theirs = quorums::raft_majority(&nobody);
    assert_eq!(theirs.committed_index(false, &quorums::raft_progress(&[])), (u64::MAX, true));
    assert_eq!(format!("{:?}", theirs.vote_result(|_| None)), "Won");
    assert_eq!(Majority::new(NodeSet::<1>::new()), Err(NoMembers));
}

/// Of three voters one has reported: ours has committed nothing, and so has it if the others report
/// index 0, but then it says so. The peer says 0 to both.
#[test]
fn no_report_is_not_index_0() {
    let three = quorums::first(3);
    let ours = quorums::majority::<1>(&three);
    let theirs = quorums::raft_majority(&three);
    for (reports, expected) in [([Some(7), None, None], None), ([Some(7), Some(0), None], Some(0))]
    {
        assert_eq!(ours.committed(|node| reports[node]), expected);
        let index = theirs.committed_index(false, &quorums::raft_progress(&reports));
        assert_eq!(index, (0, false));
    }
}

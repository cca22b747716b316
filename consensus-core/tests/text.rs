//! What errors say.
#![allow(clippy::unwrap_used)] // A test may panic.

use core::error::Error;

use synod_consensus_core::{
    Ballot, Members, MembersError, NodeId, UnknownWrite, paxos,
    raft::{
        AppliedError, ConfigError, LogFull, MessageError, PersistedError, ProposeError, ReadError,
        StartError,
        replica::{CompactError, FrameError},
    },
    register,
};

const CONFIG: &str = "the heartbeat must be from 1 us to half the election timeout";
const UNDRAINED: &str = "the outputs of the call before were not drained";
const LOG_MISMATCH: &str = "the log is not what the outputs and proposals made it";
const NOT_LEADER: &str = "this node does not lead";

#[test]
fn errors_say_what_happened() {
    let leader = Some(NodeId(3));
    let cases: [(&dyn Error, &str); 44] = [
        (&ConfigError::Timeouts, CONFIG),
        (&ConfigError::MessageTooSmall, "the largest entry does not fit into the largest message"),
        (&ConfigError::Window, "a window is 0"),
        (&MembersError::None, "there are no members"),
        (&MembersError::TooMany, "there are more members than there is room for"),
        (&MembersError::Twice, "a member is named twice"),
        (&MembersError::Outside, "the quorums count nodes that are no members"),
        (&StartError::Config(ConfigError::Timeouts), CONFIG),
        (&StartError::Voters(MembersError::None), "there are no members"),
        (&StartError::NotVoter, "this node is not among the voters"),
        (&StartError::NotEmpty, "there is a log already"),
        (&StartError::StrangeVote, "the vote is for a node that cannot have had it"),
        (&StartError::TermLost, "the log is of a later term than the hard state"),
        (&StartError::AppliedOutside, "what was applied is not in the log"),
        (&StartError::BadLog, "the log contradicts itself"),
        (&MessageError::WrongCluster, "the message is from another cluster"),
        (&MessageError::WrongReceiver, "the message is for another node"),
        (&MessageError::Stranger, "the sender does not vote"),
        (&MessageError::Malformed, "no node that works could have sent the message"),
        (&MessageError::TwoLeaders, "there are two leaders in one term"),
        (&MessageError::Forgotten, "this node has forgotten a ballot of its own"),
        (&MessageError::CommittedConflict, "the message contradicts what is committed"),
        (&MessageError::Undrained, UNDRAINED),
        (&MessageError::LogMismatch, LOG_MISMATCH),
        (&ProposeError::NotLeader { leader }, NOT_LEADER),
        (&ProposeError::Stopped, "the log has a stop sign"),
        (&ProposeError::TooLarge, "a payload is too large"),
        (&ProposeError::LogFull, "the log is full"),
        (&ProposeError::Exhausted, "no index is left"),
        (&ProposeError::Undrained, UNDRAINED),
        (&ProposeError::LogMismatch, LOG_MISMATCH),
        (&ReadError::NotLeader { leader }, NOT_LEADER),
        (&ReadError::NotReady, "the leader has committed nothing in its term yet"),
        (&ReadError::Exhausted, "no round is left"),
        (&PersistedError::UnknownWrite, "no such write is outstanding"),
        (&PersistedError::Undrained, UNDRAINED),
        (&PersistedError::LogMismatch, LOG_MISMATCH),
        (&AppliedError, "the index was not given out to be applied, or was reported before"),
        (&FrameError::Message(MessageError::Undrained), UNDRAINED),
        (&FrameError::WrongCount, "the payloads are not as many as the message says"),
        (&CompactError, "what is not applied or not drained, and a stop sign, cannot be compacted"),
        (&LogFull, "the log has no room"),
        (&FrameError::from(MessageError::Stranger), "the sender does not vote"),
        (&StartError::from(MembersError::Twice), "a member is named twice"),
    ];
    check(&cases);
    assert_eq!(NodeId(7).to_string(), "7");
    let members = Members::<2>::majority(&[NodeId(9)]).unwrap();
    assert_eq!(format!("{members:?}"), "{NodeId(9)}", "nothing of what there is room for");
}

#[test]
fn errors_of_paxos_say_what_happened() {
    use paxos::{BrokenRecord, ConfigError, MessageError};

    check(&[
        (&ConfigError, "the timeout is 0"),
        (&UnknownWrite, "no such write is outstanding"),
        (&BrokenRecord, "more is accepted than is promised"),
        (&MessageError::WrongInstance, "the message is about another decision"),
        (&MessageError::WrongReceiver, "the message is for another node"),
        (&MessageError::WrongRole, "the message is for another machine of this node"),
        (&MessageError::Stranger, "the sender is no acceptor"),
        (&MessageError::Malformed, "no node that works could have sent the message"),
        (&MessageError::TwoValues, "two values go by one ballot, or another one is chosen"),
        (&MessageError::ReusedBallot, "the ballot was used in an earlier life"),
    ]);
    let ballot = Ballot { round: 300.try_into().unwrap(), proposer: NodeId(7) };
    assert_eq!(ballot.to_string(), "300.7");
}

#[test]
fn errors_of_registers_say_what_happened() {
    use register::{BrokenRecord, ChangeError, MessageError, ReadError, ReconfigureError};

    let busy = ReconfigureError::from(ChangeError::Busy);
    let twice = ReconfigureError::from(MembersError::Twice);
    check(&[
        (&BrokenRecord, "the record contradicts itself"),
        (&ChangeError::Busy, "another change is under way"),
        (&ChangeError::NotMember, "this node is no member"),
        (&busy, "another change is under way"),
        (&twice, "a member is named twice"),
        (&ReadError::NotMember, "this node is no member"),
        (&ReadError::Exhausted, "no number is left for the read"),
        (&MessageError::WrongInstance, "the message is about another register"),
        (&MessageError::WrongReceiver, "the message is for another node"),
        (&MessageError::Malformed, "no node that works could have sent the message"),
        (&MessageError::TwoValues, "two states go by one ballot"),
        (&MessageError::ReusedBallot, "the ballot was used in an earlier life"),
        (&MessageError::Undrained, UNDRAINED),
    ]);
}

fn check(cases: &[(&dyn Error, &str)]) {
    for (error, text) in cases {
        assert_eq!(error.to_string(), *text);
        assert!(error.source().is_none());
    }
}

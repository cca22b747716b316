//! A proposer of Paxos for whom no round is left.

use core::num::NonZeroU64;

use synod_consensus_core::{
    Ballot, Instance, Members, NodeId,
    paxos::{Body, Config, Message, Phase, Proposer, ProposerOutput},
};

/// Found by fuzzing: what was said to an earlier life is late, and no sign of a ballot used twice.
#[test]
fn answers_to_an_earlier_life_are_late() {
    let (me, acceptor) = (NodeId(1), NodeId(2));
    let instance = Instance { cluster: 1, number: 1 };
    let members = Members::<1>::majority(&[acceptor]).unwrap();
    let config = Config::new(instance, me, 0);
    let mut proposer = Proposer::recover(config, members, 0, u64::MAX, 7_u8).unwrap();
    assert_eq!(proposer.poll_output(), Some(ProposerOutput::Exhausted));
    assert_eq!((proposer.ballot(), proposer.phase()), (None, Phase::Exhausted));

    let ballot = Ballot { round: NonZeroU64::MIN, proposer: me };
    let promised = Ballot { proposer: acceptor, ..ballot };
    for body in [
        Body::Promise { ballot, accepted: None },
        Body::Accepted { ballot },
        Body::Rejected { ballot, promised },
    ] {
        let before = proposer.canonical();
        let message = Message { instance, to: me, body };
        assert_eq!(proposer.handle_message(1, acceptor, message), Ok(()));
        assert_eq!(proposer.poll_output(), None);
        assert_eq!(proposer.canonical(), before);
    }
}

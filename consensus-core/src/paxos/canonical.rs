//! States without what makes every run unlike every other.

use super::{Acceptor, Learner, Proposer};
use crate::{Canonical, back_off::BackOff, random::Random};

impl<V: Clone> Acceptor<V> {
    /// The state without how many writes there were.
    #[must_use]
    pub fn canonical(&self) -> Canonical<Self> {
        let mut acceptor = self.clone();
        acceptor.write = self.write.canonical();
        Canonical(acceptor)
    }
}

impl<V: Clone, S: Clone, const N: usize> Proposer<V, N, S> {
    /// The state without time, the state of chance, and how many writes there were.
    #[must_use]
    pub fn canonical(&self) -> Canonical<Self> {
        let mut proposer = self.clone();
        proposer.now_us = 0;
        proposer.deadline_us = 0;
        proposer.back_off = BackOff::new(0, self.id);
        proposer.rounds = self.rounds.canonical();
        Canonical(proposer)
    }
}

impl<V: Clone, S: Clone, const N: usize> Learner<V, N, S> {
    /// The state without time and the state of chance.
    #[must_use]
    pub fn canonical(&self) -> Canonical<Self> {
        let mut learner = self.clone();
        learner.now_us = 0;
        learner.deadline_us = 0;
        learner.random = Random::new(0, self.id);
        Canonical(learner)
    }
}

#[cfg(test)]
mod tests {
    use core::num::NonZeroU64;

    use super::super::{Body, Config, Message};
    use super::*;
    use crate::{Ballot, Instance, Members, NodeId, Proposal};

    const INSTANCE: Instance = Instance { cluster: 7, number: 1 };
    const BALLOT: Ballot = Ballot { round: NonZeroU64::MIN, proposer: NodeId(9) };

    /// An acceptor that has taken and written what these say, one write each.
    fn after(bodies: &[Body<u8>]) -> Acceptor<u8> {
        let mut acceptor = Acceptor::bootstrap(INSTANCE, NodeId(1));
        for (id, &body) in (1..).zip(bodies) {
            let message = Message { instance: INSTANCE, to: NodeId(1), body };
            acceptor.handle_message(NodeId(9), message).unwrap();
            while acceptor.poll_output().is_some() {}
            acceptor.handle_persisted(id).unwrap();
            while acceptor.poll_output().is_some() {}
        }
        acceptor
    }

    #[test]
    fn it_does_not_matter_how_many_writes_there_were() {
        let accept = Body::Accept(Proposal { ballot: BALLOT, value: 5 });
        let (one, two) = (after(&[accept]), after(&[Body::Prepare { ballot: BALLOT }, accept]));
        assert!(one != two && one.canonical() == two.canonical());
        assert!(two.canonical() != after(&[Body::Prepare { ballot: BALLOT }]).canonical());
    }

    #[test]
    fn it_matters_whether_one_is_on_its_way() {
        let mut acceptor = after(&[]);
        let body = Body::Prepare { ballot: BALLOT };
        let message = Message { instance: INSTANCE, to: NodeId(1), body };
        acceptor.handle_message(NodeId(9), message).unwrap();
        let due = acceptor.canonical();
        assert!(acceptor.poll_output().is_some());
        let on_its_way = acceptor.canonical();
        acceptor.handle_persisted(1).unwrap();
        assert!(due != on_its_way && on_its_way != acceptor.canonical());
    }

    #[test]
    fn when_a_learner_asks_again_does_not_matter() {
        let of = |seed, now_us| {
            let members = Members::<1>::majority(&[NodeId(1)]).unwrap();
            Learner::new(Config::new(INSTANCE, NodeId(2), seed), members, now_us).unwrap()
        };
        let (mut early, later, other) = (of(1, 0), of(1, 900), of(2, 0));
        assert!(early != later && early.canonical() == later.canonical());
        assert!(early != other && early.canonical() == other.canonical());
        let body = Body::Report(Proposal { ballot: BALLOT, value: 5_u8 });
        let message = Message { instance: INSTANCE, to: NodeId(2), body };
        early.handle_message(0, NodeId(1), message).unwrap();
        assert!(early.canonical() != later.canonical());
    }
}

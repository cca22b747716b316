//! What a message promises, and whether it is true and durable when it leaves.

use synod_consensus_core::{
    Ballot, Proposal,
    paxos::{Body, Message},
};

use super::{
    mark::Mark,
    node::Value,
    world::{System, World},
};
use crate::{
    nodes::place,
    violation::{Verdict, ensure},
};

impl<S: System, const N: usize> World<S, N> {
    /// Checks a message that leaves a node.
    pub(super) fn check_sent(&mut self, at: usize, message: &Message<Value>) -> Verdict {
        let number = message.instance.number;
        let is_member = place(message.to) < self.nodes.len();
        ensure!(is_member, "true message", at, "{message:?} to a stranger");
        match message.body {
            Body::Prepare { ballot } | Body::Accept(Proposal { ballot, .. }) => {
                self.check_asked(at, message, ballot)
            }
            Body::Promise { .. } | Body::Accepted { .. } | Body::Report(_) => {
                self.check_durable(at, message)
            }
            Body::Rejected { ballot, promised } => {
                self.marks.hit(Mark::Rejected);
                let hosted = self.nodes[at].hosted.get(&number);
                let acceptor = hosted.and_then(|hosted| hosted.acceptor.as_ref());
                let has = acceptor.and_then(|acceptor| acceptor.promised());
                let is_true = has == Some(promised) && promised > ballot;
                ensure!(is_true, "true message", at, "{message:?}; {has:?} is promised");
                let known = self.decisions.get(&number).is_none_or(|it| it.ledger.knows(promised));
                let right = known && message.to == ballot.proposer;
                ensure!(right, "true message", at, "{message:?}");
                Ok(())
            }
            Body::Ask => Ok(()),
        }
    }

    /// What a proposer asks: under a ballot that no life before it can have used, and of a value that
    /// the promises leave.
    fn check_asked(&mut self, at: usize, message: &Message<Value>, ballot: Ballot) -> Verdict {
        let number = message.instance.number;
        let Some(decision) = self.decisions.get_mut(&number) else { return Ok(()) };
        let reserved = self.nodes[at].kept.get(&number).map_or(0, |kept| kept.reserved);
        let is_reserved = ballot.round.get() <= reserved;
        ensure!(is_reserved, "durable before sent", at, "{message:?}; {reserved} are reserved");
        let part = decision.parts[at];
        let own = part.proposes.unwrap_or_default();
        let is_first = match message.body {
            Body::Accept(proposal) => {
                let around = (&self.rule, &mut self.marks);
                decision.ledger.accept((at, place(message.to)), part.life, proposal, around)?
            }
            _ => {
                let (asked, marks) = ((at, place(message.to)), &mut self.marks);
                decision.ledger.prepare(asked, ballot, (part.life, own), marks)?
            }
        };
        if is_first {
            self.engine.tempt(at);
        }
        Ok(())
    }

    /// What an acceptor promises is what its disk says.
    fn check_durable(&mut self, at: usize, message: &Message<Value>) -> Verdict {
        let number = message.instance.number;
        let record = match self.nodes[at].kept.get(&number) {
            Some(kept) => kept.record(at)?,
            None => None,
        };
        let disk_promised = record.map(|record| record.promised());
        let disk_accepted = record.and_then(|record| record.accepted().copied());
        let (is_durable, to) = match message.body {
            Body::Promise { ballot, accepted } => {
                let is_durable = disk_promised == Some(ballot) && disk_accepted == accepted;
                (is_durable, Some(ballot.proposer))
            }
            Body::Accepted { ballot } => {
                let is_durable = disk_accepted.is_some_and(|proposal| proposal.ballot == ballot);
                (is_durable, Some(ballot.proposer))
            }
            Body::Report(proposal) => (disk_accepted == Some(proposal), None),
            _ => (true, None),
        };
        ensure!(is_durable, "durable before sent", at, "{message:?}; the disk has {record:?}");
        let right = to.is_none_or(|to| to == message.to);
        ensure!(right, "true message", at, "{message:?}");
        Ok(())
    }
}

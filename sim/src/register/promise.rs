//! What a message promises, and whether it is true and durable when it leaves.

use synod_consensus_core::register::{Body, Message};

use super::{drain::rejected, mark::Mark, op::Value, story::nth, world::World};
use crate::{
    nodes::place,
    violation::{Verdict, ensure},
};

impl<const N: usize> World<N> {
    /// Checks a message that leaves a node.
    pub(super) fn check_sent(&mut self, at: usize, message: &Message<Value, N>) -> Verdict {
        let number = message.instance.number;
        let to = place(message.to);
        let is_node = to < self.nodes.len() && to != at;
        ensure!(is_node, "true message", at, "{message:?} to a stranger");
        if let Some(ballot) = rejected(message) {
            return self.check_rejection(at, message, ballot);
        }
        let disk = self.disk(at, number)?;
        let promised = disk.and_then(|record| record.promised());
        let accepted = disk.map(|record| *record.accepted());
        let ledger = &mut self.stories[nth(number)].ledger;
        let Some(hosted) = self.nodes[at].hosted.get_mut(&number) else { return Ok(()) };
        let (is_durable, answers) = match message.body {
            Body::Prepare { ballot } => {
                ledger.prepare(at, hosted.life, ballot)?;
                (promised >= Some(ballot), None)
            }
            Body::Accept { ballot, .. } => (promised >= Some(ballot), None),
            Body::Query { life, .. } => {
                ledger.uses(at, hosted.life, life)?;
                (promised >= Some(life), None)
            }
            Body::Promise { ballot, accepted: told } => {
                let is_durable = promised == Some(ballot) && accepted == Some(told);
                (is_durable, Some(ballot))
            }
            Body::Accepted { ballot } => {
                (accepted.is_some_and(|it| it.ballot == Some(ballot)), Some(ballot))
            }
            Body::Report { life, ballot, .. } => {
                (accepted.is_some_and(|it| it.ballot == ballot), Some(life))
            }
            Body::Forget { ballot } => {
                let state = ledger.proposed(ballot).map(|proposed| proposed.state);
                let is_so = state.is_some_and(|state| state.value.is_none());
                (is_so && ledger.is_chosen(ballot), None)
            }
            Body::Rejected { .. } => (true, None),
        };
        ensure!(is_durable, "durable before sent", at, "{message:?}; the disk has {disk:?}");
        let right = answers.is_none_or(|ballot| ballot.proposer == message.to);
        ensure!(right, "true message", at, "{message:?}");
        if let Body::Accept { ballot, state } = message.body {
            self.note_proposal(at, number, (ballot, state))?;
        }
        Ok(())
    }

    /// What comes too late is below a promise.
    fn check_rejection(
        &mut self,
        at: usize,
        message: &Message<Value, N>,
        ballot: synod_consensus_core::Ballot,
    ) -> Verdict {
        let Body::Rejected { promised, .. } = message.body else { return Ok(()) };
        self.marks.hit(Mark::Rejected);
        let Some(hosted) = self.nodes[at].hosted.get_mut(&message.instance.number) else {
            return Ok(());
        };
        if hosted.doubt.take() == Some(ballot) {
            hosted.offered.remove(&ballot);
        }
        let polled = hosted.polled.and_then(|record| record.promised());
        let is_true = promised > ballot && Some(promised) >= polled;
        let right = is_true && message.to == ballot.proposer;
        ensure!(right, "true message", at, "{message:?}; {polled:?} is promised");
        Ok(())
    }
}

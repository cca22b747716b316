//! What must hold of a node after every call into it.

use alloc::format;

use synod_consensus_core::raft::{LogId, Role, Status, TermLog};

use super::{
    node::Node,
    rule::{self, Rule},
    world::World,
};
use crate::{
    diary::Mood,
    violation::{Verdict, ensure},
};

impl<const V: usize, const W: usize, E: Rule> World<V, W, E> {
    /// What must hold after every call.
    pub(super) fn check(&mut self, at: usize) -> Verdict {
        let node = &mut self.nodes[at];
        let Some(raft) = &node.raft else { return Ok(()) };
        let status = raft.status();
        let Status { last, durable, committed, applied, .. } = status;
        let snapshot = node.log.snapshot().index;
        let ordered = snapshot <= applied && applied <= committed && committed <= last.index;
        ensure!(ordered, "snapshot <= applied <= committed <= last", at, "{snapshot}, {status:?}");
        let same = last == node.log.last() && applied <= node.state.last.index;
        ensure!(same, "true status", at, "{status:?}, {:?}", node.state.last);
        if let Some(before) = node.before {
            let (then, now) = (before.leadership.term, status.leadership.term);
            let onward =
                now > then || now == then && (before.vote.is_none() || before.vote == status.vote);
            ensure!(onward, "terms grow, votes stay", at, "{status:?} after {before:?}");
            let onward = committed >= before.committed && applied >= before.applied;
            ensure!(onward, "committed and applied grow", at, "{status:?} after {before:?}");
        }
        let backed = durable == 0
            || node
                .log
                .term(durable)
                .is_none_or(|term| node.durable.has(LogId { term, index: durable }));
        ensure!(backed, "durable is durable", at, "{status:?}, {:?}", node.durable.log.last());
        let grown = node.before.is_none_or(|before| committed > before.committed);
        node.was = node.before.map(|before| before.leadership);
        node.before = Some(status);
        if grown { self.check_commit(at, &status) } else { Ok(()) }
    }

    /// What is committed agrees, is durable on a quorum, and every later leader has it.
    fn check_commit(&mut self, at: usize, status: &Status) -> Verdict {
        let upto = status.committed;
        if !self.ledger.commit((at, status.leadership.term), upto, &self.nodes[at].log)? {
            return Ok(());
        }
        self.engine.trace.note(upto);
        let term = self.ledger.term_at(upto).unwrap_or(0);
        let name = LogId { term, index: upto };
        // What later leaders may lack must not count (figure 8 of the paper).
        let led = status.leadership.role == Role::Leader;
        let own = !led || term == status.leadership.term;
        ensure!(own, "commits in its own term", at, "{name:?} in {:?}", status.leadership);
        let has = |&(_, node): &(usize, &Node<V, W, E>)| node.durable.has(name);
        let copies = self.nodes.iter().enumerate().filter(has).map(|(node, _)| node);
        let safe = rule::commits(self.voters.system(), copies);
        ensure!(safe, "committed is durable on a quorum", at, "{name:?}");
        for (other, node) in self.nodes.iter().enumerate() {
            let later = node.leads()
                && node.before.is_some_and(|b| b.leadership.term > status.leadership.term);
            let holds = !later || self.ledger.holds(upto, &node.log);
            ensure!(holds, "leader completeness", other, "{name:?} was committed by {at}");
        }
        self.engine.diarise(at, Mood::Plain, || format!("commits {upto}"));
        Ok(())
    }
}

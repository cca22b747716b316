//! What must hold of a node after every call into it.

use alloc::format;

use synod_consensus_core::raft::{LogId, Role, Status, TermLog};

use super::{
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
        let place = self.place(at);
        let stop = self.eras[self.era(at)].ledger.stop();
        let node = &mut self.nodes[at];
        let Some(raft) = &node.raft else { return Ok(()) };
        let status = raft.status();
        let Status { last, durable, committed, applied, .. } = status;
        let snapshot = node.log.snapshot().index;
        let ordered = snapshot <= applied && applied <= committed && committed <= last.index;
        ensure!(
            ordered,
            "snapshot <= applied <= committed <= last",
            place,
            "{snapshot}, {status:?}"
        );
        let kept = stop.is_none_or(|stop| snapshot < stop.index);
        ensure!(kept, "stop signs stay", place, "{stop:?} is dropped: {snapshot}");
        let same = last == node.log.last() && applied <= node.state.last.index;
        ensure!(same, "true status", place, "{status:?}, {:?}", node.state.last);
        if let Some(before) = node.before {
            let (then, now) = (before.leadership.term, status.leadership.term);
            let onward =
                now > then || now == then && (before.vote.is_none() || before.vote == status.vote);
            ensure!(onward, "terms grow, votes stay", place, "{status:?} after {before:?}");
            let onward = committed >= before.committed && applied >= before.applied;
            ensure!(onward, "committed and applied grow", place, "{status:?} after {before:?}");
        }
        let backed = durable == 0
            || node
                .log
                .term(durable)
                .is_none_or(|term| node.durable.has(LogId { term, index: durable }));
        ensure!(backed, "durable is durable", place, "{status:?}, {:?}", node.durable.log.last());
        let grown = node.before.is_none_or(|before| committed > before.committed);
        node.was = node.before.map(|before| before.leadership);
        node.before = Some(status);
        if grown { self.check_commit(at, &status) } else { Ok(()) }
    }

    /// What is committed agrees, is durable on a quorum, and every later leader has it.
    fn check_commit(&mut self, at: usize, status: &Status) -> Verdict {
        let upto = status.committed;
        let (number, place) = (self.era(at), self.place(at));
        let ledger = &mut self.eras[number].ledger;
        if !ledger.commit((place, status.leadership.term), upto, &self.nodes[at].log)? {
            return Ok(());
        }
        self.engine.trace.note(upto);
        let era = &self.eras[number];
        let term = era.ledger.term_at(upto).unwrap_or(0);
        let name = LogId { term, index: upto };
        // What later leaders may lack must not count (figure 8 of the paper).
        let led = status.leadership.role == Role::Leader;
        let own = !led || term == status.leadership.term;
        ensure!(own, "commits in its own term", place, "{name:?} in {:?}", status.leadership);
        let copies = self.holders(number, name).map(|other| self.place(other));
        let safe = rule::commits(era, copies);
        ensure!(safe, "committed is durable on a quorum", place, "{name:?}");
        for other in self.members(number) {
            let (node, other) = (&self.nodes[other], self.place(other));
            let later = node.leads()
                && node.before.is_some_and(|b| b.leadership.term > status.leadership.term);
            let holds = !later || era.ledger.holds(upto, &node.log);
            ensure!(holds, "leader completeness", other, "{name:?} was committed by {place}");
        }
        self.engine.diarise(place, Mood::Plain, || format!("commits {upto}"));
        Ok(())
    }
}

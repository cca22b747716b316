//! Writes that are done.

use synod_consensus_core::UnknownWrite;

use super::{
    mark::Mark,
    node::{What, Write, Writer},
    world::{System, Task, World},
};
use crate::{
    fault::Fault,
    nodes::place,
    violation::{Verdict, ensure, fail},
};

impl<S: System, const N: usize> World<S, N> {
    /// Some writes have reached the disk.
    pub(super) fn finish_writes(&mut self, at: usize) -> Verdict {
        let now_us = self.engine.now_us;
        while let Some(write) = self.engine.machines[at].disk.finish(now_us) {
            let done = (write.number, write.what.writer(), write.id);
            if self.keep(at, write)? {
                self.nodes[at].unreported.push(done);
            }
            if self.engine.dies_here() {
                return self.crash(at);
            }
        }
        if self.engine.reports_late(at, self.scale.report_us, Task::Report) {
            return Ok(());
        }
        self.report_writes(at)
    }

    /// A disk has what was written. Gives whether its decision is not forgotten.
    pub(super) fn keep(&mut self, at: usize, write: Write) -> Verdict<bool> {
        let Write { number, what, .. } = write;
        let Some(decision) = self.decisions.get_mut(&number) else { return Ok(false) };
        let kept = self.nodes[at].kept.entry(number).or_default();
        if let What::Reserved(reserved) = what {
            ensure!(kept.reserved < reserved, "reserved rounds grow", at, "{reserved}: {kept:?}");
            kept.put(what);
            return Ok(true);
        }
        let before = kept.record(at)?;
        kept.put(what);
        let Some(record) = kept.record(at)? else { return Ok(true) };
        let accepted = record.accepted().copied();
        if let Some(before) = before {
            let last = before.accepted().copied();
            let (from, to) = (last.map(|it| it.ballot), accepted.map(|it| it.ballot));
            let grows = before.promised() <= record.promised()
                && from <= to
                && (from != to || last == accepted)
                && (from == to || Some(before.promised()) <= to);
            ensure!(grows, "durable promises grow", at, "{record:?} over {before:?}");
        }
        let Some(proposal) = accepted else { return Ok(true) };
        if decision.ledger.accepted(at, proposal, (&self.rule, &mut self.marks))? {
            let is_up = self.engine.machines[place(proposal.ballot.proposer)].up;
            self.marks.hit_if(!is_up, Mark::Orphan);
        }
        Ok(true)
    }

    /// Tells machines which of their writes are durable.
    pub(super) fn report_writes(&mut self, at: usize) -> Verdict {
        for (number, writer, id) in core::mem::take(&mut self.nodes[at].unreported) {
            let Some(hosted) = self.nodes[at].hosted.get_mut(&number) else { continue };
            self.calls += 1;
            self.engine.trace.note(id);
            if hosted.report(writer, id).is_err() {
                fail!("no unexpected error", at, "write {id} of the {writer:?} of {number}");
            }
            hosted.reported[writer as usize] = id;
            self.drain(at, number)?;
            if !self.engine.machines[at].up {
                return Ok(());
            }
            if self.engine.plan.has(Fault::Bogus) && self.engine.random.one_in(16) {
                self.report_bogus(at, number, writer)?;
            }
        }
        Ok(())
    }

    /// Completions that are not to be expected are refused, and leave no trace.
    fn report_bogus(&mut self, at: usize, number: u64, writer: Writer) -> Verdict {
        let Some(hosted) = self.nodes[at].hosted.get_mut(&number) else { return Ok(()) };
        self.engine.tally.count(Fault::Bogus);
        let before = (hosted.acceptor.clone(), hosted.proposer.clone());
        let last = hosted.reported[writer as usize];
        let stale = self.engine.random.below(last);
        for id in [stale, last, last + 2, u64::MAX] {
            self.calls += 1;
            let result = hosted.report(writer, id);
            ensure!(result == Err(UnknownWrite), "bogus is refused", at, "{writer:?}, {id}");
        }
        let same = before.0 == hosted.acceptor && before.1 == hosted.proposer;
        ensure!(same, "a refusal changes nothing", at, "a bogus completion of {number}");
        self.marks.hit(Mark::BogusRefused);
        self.drain(at, number)
    }
}

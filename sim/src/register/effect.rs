//! Writes that are done.

use synod_consensus_core::UnknownWrite;

use super::{
    drain::grows,
    mark::Mark,
    node::{Kept, Write},
    story::nth,
    world::{Task, World},
};
use crate::{
    fault::Fault,
    nodes::{id, place},
    violation::{Verdict, ensure, fail},
};

impl<const N: usize> World<N> {
    /// Some writes have reached the disk.
    pub(super) fn finish_writes(&mut self, at: usize) -> Verdict {
        let now_us = self.engine.now_us;
        while let Some(write) = self.engine.machines[at].disk.finish(now_us) {
            let Write { number, life, id, .. } = write;
            if self.keep(at, write)? {
                self.nodes[at].unreported.push((number, life, id));
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

    /// A disk has what was written. Gives whether a machine is to be told.
    pub(super) fn keep(&mut self, at: usize, write: Write<N>) -> Verdict<bool> {
        let Write { number, life, what, .. } = write;
        let story = &mut self.stories[nth(number)];
        if life <= story.parts[at].void {
            return Ok(false);
        }
        let node = &mut self.nodes[at];
        if matches!(what, Kept::Floor { .. }) {
            node.kept.insert(number, what);
            node.dropping.remove(&number);
            story.parts[at].void = life;
            return Ok(false);
        }
        let before = match node.kept.get(&number) {
            Some(kept) => kept.record(at)?,
            None => None,
        };
        let Some(record) = what.record(at)? else { return Ok(false) };
        node.kept.insert(number, what);
        if let Some(before) = before {
            let grows = grows(&before, &record);
            ensure!(grows, "durable promises grow", at, "{record:?} over {before:?}");
        }
        let part = &mut story.parts[at];
        part.promised = part.promised.max(record.promised());
        let accepted = record.accepted();
        let Some(ballot) = accepted.ballot else { return Ok(true) };
        if story.ledger.accepted(at, (ballot, &accepted.state))? {
            let is_up = self.engine.machines[place(ballot.proposer)].up;
            self.marks.hit_if(!is_up, Mark::Orphan);
            let proposer = self.disk(place(ballot.proposer), number)?;
            let has = proposer.is_some_and(|record| record.accepted().ballot >= Some(ballot));
            self.marks.hit_if(!has, Mark::Without);
            self.marks.hit_if(accepted.state.members.is_changing(), Mark::Joint);
        }
        let is_member = accepted.state.members.contains(id(at));
        self.marks.hit_if(!is_member, Mark::Left);
        Ok(true)
    }

    /// Tells registers which of their writes are durable.
    pub(super) fn report_writes(&mut self, at: usize) -> Verdict {
        for (number, life, id) in core::mem::take(&mut self.nodes[at].unreported) {
            let hosted = self.nodes[at].hosted.get_mut(&number);
            let Some(hosted) = hosted.filter(|hosted| hosted.life == life) else { continue };
            self.calls += 1;
            self.engine.trace.note(id);
            if hosted.register.handle_persisted(id).is_err() {
                fail!("no unexpected error", at, "write {id} of {number}");
            }
            hosted.reported = id;
            self.drain(at, number)?;
            if !self.engine.machines[at].up {
                return Ok(());
            }
            if self.engine.plan.has(Fault::Bogus) && self.engine.random.one_in(16) {
                self.report_bogus(at, number)?;
            }
        }
        Ok(())
    }

    /// Completions that are not to be expected are refused, and leave no trace.
    fn report_bogus(&mut self, at: usize, number: u64) -> Verdict {
        let Some(hosted) = self.nodes[at].hosted.get_mut(&number) else { return Ok(()) };
        self.engine.tally.count(Fault::Bogus);
        let before = hosted.register.clone();
        let last = hosted.reported;
        let stale = self.engine.random.below(last);
        for id in [stale, last, last + 2, u64::MAX] {
            self.calls += 1;
            let result = hosted.register.handle_persisted(id);
            ensure!(result == Err(UnknownWrite), "bogus is refused", at, "{id} of {number}");
        }
        let same = before == hosted.register;
        ensure!(same, "a refusal changes nothing", at, "a bogus completion of {number}");
        self.marks.hit(Mark::BogusRefused);
        self.drain(at, number)
    }
}

//! Writes that are done, and entries that are applied.

use alloc::boxed::Box;

use synod_consensus_core::raft::{LogId, PersistedError, TermLog};

use super::{
    durable::{Record, Tagged},
    era,
    mark::Mark,
    rule::{self, Rule},
    tape,
    world::{Task, World},
};
use crate::{
    fault::Fault,
    recording::Event,
    violation::{Verdict, ensure, fail},
};

impl<const V: usize, const W: usize, E: Rule> World<V, W, E> {
    /// Some writes of a machine have reached its disk.
    pub(super) fn finish_writes(&mut self, place: usize) -> Verdict {
        let now_us = self.engine.now_us;
        while let Some(Tagged { at, record }) = self.engine.machines[place].disk.finish(now_us) {
            self.check_overwrite(at, &record)?;
            let node = &mut self.nodes[at];
            node.durable.apply(&record, 4);
            match record {
                Record::Write { write, .. } => node.unreported = Some(write.id),
                Record::Compact(state) => {
                    let leads = node.compact(*state) && node.leads();
                    let is_behind =
                        |other: usize| self.nodes[other].log.last_index() < state.last.index;
                    let needed = leads && self.members(self.era(at)).any(is_behind);
                    self.marks.hit_if(needed, Mark::Compacted);
                }
                Record::Flush(_) => {}
                Record::Begin(_) => {
                    self.begun(at)?;
                    if !self.engine.machines[place].up {
                        return Ok(());
                    }
                }
            }
            if self.engine.dies_here() {
                self.crash(place);
                return Ok(());
            }
        }
        if self.engine.reports_late(place, self.scale.apply_us, Task::Report) {
            return Ok(());
        }
        self.report_all(place)
    }

    /// Tells all nodes of a machine which of their writes are durable.
    pub(super) fn report_all(&mut self, place: usize) -> Verdict {
        for era in 0..self.eras.len() {
            self.report_writes(self.node(era, place))?;
        }
        Ok(())
    }

    /// Where what is committed is overwritten on a disk, a quorum of others has it. (A write may be
    /// on its way whose entries were never committed, while those that it replaces have been
    /// since.)
    fn check_overwrite(&mut self, at: usize, record: &Record) -> Verdict {
        let Record::Write { write, entries, .. } = record else { return Ok(()) };
        let there = self.nodes[at].durable.log.get(write.first);
        let Some((there, new)) = there.zip(entries.first()) else { return Ok(()) };
        let era = &self.eras[self.era(at)];
        if there == *new || era.ledger.at(write.first) != Some(there) {
            return Ok(());
        }
        let name = LogId { term: there.term, index: write.first };
        let copies = self.holders(self.era(at), name).filter(|&other| other != at);
        let safe = rule::commits(era, copies.map(|other| self.place(other)));
        ensure!(
            safe,
            "committed is durable on a quorum",
            self.place(at),
            "{there:?} is overwritten by {new:?}"
        );
        Ok(())
    }

    /// The nodes of a configuration whose disks have an entry.
    pub(super) fn holders(&self, era: usize, name: LogId) -> impl Iterator<Item = usize> + '_ {
        self.members(era).filter(move |&at| self.nodes[at].durable.has(name))
    }

    /// Tells a node which of its writes are durable.
    fn report_writes(&mut self, at: usize) -> Verdict {
        let place = self.place(at);
        let node = &mut self.nodes[at];
        let Some(id) = node.unreported.take() else { return Ok(()) };
        let Some(raft) = &mut node.raft else { return Ok(()) };
        self.calls += 1;
        self.engine.trace.note(id);
        let result = raft.handle_persisted(id, &node.log);
        tape::happen(&mut node.tape, Event::Persisted(id), result);
        if let Err(error) = result {
            fail!("no unexpected error", place, "write {id}: {error}");
        }
        node.reported = id;
        if self.drain(at, None)? && self.engine.plan.has(Fault::Bogus) {
            self.report_bogus(at)?;
        }
        Ok(())
    }

    /// Completions that are not to be expected are refused, and leave no trace.
    fn report_bogus(&mut self, at: usize) -> Verdict {
        if !self.engine.random.one_in(16) {
            return Ok(());
        }
        self.engine.tally.count(Fault::Bogus);
        let place = self.place(at);
        let node = &mut self.nodes[at];
        let Some(raft) = &mut node.raft else { return Ok(()) };
        let before = raft.clone();
        let stale = self.engine.random.below(node.reported + 1);
        for id in [stale, node.reported, u64::MAX] {
            self.calls += 1;
            let result = raft.handle_persisted(id, &node.log);
            tape::happen(&mut node.tape, Event::Persisted(id), result);
            let refused = result == Err(PersistedError::UnknownWrite);
            ensure!(refused, "bogus completions are refused", place, "write {id}");
        }
        for upto in [node.state.last.index, node.released + 1, u64::MAX] {
            if upto > node.released || upto <= before.status().applied {
                self.calls += 1;
                let result = raft.handle_applied(upto);
                tape::happen(&mut node.tape, Event::Applied(upto), result);
                ensure!(result.is_err(), "bogus completions are refused", place, "applied {upto}");
            }
        }
        ensure!(*raft == before, "a refusal changes nothing", place, "a bogus completion");
        self.marks.hit(Mark::BogusRefused);
        self.drain(at, None)?;
        Ok(())
    }

    /// Applies what is committed, or a part of it.
    pub(super) fn apply(&mut self, at: usize) -> Verdict {
        let (mut most, place) = (u64::MAX, self.place(at));
        if self.engine.plan.has(Fault::LateApply) {
            most = 1 + self.engine.random.below(16);
        }
        while most > 0 && self.nodes[at].state.last.index < self.nodes[at].released {
            most -= 1;
            if self.engine.dies_here() {
                self.crash(place);
                return Ok(());
            }
            self.apply_next(at)?;
            if self.engine.dies_here() {
                self.crash(place);
                return Ok(());
            }
        }
        let node = &mut self.nodes[at];
        let Some(raft) = &mut node.raft else { return Ok(()) };
        let upto = node.state.last.index;
        // A snapshot may have come in between.
        if upto > raft.status().applied {
            self.calls += 1;
            let result = raft.handle_applied(upto);
            tape::happen(&mut node.tape, Event::Applied(upto), result);
            if result.is_err() {
                fail!("no unexpected error", place, "applied {upto} was refused");
            }
        }
        self.keep_state(at);
        self.drain(at, None)?;
        Ok(())
    }

    fn apply_next(&mut self, at: usize) -> Verdict {
        let (era, place) = (self.era(at), self.place(at));
        let node = &mut self.nodes[at];
        let index = node.state.last.index + 1;
        let entry = node.log.get(index);
        let committed = self.eras[era].ledger.at(index);
        ensure!(
            entry.is_some() && entry == committed,
            "state machine safety",
            place,
            "applies {entry:?} at {index}; elsewhere it is {committed:?}"
        );
        let Some(entry) = entry else { return Ok(()) };
        let had = node.state.apply(entry);
        self.engine.trace.note(node.state.hash);
        while let Some(&answer) = node.answers.front() {
            if answer.at.index > index {
                break;
            }
            node.answers.pop_front();
            if answer.at.index == index {
                self.finish(answer.operation, had);
                break;
            }
        }
        if E::BALLOTS && era::ends(&entry) {
            self.end(at, LogId { term: entry.term, index }, entry.command)?;
        }
        Ok(())
    }

    /// Now and then the state goes to the disk: by itself, or as a snapshot. One that was installed
    /// meanwhile waits for the write that names it.
    fn keep_state(&mut self, at: usize) {
        let place = self.place(at);
        let node = &self.nodes[at];
        let (state, raft) = (node.state, node.raft.as_ref());
        let is_durable = raft.is_some_and(|raft| state.last.index <= raft.status().durable);
        if node.log.len() >= self.scale.compact_at {
            self.compact(at);
        } else if self.engine.random.one_in(self.scale.flush_one_in) && is_durable {
            let record = Record::Flush(Box::new(state));
            self.engine.write(place, Tagged { at, record });
        }
    }

    /// A node begins to write a snapshot of its own, behind which its log will begin. It never
    /// covers a stop sign, as the host sees to.
    pub(super) fn compact(&mut self, at: usize) {
        let place = self.place(at);
        let node = &mut self.nodes[at];
        let ended = node.log.stop_sign().is_some_and(|stop| stop <= node.state.last.index);
        if !ended && !node.compacting && node.state.last.index > node.snapshot.last.index {
            node.compacting = true;
            let record = Record::Compact(Box::new(node.state));
            self.engine.write(place, Tagged { at, record });
        }
    }
}

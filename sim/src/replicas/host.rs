//! What a replica's host does: it makes changes, and persists, sends and collects.

use alloc::{vec, vec::Vec};

use synod_crdt::{
    AntiEntropy, Body, Capacity, CausalContext, HybridStamp, Output, Source, WriteError,
};

use super::{
    mark::Mark,
    model::{Change, Verb, Write},
    node::{Record, Waiting, id, max_message},
    settings::Policy,
    shadow::{Shadow, dots},
    subject::Subject,
    world::World,
};
use crate::{
    packet::Packet,
    violation::{Verdict, ensure, fail},
};

impl<S: Subject, R: Capacity, N: Capacity, const J: usize> World<S, R, N, J> {
    /// A replica makes a change, if it may.
    pub(super) fn change(&mut self, at: usize) -> Verdict {
        let change = self.draw_change(at);
        let policy = self.scale.policy;
        self.reserve(at);
        let node = &mut self.nodes[at];
        if node.machine.is_none() || node.now.is_old {
            return Ok(());
        }
        let (me, before) = (id(at), S::facts(&node.now.state));
        let latest = node.now.state.context().latest(me);
        let copy = node.now.state.clone();
        let Some(machine) = &mut node.machine else { return Ok(()) };
        let mut writer = node.now.state.write(me);
        if policy == Policy::Bound {
            writer = writer.under(&node.ceiling);
        }
        match S::change(writer, change) {
            Ok(delta) => machine.record(&delta),
            Err(error) => {
                ensure!(node.now.state == copy, "a refusal changes nothing", at, "{error}");
                match error {
                    WriteError::Stale => self.marks.hit(Mark::Stale),
                    WriteError::Unreserved { .. } => self.marks.hit(Mark::Unreserved),
                    WriteError::Gap => self.marks.hit(Mark::Gap),
                    error => fail!("no unexpected error", at, "{error}: {change:?}"),
                }
                return Ok(());
            }
        }
        self.calls += 1;
        self.marks.hit(Mark::Changed);
        self.check_change(at, change, (before, latest))?;
        self.persist(at);
        self.drain(at)
    }

    fn draw_change(&mut self, at: usize) -> Change {
        let wall_us = self.engine.local_us(at);
        let Self { scale, engine, .. } = self;
        let random = &mut engine.random;
        let puts = random.below(100) < scale.additions;
        let verb = match random.below(4) {
            _ if puts => Verb::Put,
            0 => Verb::Reset,
            _ => Verb::Take,
        };
        #[allow(clippy::cast_possible_truncation)] // they are few
        let (key, element) = (random.below(scale.keys) as u8, random.below(scale.elements) as u8);
        let stamp = HybridStamp::from_wall_us(wall_us);
        let stamp = stamp.unwrap_or(HybridStamp::from_bits(0));
        Change { verb, key, element, stamp }
    }

    /// What a replica says is what it said before, but for its change; and its new events are the
    /// next ones.
    fn check_change(
        &mut self,
        at: usize,
        change: Change,
        (before, latest): (super::model::Facts, u64),
    ) -> Verdict {
        let me = id(at);
        let node = &mut self.nodes[at];
        let mut expected = before;
        S::expect(&mut expected, change);
        let facts = S::facts(&node.now.state);
        ensure!(facts == expected, "a change does what it says", at, "{change:?}: {facts:?}");

        let shadow = &node.now.shadow;
        let known = self.history.at(change, S::IS_WHOLE || change.verb == Verb::Reset);
        let known: Vec<_> = known.filter(|dot| shadow.known.contains(dot)).collect();
        let alive = known.iter().copied().filter(|dot| shadow.alive.contains_key(dot)).collect();
        let after = Shadow::of(&node.now.state);
        let grown = after.known.difference(&shadow.known);
        let is_own = |dot: &synod_crdt::Dot<u16>| dot.replica == me && dot.counter.get() > latest;
        let mut strange = grown.filter(|dot| !is_own(dot));
        ensure!(strange.next().is_none(), "a change issues events of its own", at, "{change:?}");
        let dot = after.known.iter().rfind(|dot| dot.replica == me && dot.counter.get() > latest);
        let dot = dot.copied().filter(|_| change.verb != Verb::Reset);
        self.issued[at] = self.issued[at].max(node.now.state.context().latest(me));
        node.now.shadow = after;
        node.note_births(self.engine.now_us);
        self.history.push(Write { node: at, change, dot, known, alive });
        Ok(())
    }

    /// The state has changed: where it must be durable before anybody hears of it, it is written.
    pub(super) fn persist(&mut self, at: usize) {
        if self.scale.policy != Policy::Bound {
            let node = &mut self.nodes[at];
            node.begun += 1;
            let record = Record::State(node.copy(self.history.len()));
            self.engine.write(at, record);
        }
    }

    /// Has a bound written, if one is needed.
    fn reserve(&mut self, at: usize) {
        let node = &mut self.nodes[at];
        if self.scale.policy != Policy::Bound || node.machine.is_none() {
            return;
        }
        node.ceiling.reserve(node.now.state.context().latest(id(at)) + 1);
        if let Some(bound) = node.ceiling.poll_output()
            && self.asked[at] < bound
        {
            self.asked[at] = bound;
            self.engine.write(at, Record::Bound(bound));
        }
    }

    /// A state is saved, or put aside as a backup.
    pub(super) fn save(&mut self, at: usize) {
        let changes = self.history.len();
        let node = &mut self.nodes[at];
        match self.scale.policy {
            Policy::Bound if node.machine.is_some() => {
                let record = Record::State(node.copy(changes));
                self.engine.write(at, record);
            }
            Policy::Backup if !node.durable.is_old => node.backup = Some(node.durable.clone()),
            _ => {}
        }
    }

    /// Some records have reached the disk.
    pub(super) fn finish_writes(&mut self, at: usize) -> Verdict {
        let now_us = self.engine.now_us;
        while let Some(record) = self.engine.machines[at].disk.finish(now_us) {
            let node = &mut self.nodes[at];
            match record {
                Record::State(copy) => {
                    node.durable = copy;
                    node.finished += 1;
                }
                Record::Bound(bound) => {
                    node.bound = bound;
                    if node.ceiling.handle_persisted(bound).is_err() {
                        fail!("bounds are told once", at, "{bound}");
                    }
                }
            }
            if self.engine.dies_here() {
                self.crash(at);
                return Ok(());
            }
        }
        self.flush(at);
        Ok(())
    }

    /// A replica collects its tombstones, which must not change what it says.
    pub(super) fn collect(&mut self, at: usize) -> Verdict {
        let node = &mut self.nodes[at];
        let Some(machine) = &mut node.machine else { return Ok(()) };
        let stable = machine.stable(&node.now.state);
        let before = S::facts(&node.now.state);
        let delta = node.now.state.collect(&stable);
        let is_empty = delta.is_empty();
        machine.record(&delta);
        let facts = S::facts(&node.now.state);
        ensure!(facts == before, "collecting changes nothing", at, "{before:?}, then {facts:?}");
        self.check_stable(at, &stable)?;
        if is_empty {
            return Ok(());
        }
        self.marks.hit(Mark::Collected);
        self.renew_shadow(at)?;
        self.persist(at);
        self.drain(at)
    }

    /// Stable events are everywhere, and whoever wrote what is missing here had seen them.
    fn check_stable(&self, at: usize, stable: &CausalContext<u16, R>) -> Verdict {
        if self.scale.policy != Policy::State {
            return Ok(());
        }
        // What is acknowledged is durable here, so everybody has it, also who is down.
        for other in (0..self.nodes.len()).filter(|&other| other != at) {
            let has = self.nodes[other].durable.shadow.has(stable);
            ensure!(has, "stable events are everywhere", at, "not at {other}");
        }
        let here = &self.nodes[at].now.shadow.known;
        let writes = self.history.writes();
        for write in writes.filter(|write| write.dot.is_some_and(|dot| !here.contains(&dot))) {
            let mut same = self.history.at(write.change, S::IS_WHOLE);
            let unseen = same.find(|dot| stable.contains(*dot) && !write.known.contains(dot));
            ensure!(unseen.is_none(), "no concurrent event is missing", at, "{write:?} {unseen:?}");
        }
        Ok(())
    }

    /// Closes the gaps of a replica, once that is right.
    pub(super) fn close_gaps(&mut self, at: usize) -> Verdict {
        let node = &mut self.nodes[at];
        let Some(machine) = &mut node.machine else { return Ok(()) };
        if !node.has_gaps || node.now.is_old || !machine.has_recovered(&node.now.state) {
            return Ok(());
        }
        node.has_gaps = false;
        let Ok(delta) = node.now.state.close_gaps(id(at)) else {
            fail!("no unexpected error", at, "gaps cannot be closed");
        };
        machine.record(&delta);
        let closed: Vec<_> = delta.context().ranges().iter().copied().flat_map(dots).collect();
        self.marks.hit_if(!closed.is_empty(), Mark::Closed);
        let since_us = node.since_us;
        for (place, other) in self.nodes.iter().enumerate().filter(|(place, _)| *place != at) {
            let Some(_) = &other.machine else { continue };
            for dot in &closed {
                let Some(got_us) = other.since.get(dot) else { continue };
                // What comes later was sent by somebody who has died since.
                ensure!(*got_us >= since_us, "no known write is lost", at, "{dot:?} of {place}");
                self.marks.hit(Mark::Late);
            }
        }
        self.renew_shadow(at)?;
        self.persist(at);
        self.drain(at)
    }

    /// After what only adds events and takes away rows.
    fn renew_shadow(&mut self, at: usize) -> Verdict {
        let node = &mut self.nodes[at];
        let after = Shadow::of(&node.now.state);
        let grew = after.alive.keys().any(|dot| !node.now.shadow.alive.contains_key(dot));
        let shrank = !node.now.shadow.known.is_subset(&after.known);
        ensure!(!grew && !shrank, "only rows go", at, "{:?}", node.now.state);
        node.now.shadow = after;
        node.note_births(self.engine.now_us);
        Ok(())
    }

    /// Does what the machine wants done.
    pub(super) fn drain(&mut self, at: usize) -> Verdict {
        let limit = max_message::<S>(&self.scale);
        loop {
            let node = &mut self.nodes[at];
            let Some(machine) = &mut node.machine else { return Ok(()) };
            let Some(output) = machine.poll_output(&node.now.state) else { break };
            match output {
                Output::Send { to, message } => {
                    if let Body::Delta { delta, .. } = &message.body {
                        let is_true = Shadow::of(delta).is_part_of(&node.now.shadow);
                        ensure!(is_true, "a message says what is so", at, "{message:?}");
                    }
                    let mut buffer = vec![0; limit];
                    let Ok(bytes) = postcard::to_slice(&message, &mut buffer) else {
                        fail!("a message fits", at, "{message:?}");
                    };
                    let bytes = bytes.to_vec();
                    let to = usize::from(u16::MAX - to);
                    node.outbox.push_back(Waiting { records: node.begun, to, bytes });
                }
                Output::Outdated { latest, .. } => {
                    ensure!(node.now.is_old, "nobody is outdated for nothing", at, "{latest}");
                    node.told = latest;
                    self.marks.hit(Mark::Outdated);
                }
                Output::Superseded { boot, .. } => {
                    fail!("starts are counted up", at, "{boot}");
                }
            }
        }
        self.flush(at);
        let node = &self.nodes[at];
        if node.machine.is_some() && node.now.is_old && node.told > 0 {
            return self.renew(at);
        }
        let deadline_us = self.nodes[at].machine.as_ref().and_then(AntiEntropy::poll_timeout);
        self.engine.set_timer(at, deadline_us);
        Ok(())
    }

    /// Whoever was told that it is outdated goes on behind all events that it can have issued.
    pub(super) fn renew(&mut self, at: usize) -> Verdict {
        let node = &mut self.nodes[at];
        if node.now.state.resume(id(at), self.issued[at]).is_err() {
            fail!("no unexpected error", at, "it cannot resume");
        }
        self.issued[at] += 1;
        node.now.is_old = false;
        node.has_gaps = true;
        node.now.shadow = Shadow::of(&node.now.state);
        node.note_births(self.engine.now_us);
        if node.boot(at, self.engine.machines.len(), &self.scale).is_none() {
            fail!("no unexpected error", at, "no machine");
        }
        node.since_us = self.engine.now_us;
        self.persist(at);
        self.drain(at)
    }

    /// Sends what may be sent.
    pub(super) fn flush(&mut self, at: usize) {
        loop {
            let node = &mut self.nodes[at];
            let held = self.scale.policy != Policy::Bound;
            let ready = |waiting: &mut Waiting| !held || waiting.records <= node.finished;
            let Some(Waiting { to, bytes, .. }) = node.outbox.pop_front_if(ready) else { return };
            if self.engine.dies_here() {
                self.crash(at);
                return;
            }
            self.engine.send(at, to, Packet(bytes));
        }
    }
}

//! Clients ask, and are answered.

use synod_consensus_core::raft::{LogId, ProposeError, ReadError, TermLog};

use super::{
    client::Outcome,
    entry::{Action, Command, Entry, REGISTERS},
    mark::Mark,
    node::{self, Proposal, Read},
    phase::Phase,
    rule::Rule,
    tape,
    world::{Task, World},
};
use crate::{
    fault::Fault,
    history::Kind,
    recording::Event,
    violation::{Verdict, ensure, fail},
};

impl<const V: usize, const W: usize, E: Rule> World<V, W, E> {
    /// A client begins an operation.
    #[allow(clippy::cast_possible_truncation)] // there are few registers
    pub(super) fn begin(&mut self, client: usize) {
        if self.clients[client].operation != 0 || self.budget == 0 {
            return;
        }
        self.budget -= 1;
        let random = &mut self.engine.random;
        let register = random.index(REGISTERS);
        let expected = self.clients[client].seen[register];
        // After the storm there must be entries to make progress with.
        let reads = if self.phase == Phase::Storm { self.scale.reads } else { 40 };
        let (reads, swaps) = (random.below(100) < reads, random.one_in(3));
        let operation = self.requests.begin(client, register as u8, |number| {
            if reads {
                Kind::Read(None)
            } else if swaps {
                Kind::CompareAndSet { expected, new: number, seen: None }
            } else {
                Kind::Write(number)
            }
        });
        self.clients[client].operation = operation;
        let wait_us = random.below(self.engine.plan.delay_us * 4);
        self.engine.task(self.clients[client].target, wait_us, Task::Ask(client, operation));
        self.engine.later(self.scale.patience_us, Task::GiveUp(client, operation));
    }

    /// A request arrives at a machine. As a rule, its latest configuration answers.
    pub(super) fn ask(&mut self, place: usize, client: usize, operation: u32) -> Verdict {
        let count = self.running(place).count();
        let late = match count {
            2.. if self.engine.random.one_in(8) => 1 + self.engine.random.index(count - 1),
            _ => 0,
        };
        let Some(at) = self.running(place).nth_back(late) else { return Ok(()) };
        let request = self.requests.get(operation);
        let Some(request) = request.filter(|request| request.outcome == Outcome::Open) else {
            return Ok(());
        };
        let (register, kind) = (request.register, request.operation.kind);
        self.engine.trace.note(u64::from(operation));
        self.calls += 1;
        match kind {
            Kind::Read(_) => self.ask_to_read(at, client, operation)?,
            Kind::Write(_) | Kind::Swap { .. } | Kind::CompareAndSet { .. } => {
                let (expected, action) = match kind {
                    Kind::CompareAndSet { expected, .. } => (expected, Action::CompareAndSet),
                    _ => (0, Action::Write),
                };
                let command = Command { operation, expected, bytes: 0, register, action };
                self.propose(at, client, command)?;
            }
        }
        self.drain(at, None)?;
        Ok(())
    }

    fn ask_to_read(&mut self, at: usize, client: usize, operation: u32) -> Verdict {
        let place = self.place(at);
        let now_us = self.engine.local_us(place);
        let must_see = self.eras[self.era(at)].ledger.committed();
        let node = &mut self.nodes[at];
        let leads = node.leads();
        let Some(raft) = &mut node.raft else { return Ok(()) };
        let result = raft.read(now_us);
        tape::happen(&mut node.tape, Event::Read { now_us }, result);
        match result {
            Ok(token) => {
                let takes = leads || E::BALLOTS;
                ensure!(takes, "no unexpected answer", place, "a follower takes reads");
                node.reads.push_back(Read { token, operation, must_see });
            }
            Err(ReadError::NotLeader { leader }) => {
                ensure!(!leads, "no unexpected error", place, "the leader takes no reads");
                self.turn_away(client, operation, leader.map(node::place));
            }
            Err(ReadError::NotReady) => {
                self.marks.hit(Mark::ReadNotReady);
                self.turn_away(client, operation, Some(place));
            }
            Err(error) => fail!("no unexpected error", place, "read: {error}"),
        }
        Ok(())
    }

    /// Proposes a command, sometimes with others that nobody waits for.
    #[allow(clippy::cast_possible_truncation)] // sizes are small
    fn propose(&mut self, at: usize, client: usize, command: Command) -> Verdict {
        let place = self.place(at);
        let now_us = self.engine.local_us(place);
        let random = &mut self.engine.random;
        let most = self.scale.config.max_entry_bytes as u64;
        let too_large = random.one_in(200);
        let bytes = if too_large { most + 1 } else { random.below(most + 1) } as u32;
        let fillers = if random.one_in(8) { random.below(8) } else { 0 };
        let leads = self.nodes[at].leads();
        let node = &mut self.nodes[at];
        let stopped = node.log.stop_sign().is_some();
        let Some(raft) = &mut node.raft else { return Ok(()) };
        let result = raft.propose_batch(now_us, 1 + fillers, bytes as usize, &node.log);
        let size = u8::try_from(bytes).unwrap_or(u8::MAX);
        tape::happen(&mut node.tape, Event::Propose { now_us, count: 1 + fillers, size }, result);
        let fits = match result {
            // What is behind a stop sign, the ledger refuses.
            Ok(_) => leads && !too_large,
            Err(ProposeError::NotLeader { .. }) => !leads,
            Err(ProposeError::TooLarge) => leads && too_large,
            Err(ProposeError::Stopped) => leads && stopped,
            Err(ProposeError::LogFull | ProposeError::Exhausted) => leads && !stopped,
            Err(_) => false,
        };
        ensure!(fits, "no unexpected error", place, "propose: {result:?}");
        let (mark, leader) = match result {
            Ok(first) => {
                self.place_command(at, first, Command { bytes, ..command })?;
                for filler in 1..=fillers {
                    let at_place = LogId { index: first.index + filler, ..first };
                    let operation = self.requests.filler();
                    let filler = Command { operation, bytes, action: Action::Filler, ..command };
                    self.place_command(at, at_place, filler)?;
                }
                return Ok(());
            }
            Err(ProposeError::NotLeader { leader }) => (Mark::NotLeader, leader.map(node::place)),
            Err(ProposeError::TooLarge) => (Mark::TooLarge, Some(place)),
            Err(ProposeError::Stopped) => (Mark::Stopped, None),
            Err(ProposeError::LogFull) => (Mark::ProposalFull, Some(place)),
            Err(_) => (Mark::Exhausted, None),
        };
        self.marks.hit(mark);
        if mark == Mark::ProposalFull {
            self.engine.tally.count(Fault::SmallLog);
            self.compact(at);
        }
        // Until the next configuration has begun there may be many of these.
        self.budget += usize::from(mark == Mark::Stopped);
        self.turn_away(client, command.operation, leader);
        Ok(())
    }

    /// A command gets the place in the log that it was given.
    pub(super) fn place_command(&mut self, at: usize, name: LogId, command: Command) -> Verdict {
        let (era, place) = (self.era(at), self.place(at));
        self.eras[era].ledger.propose(place, name, command)?;
        let node = &mut self.nodes[at];
        node.log.push(Entry { term: name.term, command });
        node.proposals.push_back(Proposal { at: name, operation: command.operation });
        Ok(())
    }

    /// A node could not help: the client asks the one that it was told, or any.
    fn turn_away(&mut self, client: usize, operation: u32, leader: Option<usize>) {
        self.requests.fail(operation);
        if self.clients[client].operation != operation {
            return;
        }
        self.clients[client].operation = 0;
        self.clients[client].target = match leader {
            Some(place) => place,
            None => self.engine.random.index(self.places),
        };
        let wait_us = 1 + self.engine.random.below(self.scale.unit_us / 2);
        self.engine.later(wait_us, Task::Begin(client));
    }

    /// A proposal lost its place: the client may ask again.
    pub(super) fn refuse(&mut self, operation: u32) {
        if let Some(request) = self.requests.get(operation)
            && request.client < self.clients.len()
        {
            self.turn_away(request.client, operation, None);
        }
    }

    /// A client waits no longer, and tries another node with another operation.
    pub(super) fn give_up(&mut self, client: usize, operation: u32) {
        if self.clients[client].operation != operation {
            return;
        }
        self.clients[client].operation = 0;
        let other = self.engine.random.index(self.places);
        self.clients[client].target = self.refuge().unwrap_or(other);
        self.begin_soon(client);
    }

    /// A read has its answer.
    pub(super) fn answer(&mut self, at: usize, operation: u32) {
        let ended = self.eras[self.era(at)].ledger.stop();
        let behind = ended.is_some_and(|stop| self.nodes[at].state.last.index >= stop.index);
        self.marks.hit_if(behind, Mark::ReadBehind);
        // What the next configuration has done since is not known here.
        if behind {
            self.refuse(operation);
            return;
        }
        let register = self.requests.get(operation).map_or(0, |request| request.register);
        let had = self.nodes[at].state.registers[usize::from(register)];
        self.finish(operation, had);
    }

    /// An operation has its answer: what the register had. Nobody hears it who has given up.
    pub(super) fn finish(&mut self, operation: u32, had: u32) {
        let Some(request) = self.requests.get(operation) else { return };
        let (client, register, kind) = (request.client, request.register, request.operation.kind);
        if client >= self.clients.len() || self.clients[client].operation != operation {
            return;
        }
        self.requests.finish(operation, had);
        self.engine.trace.note(u64::from(had));
        self.clients[client].operation = 0;
        self.clients[client].seen[usize::from(register)] = match kind {
            Kind::Read(_) => had,
            Kind::Write(new) | Kind::Swap { new, .. } => new,
            Kind::CompareAndSet { expected, new, .. } => {
                let swapped = had == expected;
                self.marks.hit(if swapped { Mark::Swapped } else { Mark::NotSwapped });
                if swapped { new } else { had }
            }
        };
        self.begin_soon(client);
    }

    fn begin_soon(&mut self, client: usize) {
        let wait_us = 1 + self.engine.random.below(self.scale.think_us);
        self.engine.later(wait_us, Task::Begin(client));
    }
}

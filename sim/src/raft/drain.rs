//! What a node wants after a call.

use alloc::{boxed::Box, format, vec::Vec};

use synod_consensus_core::{
    NodeId,
    raft::{
        BallotBody, Body, Change, Fate, Leadership, LogId, Message, Outcome, Output, ReadToken,
        Role, Said, TermLog, Write,
    },
};

use super::{
    durable::{Record, Tagged},
    entry::{Command, Entry},
    era,
    mark::Mark,
    node,
    packet::{self, Packet},
    promise,
    rule::Rule,
    world::{Task, World},
};
use crate::{
    diary::Mood,
    fault::Fault,
    violation::{Verdict, ensure, fail},
};

/// Entries of a message that a follower appends.
struct Appended {
    /// Up to here the log stays.
    keep: u64,
    /// So many of the message's entries are there already.
    skip: u32,
    /// So many are appended.
    count: u32,
    /// The term of all of them.
    term: u64,
}

impl<const V: usize, const W: usize, E: Rule> World<V, W, E> {
    /// Does what a node wants after a call, and checks it. Gives whether its process still lives.
    pub(super) fn drain(&mut self, at: usize, packet: Option<&Packet<E::Said>>) -> Verdict<bool> {
        let mut checked = false;
        loop {
            let place = self.place(at);
            let node = &mut self.nodes[at];
            let Some(raft) = &mut node.raft else { return Ok(false) };
            let output = raft.poll_output(&node.log);
            if let Some(tape) = &mut node.tape {
                tape.poll(output.as_ref(), raft);
            }
            // The log must have changed before it is looked at.
            if !checked && !matches!(output, Some(Output::Change(_))) {
                self.check(at)?;
                checked = true;
            }
            let Some(output) = output else { break };
            let mut lives = true;
            match output {
                Output::Change(change) => self.change(at, change, packet)?,
                Output::Send { to, message } => lives = self.send(at, to, message)?,
                Output::Write(write) => lives = self.write(at, write),
                Output::Fate(fate) => self.fate(at, fate)?,
                Output::Committed { upto } => {
                    let durable = self.nodes[at].raft.as_ref().map(|raft| raft.status().durable);
                    let is_durable = durable.is_some_and(|durable| upto <= durable);
                    ensure!(is_durable, "applied is durable", place, "{upto}, durable {durable:?}");
                    self.nodes[at].released = upto;
                }
                Output::Read(token) => self.answer_reads(at, token)?,
                Output::LogFull => {
                    self.marks.hit(Mark::LogFull);
                    self.engine.tally.count(Fault::SmallLog);
                    self.compact(at);
                }
                Output::Leadership(leadership) => self.leadership(at, leadership),
            }
            if !lives {
                return Ok(false);
            }
        }
        self.go_on(at)
    }

    /// Sets the timer, and has applied what is committed.
    fn go_on(&mut self, at: usize) -> Verdict<bool> {
        let place = self.place(at);
        let node = &self.nodes[at];
        if let (Some(open), Some(status)) = (node.proposals.front(), node.before) {
            let told = open.at.index > status.committed;
            ensure!(told, "fates are told", place, "{open:?}, {status:?}");
        }
        let rafts = self.running(place).filter_map(|at| self.nodes[at].raft.as_ref());
        let deadline_us = rafts.filter_map(|raft| raft.poll_timeout()).min();
        self.engine.set_timer(place, deadline_us);
        let era = self.era(at);
        let node = &mut self.nodes[at];
        if node.applying || node.released <= node.state.last.index {
            return Ok(true);
        }
        if self.engine.plan.has(Fault::LateApply) {
            node.applying = true;
            let wait_us = 1 + self.engine.random.below(self.scale.apply_us);
            self.engine.tally.count(Fault::LateApply);
            self.engine.task(place, wait_us, Task::Apply(era));
            return Ok(true);
        }
        self.apply(at)?;
        Ok(self.nodes[at].raft.is_some())
    }

    /// The log in memory changes.
    fn change(&mut self, at: usize, change: Change, packet: Option<&Packet<E::Said>>) -> Verdict {
        let (era, place) = (self.era(at), self.place(at));
        match change {
            Change::Blank { term } => {
                let log = &mut self.nodes[at].log;
                log.push(Entry { term, command: Command::default() });
                self.eras[era].ledger.lead(place, term, log)?;
            }
            Change::Append { keep, skip, count, term } => {
                let Some(packet) = packet else {
                    fail!("true change", place, "entries without a message");
                };
                self.append(at, &Appended { keep, skip, count, term }, packet)?;
            }
            Change::Install { last } => {
                let state = packet.and_then(|packet| packet.snapshot.as_deref());
                let Some(state) = state.filter(|state| state.last == last) else {
                    fail!("true change", place, "a snapshot {last:?} that did not come");
                };
                let right = self.eras[era].ledger.hash_at(last.index) == Some(state.hash);
                ensure!(
                    right,
                    "state machine safety",
                    place,
                    "the snapshot {last:?} is another state"
                );
                self.marks.hit(Mark::Installed);
                let led = self.nodes[at].raft.as_ref().and_then(|raft| raft.leader()).is_some();
                self.marks.hit_if(!led, Mark::FetchedSnapshot);
                let node = &mut self.nodes[at];
                node.log.reset(last);
                node.state = *state;
                node.snapshot = *state;
                node.released = last.index;
                self.engine.diarise(place, Mood::Plain, || format!("installs {last:?}"));
            }
        }
        Ok(())
    }

    /// Entries of a message are appended.
    fn append(&mut self, at: usize, appended: &Appended, packet: &Packet<E::Said>) -> Verdict {
        let Appended { keep, skip, count, term } = *appended;
        let (era, place) = (self.era(at), self.place(at));
        let ledger = &self.eras[era].ledger;
        let Some((prev, entries_term, sent)) = packet.message.entries() else {
            fail!("true change", place, "entries of {:?}", packet.message);
        };
        let fits = entries_term == term
            && u64::from(skip) + u64::from(count) <= u64::from(sent)
            && prev.index + u64::from(skip) == keep;
        ensure!(fits, "true change", place, "{count} behind {keep}, of {:?}", packet.message);
        let node = &mut self.nodes[at];
        let led =
            node.raft.as_ref().is_some_and(|raft| raft.status().leadership.role == Role::Leader);
        ensure!(!led, "append-only leader", place, "drops all behind {keep}");
        self.marks.hit_if(skip > 0, Mark::Overlap);
        if keep < node.log.last_index() {
            self.marks.hit(Mark::Truncated);
            let dropped = node.log.term(keep + 1);
            let same = dropped.is_some() && dropped == ledger.term_at(keep + 1);
            // A leader that is over, and is not known to be, may lack what later ones have
            // committed.
            let later = ledger.committed_in(keep + 1) > Some(packet.message.term);
            let safe = (!same || later) && node.before.is_none_or(|known| known.committed <= keep);
            ensure!(safe, "committed is immutable", place, "drops {} and more", keep + 1);
            node.log.truncate(keep);
        }
        for index in keep + 1..=keep + u64::from(count) {
            let known = ledger.entry(LogId { term, index });
            let before = node.log.term(index - 1);
            let Some((entry, _)) = known.filter(|&(_, follows)| Some(follows) == before) else {
                let after = LogId { term, index };
                fail!("log matching", place, "{after:?} behind {before:?}; it is {known:?}");
            };
            node.log.push(entry);
            if let Some(tape) = &mut node.tape {
                tape.append(entry);
            }
        }
        Ok(())
    }

    fn send(&mut self, at: usize, to: NodeId, message: Message<E::Said>) -> Verdict<bool> {
        let (era, place) = (self.era(at), self.place(at));
        if self.engine.dies_here() {
            self.crash(place);
            return Ok(false);
        }
        let node = &self.nodes[at];
        promise::check(place, node, &message, &mut self.eras[era].ledger)?;
        let fits = to == message.to && message.cluster == era::cluster(era);
        ensure!(fits, "true message", place, "{message:?} to {to}");
        self.mark(&message);
        let snapshot = match message.body {
            Body::Snapshot { .. } => Some(Box::new(self.nodes[at].snapshot)),
            _ => None,
        };
        let [arrives_us, _] =
            self.engine.send(place, node::place(to), Packet { message, snapshot });
        let text = || packet::brief(&message);
        self.engine.arrow((place, node::place(to)), arrives_us, text);
        if self.engine.dies_here() {
            self.crash(place);
            return Ok(false);
        }
        Ok(true)
    }

    fn mark(&mut self, message: &Message<E::Said>) {
        let mark = match message.body {
            Body::PreVoteReply { granted: false, .. } => Mark::PreVoteRefused,
            Body::VoteReply { granted: false } => Mark::VoteRefused,
            Body::Mismatched { .. } => Mark::Mismatched,
            Body::Outdated => Mark::Outdated,
            Body::Commit { .. } => Mark::CommitAlone,
            Body::Ballot(said) => match said.ballot() {
                Some(BallotBody::Suffix { count: 0, .. }) => Mark::Completed,
                Some(BallotBody::Suffix { .. }) => Mark::Fetched,
                Some(BallotBody::Differs { .. }) => Mark::Differed,
                _ => return,
            },
            _ => return,
        };
        self.marks.hit(mark);
    }

    fn write(&mut self, at: usize, write: Write) -> bool {
        let place = self.place(at);
        if self.engine.dies_here() {
            self.crash(place);
            return false;
        }
        let node = &self.nodes[at];
        let entries: Vec<Entry> =
            (write.first..=write.last).filter_map(|index| node.log.get(index)).collect();
        let snapshot = write.snapshot.map(|_| Box::new(node.snapshot));
        self.engine.trace.note(write.id);
        let record = Record::Write { write, entries, snapshot };
        self.engine.write(place, Tagged { at, record });
        if self.engine.dies_here() {
            self.crash(place);
            return false;
        }
        true
    }

    /// Fates are told in order, once, and are true.
    fn fate(&mut self, at: usize, fate: Fate) -> Verdict {
        let Fate { outcome, term, first, last } = fate;
        let place = self.place(at);
        let ledger = &self.eras[self.era(at)].ledger;
        let there = ledger.term_at(first);
        match outcome {
            Outcome::Committed => {
                let fits = there == Some(term) && ledger.term_at(last) == Some(term);
                ensure!(fits, "true fate", place, "{fate:?}, but {first} is of {there:?}");
            }
            Outcome::Superseded => {
                let fits = there.is_some_and(|there| there != term);
                ensure!(fits, "true fate", place, "{fate:?}, but {first} is of {there:?}");
                self.marks.hit(Mark::Superseded);
            }
            Outcome::Unknown => self.marks.hit(Mark::FateUnknown),
        }
        for index in first..=last {
            let next = self.nodes[at].proposals.pop_front();
            let name = LogId { term, index };
            let Some(proposal) = next.filter(|next| next.at == name) else {
                fail!("a fate is told once", place, "{fate:?}, but next is {next:?}");
            };
            match outcome {
                Outcome::Committed => self.nodes[at].answers.push_back(proposal),
                Outcome::Superseded => {
                    let entry = self.eras[self.era(at)].ledger.entry(name);
                    let stop = entry.is_some_and(|(entry, _)| era::ends(&entry));
                    self.marks.hit_if(stop, Mark::StopSuperseded);
                    self.refuse(proposal.operation);
                }
                Outcome::Unknown => {}
            }
        }
        Ok(())
    }

    fn answer_reads(&mut self, at: usize, token: ReadToken) -> Verdict {
        let (mut marked, place) = (false, self.place(at));
        while let Some(&read) = self.nodes[at].reads.front() {
            if read.token > token {
                break;
            }
            let node = &mut self.nodes[at];
            node.reads.pop_front();
            if read.token.term < token.term {
                self.marks.hit(Mark::ReadLost);
                continue;
            }
            let (must, has) = (read.must_see, node.state.last.index);
            ensure!(
                has >= must,
                "fresh reads",
                place,
                "{token:?} at {has}; {must} was committed before"
            );
            self.marks.hit_if(
                node.before.is_some_and(|status| status.leadership.role == Role::Follower),
                Mark::ReadHere,
            );
            self.marks.hit(if marked { Mark::ReadShared } else { Mark::ReadAnswered });
            marked = true;
            self.answer(at, read.operation);
        }
        ensure!(marked, "true read", place, "nobody waits for {token:?}");
        Ok(())
    }

    fn leadership(&mut self, at: usize, leadership: Leadership) {
        let Leadership { role, term, .. } = leadership;
        let place = self.place(at);
        let before = self.nodes[at].was;
        if let Some(before) = before {
            let same = before.term == term;
            let (was, is) = (before.role, role);
            let down = was == Role::Leader && is != Role::Leader;
            self.marks.hit_if(down && same, Mark::LostQuorum);
            self.marks.hit_if(down && !same, Mark::Deposed);
            let lost = was == Role::Candidate && is == Role::Follower;
            self.marks.hit_if(lost, Mark::LostElection);
        }
        self.marks.hit_if(term == u64::MAX, Mark::LastTerm);
        let mood = match role {
            Role::Leader => {
                self.engine.tempt(place);
                Mood::Leads
            }
            Role::Follower => Mood::Follows,
            Role::PreCandidate | Role::Candidate => Mood::Stands,
        };
        self.engine.trace.note(term);
        self.engine.diarise(place, mood, || format!("{role:?} in {term}"));
    }
}

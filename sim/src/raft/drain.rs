//! What a node wants, and what must hold after every call.

use alloc::{boxed::Box, format, vec::Vec};

use synod_consensus_core::{
    NodeId,
    raft::{
        Body, Change, Fate, Leadership, LogId, Message, Outcome, Output, ReadToken, Role, Status,
        TermLog, Write,
    },
};

use super::{
    durable::Record,
    entry::{Command, Entry, Packet},
    mark::Mark,
    node, promise,
    violation::{Verdict, ensure},
    world::{Task, World},
};
use crate::{
    diary::{Moment, Mood},
    fault::Fault,
};

impl<const V: usize, const W: usize> World<V, W> {
    /// Does what a node wants after a call, and checks it. Gives whether its process still lives.
    pub(super) fn drain(&mut self, at: usize, packet: Option<&Packet>) -> Verdict<bool> {
        let mut checked = false;
        loop {
            let node = &mut self.nodes[at];
            let Some(raft) = &mut node.raft else { return Ok(false) };
            let output = raft.poll_output(&node.log);
            // The log must have changed before it is looked at.
            if !checked && !matches!(output, Some(Output::Change(_))) {
                self.check(at)?;
                checked = true;
            }
            let Some(output) = output else { break };
            let lives = match output {
                Output::Change(change) => self.change(at, change, packet)?,
                Output::Send { to, message } => self.send(at, to, message)?,
                Output::Write(write) => self.write(at, write),
                Output::Fate(fate) => self.fate(at, fate)?,
                Output::Committed { upto } => {
                    self.nodes[at].released = upto;
                    true
                }
                Output::Read(token) => self.answer_reads(at, token)?,
                Output::LogFull => {
                    self.marks.hit(Mark::LogFull);
                    self.compact(at);
                    true
                }
                Output::Leadership(leadership) => self.leadership(at, leadership),
            };
            if !lives {
                return Ok(false);
            }
        }
        self.go_on(at)
    }

    /// Sets the timer, and has applied what is committed.
    fn go_on(&mut self, at: usize) -> Verdict<bool> {
        let node = &mut self.nodes[at];
        if let (Some(open), Some(status)) = (node.proposals.front(), node.before) {
            let told = open.at.index > status.committed;
            ensure!(told, "fates are told", at, "{open:?}, {status:?}");
        }
        let deadline_us = node.raft.as_ref().and_then(|raft| raft.poll_timeout());
        self.engine.set_timer(at, deadline_us);
        if node.applying || node.released <= node.state.last.index {
            return Ok(true);
        }
        if self.engine.plan.has(Fault::LateApply) {
            node.applying = true;
            let wait_us = self.engine.random.below(self.scale.apply_us);
            self.engine.task(at, wait_us, Task::Apply);
            return Ok(true);
        }
        self.apply(at)?;
        Ok(self.nodes[at].raft.is_some())
    }

    /// The log in memory changes.
    fn change(&mut self, at: usize, change: Change, packet: Option<&Packet>) -> Verdict<bool> {
        match change {
            Change::Blank { term } => {
                let log = &mut self.nodes[at].log;
                log.push(Entry { term, command: Command::default() });
                self.ledger.lead(at, term, log)?;
            }
            Change::Append { keep, skip, count, term } => {
                let Some(packet) = packet else {
                    ensure!(false, "true change", at, "entries without a message");
                    return Ok(true);
                };
                self.append(at, (keep, skip), LogId { term, index: u64::from(count) }, packet)?;
            }
            Change::Install { last } => {
                let state = packet.and_then(|packet| packet.snapshot.as_deref());
                let Some(state) = state.filter(|state| state.last == last) else {
                    ensure!(false, "true change", at, "a snapshot {last:?} that did not come");
                    return Ok(true);
                };
                let right = self.ledger.hash_at(last.index) == Some(state.hash);
                ensure!(
                    right,
                    "state machine safety",
                    at,
                    "the snapshot {last:?} is another state"
                );
                self.marks.hit(Mark::Installed);
                let node = &mut self.nodes[at];
                node.log.reset(last);
                node.state = *state;
                node.snapshot = *state;
                node.released = last.index;
                self.diarise(at, Mood::Plain, || format!("installs {last:?}"));
            }
        }
        Ok(true)
    }

    /// `count` of a message's entries are appended behind `keep`.
    fn append(
        &mut self,
        at: usize,
        (keep, skip): (u64, u32),
        LogId { term, index: count }: LogId,
        packet: &Packet,
    ) -> Verdict {
        let Body::Append { prev, entries_term, count: sent, .. } = packet.message.body else {
            ensure!(false, "true change", at, "entries of {:?}", packet.message);
            return Ok(());
        };
        let fits = entries_term == term
            && u64::from(skip) + count <= u64::from(sent)
            && prev.index + u64::from(skip) == keep;
        ensure!(fits, "true change", at, "{count} behind {keep}, of {:?}", packet.message);
        let node = &mut self.nodes[at];
        let led =
            node.raft.as_ref().is_some_and(|raft| raft.status().leadership.role == Role::Leader);
        ensure!(!led, "append-only leader", at, "drops all behind {keep}");
        self.marks.hit_if(skip > 0, Mark::Overlap);
        if keep < node.log.last_index() {
            self.marks.hit(Mark::Truncated);
            let dropped = node.log.term(keep + 1);
            let committed = self.ledger.term_at(keep + 1);
            let safe = committed.is_none() || committed != dropped;
            ensure!(safe, "committed is immutable", at, "drops {} and more", keep + 1);
            node.log.truncate(keep);
        }
        for index in keep + 1..=keep + count {
            let known = self.ledger.entry(LogId { term, index });
            let before = node.log.term(index - 1);
            let Some((entry, _)) = known.filter(|&(_, follows)| Some(follows) == before) else {
                let after = LogId { term, index };
                ensure!(false, "log matching", at, "{after:?} behind {before:?}; it is {known:?}");
                break;
            };
            node.log.push(entry);
        }
        Ok(())
    }

    fn send(&mut self, at: usize, to: NodeId, message: Message) -> Verdict<bool> {
        if self.engine.dies_here() {
            self.crash(at);
            return Ok(false);
        }
        let node = &self.nodes[at];
        promise::check(at, node, &message, &mut self.ledger)?;
        ensure!(to == message.to, "true message", at, "{message:?} to {to}");
        self.mark(&message);
        let snapshot = match message.body {
            Body::Snapshot { .. } => Some(Box::new(self.nodes[at].snapshot)),
            _ => None,
        };
        let sent_us = self.engine.now_us;
        let [arrives_us, _] = self.engine.send(at, node::place(to), Packet { message, snapshot });
        if let Some(diary) = &mut self.diary {
            let text = super::world::brief(&message);
            diary.note(Moment::Arrow { sent_us, arrives_us, from: at, to: node::place(to), text });
        }
        if self.engine.dies_here() {
            self.crash(at);
            return Ok(false);
        }
        Ok(true)
    }

    fn mark(&mut self, message: &Message) {
        let mark = match message.body {
            Body::PreVoteReply { granted: false, .. } => Mark::PreVoteRefused,
            Body::VoteReply { granted: false } => Mark::VoteRefused,
            Body::Mismatched { .. } => Mark::Mismatched,
            Body::Outdated => Mark::Outdated,
            Body::Commit { .. } => Mark::CommitAlone,
            _ => return,
        };
        self.marks.hit(mark);
    }

    fn write(&mut self, at: usize, write: Write) -> bool {
        if self.engine.dies_here() {
            self.crash(at);
            return false;
        }
        let node = &self.nodes[at];
        let entries: Vec<Entry> =
            (write.first..=write.last).filter_map(|index| node.log.get(index)).collect();
        let snapshot = write.snapshot.map(|_| Box::new(node.snapshot));
        self.engine.trace.note(write.id);
        self.engine.write(at, Record::Write { write, entries, snapshot });
        if self.engine.dies_here() {
            self.crash(at);
            return false;
        }
        true
    }

    /// Fates are told in order, once, and are true.
    fn fate(&mut self, at: usize, fate: Fate) -> Verdict<bool> {
        let Fate { outcome, term, first, last } = fate;
        let there = self.ledger.term_at(first);
        match outcome {
            Outcome::Committed => {
                let fits = there == Some(term) && self.ledger.term_at(last) == Some(term);
                ensure!(fits, "true fate", at, "{fate:?}, but {first} is of {there:?}");
            }
            Outcome::Superseded => {
                let fits = there.is_some_and(|there| there != term);
                ensure!(fits, "true fate", at, "{fate:?}, but {first} is of {there:?}");
                self.marks.hit(Mark::Superseded);
            }
            Outcome::Unknown => self.marks.hit(Mark::FateUnknown),
        }
        for index in first..=last {
            let next = self.nodes[at].proposals.pop_front();
            let name = LogId { term, index };
            let Some(proposal) = next.filter(|next| next.at == name) else {
                ensure!(false, "a fate is told once", at, "{fate:?}, but next is {next:?}");
                break;
            };
            match outcome {
                Outcome::Committed => self.nodes[at].answers.push_back(proposal),
                Outcome::Superseded => self.refuse(proposal.operation),
                Outcome::Unknown => {}
            }
        }
        Ok(true)
    }

    fn answer_reads(&mut self, at: usize, token: ReadToken) -> Verdict<bool> {
        let mut marked = false;
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
                at,
                "{token:?} at {has}; {must} was committed before"
            );
            self.marks.hit(if marked { Mark::ReadShared } else { Mark::ReadAnswered });
            marked = true;
            self.answer(at, read.operation);
        }
        Ok(true)
    }

    fn leadership(&mut self, at: usize, leadership: Leadership) -> bool {
        let Leadership { role, term, .. } = leadership;
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
                self.engine.tempt(at);
                Mood::Leads
            }
            Role::Follower => Mood::Follows,
            Role::PreCandidate | Role::Candidate => Mood::Stands,
        };
        self.engine.trace.note(term);
        self.diarise(at, mood, || format!("{role:?} in {term}"));
        true
    }

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
        let copies = self.nodes.iter().filter(|node| node.durable.has(name)).count();
        let quorum = self.nodes.len() / 2 + 1;
        ensure!(copies >= quorum, "committed is durable on a quorum", at, "{name:?} on {copies}");
        for (other, node) in self.nodes.iter().enumerate() {
            let later = node.leads()
                && node.before.is_some_and(|b| b.leadership.term > status.leadership.term);
            let holds = !later || self.ledger.holds(upto, &node.log);
            ensure!(holds, "leader completeness", other, "{name:?} was committed by {at}");
        }
        self.diarise(at, Mood::Plain, || format!("commits {upto}"));
        Ok(())
    }
}

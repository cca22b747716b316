//! One node: what drives a [`Replica`].
//!
//! One task owns the replica, the state and all that waits. It takes what has happened (messages of
//! peers, questions of clients, finished writes, time), hands it to the replica, and does what the
//! replica's outputs say.
//!
//! A *life* of a node is a random number, drawn at each start; a *ticket* names a command by the life
//! that took it and a number there. `service` is what clients see, `post` what leaves for peers,
//! [`links`] how it gets there.
//!
//! Where each rule of [the host's contract](synod_consensus_core::raft) is kept:
//!
//! | rule | where |
//! |---|---|
//! | 1, drain after every call | `Node::run` takes inputs in batches, and drains in `turn` and `drain`, at once after a message |
//! | 2, keep the log | the [`Replica`] does |
//! | 3, write, sync, report | `drain`, `Output::Write`; [`disk`]; `take_report` |
//! | 4, start once, recover ever after | [`start`] |
//! | 5, say who sent it | [`links`] |
//! | 6, one clock | `now_us`, `wake_at` |
//! | 7, apply in order | `drain`, `Output::Apply`; `service` |
//! | 8, make room | `drain`, `Output::LogFull`; `snapshots` |
//! | 9, exact snapshots | `drain`, `Output::Snapshot` and `Output::Install`; `snapshots` |
//! | 10, answer late | [`outbox`], [`reads`] |

pub mod ask;
pub mod disk;
pub mod engine;
mod failure;
pub mod links;
pub mod outbox;
mod outputs;
mod post;
pub mod proposal;
pub mod reads;
mod service;
mod snapshots;
pub mod start;
pub mod status;
pub mod storage;
#[cfg(test)]
mod tests;
pub mod wire;

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use bytes::Bytes;
use synod_consensus_core::{
    NodeId,
    raft::{Body, ByVotes, HeapLog, Leadership, ReadToken, Replica, Role, TermLog},
};
use tokio::{
    sync::{mpsc, oneshot},
    time::sleep_until,
};
use tracing::{debug, warn};

use crate::{
    node::{
        ask::Ask,
        disk::{Disk, Report},
        engine::Rule,
        failure::Failure,
        links::Event,
        outbox::Admission,
        post::Post,
        proposal::{Proposal, Ticket},
        reads::Await,
        service::Service,
        snapshots::Snapshots,
        wire::{Incoming, Packet, Submission},
    },
    state::{State, command::Write, reply::Reply},
};

/// A voter of up to seven, with up to so many messages on their way to each.
pub type Voter<E = ByVotes> = Replica<HeapLog<Proposal>, 7, 64, E>;

/// How long a client waits for the cluster.
const PATIENCE_US: u64 = 5_000_000;
/// How often those are looked for who have waited too long.
const LOOK_AROUND_US: u64 = 50_000;
/// So much is taken of each kind before the outputs are drained: what comes together is written
/// together.
const BATCH: usize = 512;
/// The ticket of commands that nobody asked for.
const NOBODY: Ticket = Ticket { life: 0, number: 0 };

/// What a node hears.
#[derive(Debug)]
pub(crate) struct Inputs<X> {
    /// From peers.
    pub events: mpsc::Receiver<Event<X>>,
    /// From clients.
    pub asks: mpsc::Receiver<Ask>,
    /// From its disk.
    pub reports: mpsc::UnboundedReceiver<Report>,
    /// That it shall stop.
    pub stop: oneshot::Receiver<()>,
}

/// One node.
#[derive(Debug)]
pub(crate) struct Node<E: Rule = ByVotes> {
    replica: Voter<E>,
    service: Service,
    snapshots: Snapshots,
    compact_bytes: usize,
    disk: Disk,
    post: Post<E::Said>,
    life: u64,
    /// The origin of the replica's time.
    started: Instant,
    admission: Admission,
    /// Reads of other nodes: who asked, and the name of the question.
    asked: VecDeque<(ReadToken, NodeId, u64)>,
    /// Where in the log this leader has said last that keys end: until that is applied, it says no
    /// more.
    ticked: u64,
    looked_around_us: u64,
}

/// What a node is made of.
#[derive(Debug)]
pub(crate) struct Parts<E: Rule> {
    /// The replica, recovered, and with it the origin of its time.
    pub replica: Voter<E>,
    /// That origin.
    pub started: Instant,
    /// The state at the log's snapshot.
    pub state: State,
    /// Its disk.
    pub disk: Disk,
    /// The way to its peers.
    pub post: Post<E::Said>,
    /// It keeps so many bytes of its log, or as many as its snapshot takes, and up to twice that.
    pub compact_bytes: usize,
    /// A random number.
    pub life: u64,
}

impl<E: Rule> Node<E> {
    /// A node, ready to run.
    #[must_use]
    pub(crate) fn new(parts: Parts<E>) -> Self {
        let Parts { replica, started, state, disk, post, compact_bytes, life } = parts;
        let service = Service::new(life, state.clone(), replica.log().snapshot());
        let snapshots = Snapshots::new(state);
        Self {
            replica,
            service,
            snapshots,
            compact_bytes,
            disk,
            post,
            life,
            started,
            admission: Admission::default(),
            asked: VecDeque::new(),
            ticked: 0,
            looked_around_us: 0,
        }
    }

    /// Runs until it is told to stop.
    ///
    /// # Errors
    ///
    /// [`Failure`]. What was acknowledged is on the disks of a majority.
    pub(crate) async fn run(mut self, mut inputs: Inputs<E::Said>) -> Result<(), Failure> {
        loop {
            let wake = sleep_until(self.wake_at().into());
            tokio::select! {
                biased;
                _ = &mut inputs.stop => return Ok(()),
                report = inputs.reports.recv() => {
                    self.take_report(report.ok_or(Failure::Ended("the disk's thread"))?)?;
                }
                Some(event) = inputs.events.recv() => self.take_event(event),
                Some(ask) = inputs.asks.recv(), if self.has_room() => self.take_ask(ask),
                () = wake => {}
            }
            // What came meanwhile shares writes and messages with it.
            for _ in 0..BATCH {
                let Ok(report) = inputs.reports.try_recv() else { break };
                self.take_report(report)?;
            }
            for _ in 0..BATCH {
                let Ok(event) = inputs.events.try_recv() else { break };
                self.take_event(event);
            }
            for _ in 0..BATCH {
                if !self.has_room() {
                    break;
                }
                let Ok(ask) = inputs.asks.try_recv() else { break };
                self.take_ask(ask);
            }
            self.turn();
        }
    }

    fn now_us(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    fn leads(&self) -> bool {
        self.replica.status().leadership.role == Role::Leader
    }

    /// When something is to be done even if nothing happens.
    fn wake_at(&self) -> Instant {
        let now_us = self.now_us();
        let end_us = self.service.next_end_us().filter(|_| self.may_end_keys());
        let at_us = self
            .replica
            .poll_timeout()
            .into_iter()
            .chain(end_us.map(|in_us| now_us.saturating_add(in_us)))
            .fold(self.looked_around_us.saturating_add(LOOK_AROUND_US), u64::min);
        self.started.checked_add(Duration::from_micros(at_us)).unwrap_or(self.started)
    }

    /// Whether more may be taken from clients. What is not taken holds them back.
    fn has_room(&self) -> bool {
        self.service.outbox.has_room() && self.service.reads.has_room()
    }

    fn take_ask(&mut self, ask: Ask) {
        let now_us = self.now_us();
        match ask {
            Ask::Write(command, reply) => match postcard::to_stdvec(&command) {
                Ok(command) => self.service.outbox.push(now_us, command.into(), reply),
                Err(_) => {
                    drop(reply.send(Reply::Error("ERR the command cannot be encoded".into())))
                }
            },
            Ask::Read(command, reply) => self.service.reads.push(now_us, command, reply),
            Ask::Status(reply) => drop(reply.send(self.status())),
        }
    }

    fn take_event(&mut self, event: Event<E::Said>) {
        match event {
            Event::Packet { from, packet } => self.take_packet(from, packet),
            Event::Snapshot { from, message, state } => {
                let taken = self.replica.handle_message(self.now_us(), from, &message, []);
                if let Err(error) = taken {
                    debug!(%from, %error, "a snapshot is refused");
                }
                self.drain(Some(state));
            }
            Event::SnapshotSent { to } => self.post.snapshot_sent(to),
            Event::Up { peer, queue } => {
                // If it leads, or did just now: what it has it will not take again.
                self.post.up(peer, queue);
                self.service.outbox.send_again();
                self.service.reads.ask_again();
            }
        }
    }

    fn take_packet(&mut self, from: NodeId, packet: Incoming<E::Said>) {
        let now_us = self.now_us();
        match packet {
            Packet::Raft(frame) => {
                let (message, payloads) = frame.into_parts();
                if matches!(message.body, Body::Snapshot { .. }) {
                    return warn!(%from, "a snapshot without its state is refused");
                }
                if let Err(error) = self.replica.handle_message(now_us, from, &message, payloads) {
                    debug!(%from, %error, "a message is refused");
                }
                // Its payloads are here only now.
                self.drain(None);
            }
            Packet::Submit(submission) => self.propose(submission),
            Packet::ReadIndex { request } => {
                // If it cannot be answered, it will be asked again.
                if let Ok(token) = self.replica.read(now_us) {
                    self.asked.push_back((token, from, request));
                }
            }
            Packet::ReadAt { request, index } => {
                self.service.reads.leader_answered(request, index);
            }
        }
    }

    fn take_report(&mut self, report: Report) -> Result<(), Failure> {
        match report {
            Report::Persisted(id) => {
                if let Err(error) = self.replica.handle_persisted(id) {
                    warn!(id, %error, "a write was not expected");
                }
                self.drain(None);
            }
            Report::Compacted(last) => self.note_compacted(last),
            Report::Failed(error) => return Err(Failure::Disk(error)),
        }
        Ok(())
    }

    /// What is done after each batch of inputs: first what the replica owes for them, so that it may
    /// be asked again, and then what it owes for what it is asked.
    fn turn(&mut self) {
        let now_us = self.now_us();
        if self.replica.poll_timeout().is_some_and(|at_us| at_us <= now_us) {
            self.replica.handle_timeout(now_us);
        }
        self.drain(None);
        self.submit();
        self.end_keys();
        self.begin_reads();
        self.drain(None);
        if now_us.saturating_sub(self.looked_around_us) >= LOOK_AROUND_US {
            self.looked_around_us = now_us;
            let before_us = now_us.saturating_sub(PATIENCE_US);
            self.service.outbox.give_up(before_us);
            self.service.reads.give_up(before_us);
        }
        self.service.reads.ask_late_ones_again(now_us);
        self.compact();
    }

    /// Brings the commands of this node's clients on their way to the leader.
    fn submit(&mut self) {
        let Leadership { term, leader: Some(leader), .. } = self.replica.status().leadership else {
            return;
        };
        let leads = self.leads();
        while let Some(submission) = self.service.outbox.next(term, self.service.applied.term) {
            let count = submission.commands.len();
            if leads {
                self.propose(submission);
            } else if !self.post.send(leader, &Packet::Submit(submission)) {
                break;
            }
            self.service.outbox.sent(count);
        }
    }

    /// Proposes commands that came from here or from another node.
    fn propose(&mut self, mut submission: Submission) {
        let Leadership { role: Role::Leader, term, .. } = self.replica.status().leadership else {
            return;
        };
        self.admission.admit(term, &mut submission);
        let Submission { life, commands, .. } = submission;
        if commands.is_empty() {
            return;
        }
        let now_us = self.now_us();
        let service = &mut self.service;
        let proposals = commands
            .into_iter()
            .map(|(number, command)| service.propose(Ticket { life, number }, command));
        if let Err(error) = self.replica.propose_batch(now_us, proposals) {
            // There is no memory, or no index left. What comes behind these must not overtake them,
            // so nothing does before there is another leader.
            warn!(%error, "commands cannot be proposed");
            self.admission.close(life);
        }
    }

    /// Has the log say what time it is, if that ends a key.
    fn end_keys(&mut self) {
        if !self.may_end_keys() || self.service.next_end_us() != Some(0) {
            return;
        }
        let Ok(command) = postcard::to_stdvec(&Write::Tick) else { return };
        let proposal = self.service.propose(NOBODY, Bytes::from(command));
        match self.replica.propose(self.now_us(), proposal) {
            Ok(place) => self.ticked = place.index,
            Err((error, _)) => {
                debug!(%error, "keys end later");
                self.ticked = self.service.applied.index.saturating_add(1);
            }
        }
    }

    fn may_end_keys(&self) -> bool {
        self.leads() && self.service.applied.index >= self.ticked
    }

    /// Asks from when on the reads may be answered that have gathered.
    fn begin_reads(&mut self) {
        let Some(leader) = self.replica.leader() else { return };
        let (leads, now_us) = (self.leads(), self.now_us());
        while self.service.reads.wants_round() {
            if leads {
                // A new leader does not know yet what is committed.
                let Ok(token) = self.replica.read(now_us) else { break };
                self.service.reads.begin(Await::Token(token));
            } else {
                let request = self.service.reads.next_request();
                if !self.post.send(leader, &Packet::ReadIndex { request }) {
                    break;
                }
                self.service.reads.begin(Await::Leader { request, asked_us: now_us });
            }
        }
    }
}

//! Reads that wait until it is known that the state is recent enough.
//!
//! They are linearizable, and cost no entry: the leader says from which index on the state includes
//! all that had been acknowledged when it was asked. Reads that come while a question is on its way
//! share the next one.

use std::collections::VecDeque;

use synod_consensus_core::raft::ReadToken;
use tokio::sync::oneshot;

use crate::{command::Read, reply::Reply, state::State};

/// How many reads may wait at a node.
const MAX_READS: usize = 16_384;
/// How many questions are on their way at a time: while one is, the next gathers.
const MAX_ROUNDS: usize = 2;
/// After this time without an answer the leader is asked again.
const ASK_AGAIN_US: u64 = 250_000;

#[derive(Debug)]
struct Waiting {
    command: Read,
    reply: oneshot::Sender<Reply>,
    asked_us: u64,
}

/// What a round of reads waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Await {
    /// The leader's word; it was asked at this time.
    Leader {
        /// Names the question.
        request: u64,
        /// When it was asked.
        asked_us: u64,
    },
    /// This node's own word, as the leader.
    Token(ReadToken),
    /// This index.
    Applied(u64),
}

#[derive(Debug)]
struct Round {
    awaits: Await,
    reads: Vec<Waiting>,
}

/// Reads that wait.
#[derive(Debug, Default)]
pub struct Reads {
    next: Vec<Waiting>,
    rounds: VecDeque<Round>,
    last_request: u64,
}

impl Reads {
    /// How many reads wait.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rounds.iter().fold(self.next.len(), |sum, round| sum.saturating_add(round.reads.len()))
    }

    /// Whether none waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.next.is_empty() && self.rounds.is_empty()
    }

    /// Whether another read may be taken from a client.
    #[must_use]
    pub fn has_room(&self) -> bool {
        self.len() < MAX_READS
    }

    /// Takes a read.
    pub fn push(&mut self, now_us: u64, command: Read, reply: oneshot::Sender<Reply>) {
        self.next.push(Waiting { command, reply, asked_us: now_us });
    }

    /// Whether a question should be asked now.
    #[must_use]
    pub fn wants_round(&self) -> bool {
        !self.next.is_empty() && self.rounds.len() < MAX_ROUNDS
    }

    /// A name for the next question to the leader.
    pub fn next_request(&mut self) -> u64 {
        self.last_request = self.last_request.saturating_add(1);
        self.last_request
    }

    /// All reads that came up to now wait for this.
    pub fn begin(&mut self, awaits: Await) {
        self.rounds.push_back(Round { awaits, reads: std::mem::take(&mut self.next) });
    }

    /// The leader has answered a question.
    pub fn leader_answered(&mut self, answered: u64, index: u64) {
        for round in &mut self.rounds {
            if matches!(round.awaits, Await::Leader { request, .. } if request == answered) {
                round.awaits = Await::Applied(index);
            }
        }
    }

    /// This node leads, and its reads up to this token may be answered.
    pub fn confirm(&mut self, confirmed: ReadToken) {
        for round in &mut self.rounds {
            if let Await::Token(token) = round.awaits
                && token.term == confirmed.term
                && token <= confirmed
            {
                round.awaits = Await::Applied(0);
            }
        }
    }

    /// Answers all that may be answered from this state, to which this index is applied.
    pub fn answer(&mut self, applied: u64, state: &State) {
        self.rounds.retain_mut(|round| {
            if !matches!(round.awaits, Await::Applied(index) if index <= applied) {
                return true;
            }
            for Waiting { command, reply, .. } in round.reads.drain(..) {
                // A client that has gone does not matter.
                let _ = reply.send(state.read(&command));
            }
            false
        });
    }

    /// Nobody will answer the questions that are on their way: they are asked again.
    pub fn ask_again(&mut self) {
        self.take_back(|awaits| !matches!(awaits, Await::Applied(_)));
    }

    /// Nobody has answered for long.
    pub fn ask_late_ones_again(&mut self, now_us: u64) {
        self.take_back(|awaits| {
            matches!(awaits, Await::Leader { asked_us, .. }
                if now_us.saturating_sub(*asked_us) > ASK_AGAIN_US)
        });
    }

    fn take_back(&mut self, lost: impl Fn(&Await) -> bool) {
        let mut reads = Vec::new();
        self.rounds.retain_mut(|round| {
            let is_lost = lost(&round.awaits);
            if is_lost {
                reads.append(&mut round.reads);
            }
            !is_lost
        });
        reads.append(&mut self.next);
        self.next = reads;
    }

    /// Tells the clients that have waited since before then that nobody leads, and forgets those
    /// that have gone.
    pub fn give_up(&mut self, before_us: u64) {
        let all = self.rounds.iter_mut().map(|round| &mut round.reads);
        for reads in all.chain([&mut self.next]) {
            for waiting in reads.extract_if(.., |waiting| waiting.asked_us < before_us) {
                let _ = waiting.reply.send(Reply::NO_LEADER);
            }
        }
        self.rounds.retain(|round| !round.reads.is_empty());
    }
}

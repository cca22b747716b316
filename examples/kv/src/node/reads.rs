//! Reads that wait until it is known that the state is recent enough.
//!
//! They are linearizable, and cost no entry: the leader says from which index on the state includes
//! all that had been acknowledged when it was asked. Reads that come while a question is on its way
//! share the next one.

use std::collections::VecDeque;

use synod_consensus_core::raft::ReadToken;
use tokio::sync::oneshot;

use crate::state::{State, command::Read, reply::Reply};

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
#[derive(Debug)]
pub struct Reads {
    next: Vec<Waiting>,
    rounds: VecDeque<Round>,
    last_request: u64,
}

impl Reads {
    /// Those of a new life, a random number. Questions are counted from there, so that an answer to
    /// an earlier life answers none of them.
    #[must_use]
    pub fn new(life: u64) -> Self {
        Self { next: Vec::new(), rounds: VecDeque::new(), last_request: life }
    }

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
        self.last_request = self.last_request.wrapping_add(1);
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

    /// This node leads, and its reads up to this token may be answered from the state as it is.
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

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    type Client = oneshot::Receiver<Reply>;

    fn ask(reads: &mut Reads, now_us: u64) -> Client {
        let (reply, client) = oneshot::channel();
        reads.push(now_us, Read::Get(Bytes::from("key")), reply);
        client
    }

    /// Begins a round, as a follower.
    fn begin(reads: &mut Reads, asked_us: u64) -> u64 {
        assert!(reads.wants_round());
        let request = reads.next_request();
        reads.begin(Await::Leader { request, asked_us });
        request
    }

    #[test]
    fn a_read_waits_for_its_own_round_and_its_index() {
        let (mut reads, state) = (Reads::new(7), State::new());
        let mut clients = [(); 3].map(|()| ask(&mut reads, 0));
        let first = begin(&mut reads, 0);
        assert!(!reads.wants_round(), "nobody waits for another");
        let mut late = ask(&mut reads, 0);
        let second = begin(&mut reads, 0);
        let _third = ask(&mut reads, 0);
        assert!(!reads.wants_round(), "two are on their way");
        reads.leader_answered(first, 7);
        reads.leader_answered(99, 1);
        reads.answer(6, &state);
        assert!(clients[0].try_recv().is_err());
        reads.answer(7, &state);
        assert!(clients.iter_mut().all(|client| client.try_recv() == Ok(Reply::Nil)));
        assert!(late.try_recv().is_err());
        reads.leader_answered(second, 3);
        reads.answer(7, &state);
        assert_eq!(late.try_recv(), Ok(Reply::Nil));
        assert_eq!(reads.len(), 1);
    }

    #[test]
    fn a_token_confirms_those_before_it_in_its_term() {
        let (mut reads, state) = (Reads::new(7), State::new());
        let token = |term, round| ReadToken { term, round };
        let mut first = ask(&mut reads, 0);
        reads.begin(Await::Token(token(3, 5)));
        let mut second = ask(&mut reads, 0);
        reads.begin(Await::Token(token(3, 6)));
        for (confirmed, answers) in [
            (token(2, 9), [false, false]),
            (token(4, 9), [false, false]),
            (token(3, 5), [true, false]),
        ] {
            reads.confirm(confirmed);
            reads.answer(0, &state);
            assert_eq!([&mut first, &mut second].map(|client| client.try_recv().is_ok()), answers);
        }
        reads.ask_again();
        assert!(reads.wants_round(), "its leader is gone");
        reads.begin(Await::Token(token(5, 1)));
        reads.confirm(token(5, 1));
        reads.answer(0, &state);
        assert_eq!(second.try_recv(), Ok(Reply::Nil));
        assert!(reads.is_empty());
    }

    #[test]
    fn lost_questions_are_asked_again_and_old_reads_are_given_up() {
        let (mut reads, state) = (Reads::new(7), State::new());
        let (mut old, mut young) = (ask(&mut reads, 10), ask(&mut reads, 20));
        let lost = begin(&mut reads, 20);
        reads.ask_late_ones_again(20 + ASK_AGAIN_US);
        assert!(!reads.wants_round());
        reads.ask_late_ones_again(21 + ASK_AGAIN_US);
        let again = begin(&mut reads, 30);
        reads.leader_answered(lost, 0);
        reads.answer(9, &state);
        assert!(old.try_recv().is_err(), "an answer to what was given up is none");
        reads.give_up(20);
        assert_eq!(old.try_recv(), Ok(Reply::NO_LEADER));
        reads.leader_answered(again, 9);
        reads.ask_again();
        reads.answer(9, &state);
        assert_eq!(young.try_recv(), Ok(Reply::Nil), "what the leader has answered stays answered");
    }
}

//! The commands of this node's own clients, until they are applied.
//!
//! They are sent to the leader in order, and each is applied at most once as long as this node
//! lives, whatever happens to leaders and connections:
//!
//! - The leader of a term takes the numbers of one life in rising order, so that commands can be
//!   sent to it again when a connection broke ([`Admission`]).
//! - Commands that were sent to the leader of one term are sent to that of a later one only after
//!   an entry of a later term was applied here. The terms of a log never fall, so whatever the
//!   former leader had committed of them has been applied by then, and the rest never will be.

use std::{
    collections::{HashMap, VecDeque},
    mem,
};

use bytes::Bytes;
use tokio::sync::oneshot;

use crate::{
    node::{
        proposal::{MAX_ENTRY_BYTES, Ticket},
        wire::{MAX_FRAME_BYTES, Submission},
    },
    state::reply::Reply,
};

/// How many commands may wait at a node.
const MAX_COMMANDS: usize = 8_192;
/// And how many bytes of them, before no more are taken from clients.
const MAX_BYTES: usize = 0x200_0000;
/// About the most bytes of one submission. With one largest command more it fits into a frame.
const SUBMISSION_BYTES: usize = 0x10_0000;
const _: () = assert!(SUBMISSION_BYTES + MAX_ENTRY_BYTES < MAX_FRAME_BYTES);

/// A command whose client waits.
#[derive(Debug)]
struct Waiting {
    number: u64,
    command: Bytes,
    reply: oneshot::Sender<Reply>,
    asked_us: u64,
    /// Whether the leader of [`Outbox::term`] may have it, by this connection or an earlier one.
    is_told: bool,
}

/// The commands of this node's own clients.
#[derive(Debug)]
pub struct Outbox {
    life: u64,
    last_number: u64,
    waiting: VecDeque<Waiting>,
    bytes: usize,
    /// The term of the leader to whom they go, and how many have been sent.
    term: u64,
    sent: usize,
    /// Whether that leader may have commands for which nobody waits any more.
    has_left: bool,
}

impl Outbox {
    /// That of a new life.
    #[must_use]
    pub fn new(life: u64) -> Self {
        let waiting = VecDeque::new();
        Self { life, last_number: 0, waiting, bytes: 0, term: 0, sent: 0, has_left: false }
    }

    /// How many commands wait.
    #[must_use]
    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Whether none waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Whether another command may be taken from a client.
    #[must_use]
    pub fn has_room(&self) -> bool {
        self.waiting.len() < MAX_COMMANDS && self.bytes < MAX_BYTES
    }

    /// Takes a command.
    pub fn push(&mut self, now_us: u64, command: Bytes, reply: oneshot::Sender<Reply>) {
        self.last_number = self.last_number.saturating_add(1);
        self.bytes = self.bytes.saturating_add(command.len());
        let (number, asked_us) = (self.last_number, now_us);
        self.waiting.push_back(Waiting { number, command, reply, asked_us, is_told: false });
    }

    /// What is to be sent next to the leader of `term`, if anything. `applied_term` is the term of
    /// the entry that was applied last here. Say [`sent`](Self::sent) when it is on its way.
    pub fn next(&mut self, term: u64, applied_term: u64) -> Option<Submission> {
        if term != self.term {
            let has_some = self.has_left || self.waiting.iter().any(|waiting| waiting.is_told);
            if has_some && applied_term <= self.term {
                return None;
            }
            self.has_left = false;
            // What an earlier leader had is void, and is not sent again for nobody.
            self.retain(|waiting| !waiting.reply.is_closed());
            self.waiting.iter_mut().for_each(|waiting| waiting.is_told = false);
            (self.term, self.sent) = (term, 0);
        }
        let mut bytes = 0_usize;
        let mut commands = Vec::new();
        for waiting in self.waiting.range(self.sent.min(self.waiting.len())..) {
            bytes = bytes.saturating_add(waiting.command.len()).saturating_add(16);
            if bytes > SUBMISSION_BYTES && !commands.is_empty() {
                break;
            }
            commands.push((waiting.number, waiting.command.clone()));
        }
        (!commands.is_empty()).then_some(Submission { term, life: self.life, commands })
    }

    /// So many commands of the last [`next`](Self::next) are on their way.
    pub fn sent(&mut self, count: usize) {
        let from = self.sent.min(self.waiting.len());
        self.sent = from.saturating_add(count).min(self.waiting.len());
        self.waiting.range_mut(from..self.sent).for_each(|waiting| waiting.is_told = true);
    }

    /// The connection to the leader is a new one: what was sent may not have arrived.
    pub fn send_again(&mut self) {
        self.sent = 0;
    }

    /// A command was applied; if it is one of these, its client is told.
    pub fn settle(&mut self, ticket: Ticket, reply: Reply) {
        if ticket.life != self.life {
            return;
        }
        let Ok(place) = self.waiting.binary_search_by_key(&ticket.number, |one| one.number) else {
            return;
        };
        if let Some(waiting) = self.take(place) {
            // A client that has gone does not matter.
            let _ = waiting.reply.send(reply);
        }
    }

    fn take(&mut self, place: usize) -> Option<Waiting> {
        let waiting = self.waiting.remove(place)?;
        self.bytes = self.bytes.saturating_sub(waiting.command.len());
        self.sent = self.sent.saturating_sub(usize::from(place < self.sent));
        Some(waiting)
    }

    fn retain(&mut self, keep: impl Fn(&Waiting) -> bool) {
        let mut place = 0;
        while let Some(waiting) = self.waiting.get(place) {
            if keep(waiting) {
                place = place.saturating_add(1);
            } else {
                self.take(place);
            }
        }
    }

    /// Tells the clients that have waited since before then: those whose commands no leader can
    /// have that they were not applied, and the others that nobody knows.
    pub fn give_up(&mut self, before_us: u64) {
        let late = self.waiting.iter().take_while(|waiting| waiting.asked_us < before_us).count();
        for _ in 0..late {
            let Some(Waiting { reply, is_told, .. }) = self.take(0) else { break };
            self.has_left |= is_told;
            let _ = reply.send(if is_told { Reply::UNKNOWN } else { Reply::NO_LEADER });
        }
    }

    /// A snapshot took the place of entries that were not seen here: what the leader may have is in
    /// it, or not.
    pub fn skip(&mut self) {
        let (told, rest): (VecDeque<_>, _) =
            mem::take(&mut self.waiting).into_iter().partition(|one| one.is_told);
        self.waiting = rest;
        self.sent = 0;
        self.bytes = self.waiting.iter().fold(0, |sum, one| sum.saturating_add(one.command.len()));
        for Waiting { reply, .. } in told {
            let _ = reply.send(Reply::UNKNOWN);
        }
    }
}

/// What a leader has taken, in its term, of each life of a node.
#[derive(Debug, Default)]
pub struct Admission {
    term: u64,
    last: HashMap<u64, u64>,
}

impl Admission {
    /// Leaves of a submission what the leader of `term` is to propose: not what it has proposed
    /// before, and nothing that was meant for another one.
    pub fn admit(&mut self, term: u64, submission: &mut Submission) {
        if submission.term != term {
            submission.commands.clear();
            return;
        }
        if self.term != term {
            *self = Self { term, last: HashMap::new() };
        }
        let last = self.last.entry(submission.life).or_insert(0);
        submission.commands.retain(|(number, _)| {
            let is_new = number > last;
            *last = (*last).max(*number);
            is_new
        });
    }

    /// Something that was admitted could not be proposed: nothing behind it may be, in this term.
    pub fn close(&mut self, life: u64) {
        self.last.insert(life, u64::MAX);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Client = oneshot::Receiver<Reply>;

    fn ask(outbox: &mut Outbox, now_us: u64) -> Client {
        let (reply, client) = oneshot::channel();
        outbox.push(now_us, Bytes::from("command"), reply);
        client
    }

    fn numbers(submission: &Submission) -> Vec<u64> {
        submission.commands.iter().map(|(number, _)| *number).collect()
    }

    /// Sends all that is to be sent, and gives their numbers.
    fn send(outbox: &mut Outbox, term: u64, applied_term: u64) -> Vec<u64> {
        let mut sent = Vec::new();
        while let Some(submission) = outbox.next(term, applied_term) {
            outbox.sent(submission.commands.len());
            sent.extend(numbers(&submission));
        }
        sent
    }

    fn settle(outbox: &mut Outbox, number: u64) {
        outbox.settle(Ticket { life: 7, number }, Reply::Integer(number.cast_signed()));
    }

    #[test]
    fn commands_go_out_in_order_and_are_answered_once() {
        let mut outbox = Outbox::new(7);
        let mut clients = [0; 4].map(|now_us| ask(&mut outbox, now_us));
        assert_eq!(send(&mut outbox, 3, 2), [1, 2, 3, 4]);
        assert_eq!(send(&mut outbox, 3, 2), []);
        settle(&mut outbox, 1);
        settle(&mut outbox, 1);
        outbox.settle(Ticket { life: 8, number: 2 }, Reply::OK);
        assert_eq!(clients[0].try_recv(), Ok(Reply::Integer(1)));
        assert!(clients[1].try_recv().is_err());
        let late = ask(&mut outbox, 0);
        assert_eq!(send(&mut outbox, 3, 2), [5]);
        drop(late);
        settle(&mut outbox, 5);
        assert_eq!((outbox.len(), outbox.bytes), (3, 21));
    }

    #[test]
    fn another_leader_gets_what_the_first_one_cannot_commit_any_more() {
        let mut outbox = Outbox::new(7);
        let clients = [0; 3].map(|now_us| ask(&mut outbox, now_us));
        assert_eq!(send(&mut outbox, 3, 3), [1, 2, 3]);
        assert_eq!(send(&mut outbox, 5, 3), [], "entries of term 3 may come yet");
        let _waits = ask(&mut outbox, 0);
        assert_eq!(send(&mut outbox, 5, 3), [], "in order");
        settle(&mut outbox, 1);
        let [_, gone, _open] = clients;
        drop(gone);
        assert_eq!(send(&mut outbox, 5, 4), [3, 4]);
        assert_eq!(send(&mut outbox, 5, 5), []);
    }

    #[test]
    fn a_new_connection_brings_everything_again_and_the_leader_takes_it_once() {
        let mut outbox = Outbox::new(7);
        let mut admission = Admission::default();
        let _clients = [0; 3].map(|now_us| ask(&mut outbox, now_us));
        let mut submission = outbox.next(3, 2).unwrap();
        outbox.sent(3);
        admission.admit(3, &mut submission);
        assert_eq!(numbers(&submission), [1, 2, 3]);
        settle(&mut outbox, 1);
        outbox.send_again();
        let _late = ask(&mut outbox, 0);
        let mut submission = outbox.next(3, 2).unwrap();
        assert_eq!(numbers(&submission), [2, 3, 4]);
        admission.admit(3, &mut submission);
        assert_eq!(numbers(&submission), [4]);
        // In other terms it is another matter, and one term's commands are no other's.
        let mut submission = Submission { term: 6, ..outbox.next(3, 2).unwrap() };
        admission.admit(7, &mut submission);
        assert_eq!(numbers(&submission), []);
        let mut submission = Submission { term: 7, ..outbox.next(3, 2).unwrap() };
        admission.admit(7, &mut submission);
        assert_eq!(numbers(&submission), [2, 3, 4]);
        admission.close(7);
        let mut submission = Submission { commands: vec![(5, Bytes::new())], ..submission };
        admission.admit(7, &mut submission);
        assert_eq!(numbers(&submission), []);
    }

    #[test]
    fn who_has_waited_too_long_hears_what_is_known() {
        let mut outbox = Outbox::new(7);
        let mut sent = ask(&mut outbox, 10);
        assert_eq!(send(&mut outbox, 3, 3), [1]);
        let (mut unsent, mut late) = (ask(&mut outbox, 20), ask(&mut outbox, 30));
        outbox.give_up(30);
        assert_eq!(sent.try_recv(), Ok(Reply::UNKNOWN));
        assert_eq!(unsent.try_recv(), Ok(Reply::NO_LEADER));
        assert!(late.try_recv().is_err());
        assert_eq!(send(&mut outbox, 4, 3), [], "what nobody knows of may come yet");
        assert_eq!(send(&mut outbox, 4, 4), [3], "and is not sent again");
        outbox.skip();
        assert_eq!(late.try_recv(), Ok(Reply::UNKNOWN));
        assert!(outbox.is_empty());
        assert_eq!(outbox.bytes, 0);
    }

    #[test]
    fn what_is_sent_again_in_the_same_term_may_have_been_taken() {
        let mut outbox = Outbox::new(7);
        let mut client = ask(&mut outbox, 10);
        assert_eq!(send(&mut outbox, 3, 3), [1]);
        outbox.send_again();
        outbox.give_up(11);
        assert_eq!(client.try_recv(), Ok(Reply::UNKNOWN));
        assert_eq!(outbox.next(4, 3), None);
    }

    #[test]
    fn submissions_have_a_size_and_the_outbox_has_limits() {
        let mut outbox = Outbox::new(7);
        let mut clients = Vec::new();
        while outbox.has_room() {
            let (reply, client) = oneshot::channel();
            outbox.push(0, Bytes::from(vec![0; 0x8_0000]), reply);
            clients.push(client);
        }
        assert_eq!(outbox.len(), 64);
        let first = outbox.next(1, 0).unwrap();
        assert_eq!(numbers(&first), [1], "two would be larger");
    }
}

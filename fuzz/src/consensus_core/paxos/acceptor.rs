//! An acceptor and its disk.

use synod_consensus_core::{
    NodeId,
    paxos::{Acceptor, AcceptorOutput, Body, Message, Record},
};

use super::{oracle::Oracle, wire::Wire};
use crate::consensus_core::wire::INSTANCE;

/// A record, what memory may have beyond it, and what is promised of both.
#[derive(Debug)]
pub(super) struct Memory {
    pub(super) id: NodeId,
    place: usize,
    acceptor: Acceptor<u8>,
    disk: Option<Record<u8>>,
    write: Option<(u64, Record<u8>)>,
    last_write: u64,
}

impl Memory {
    pub(super) fn new(id: NodeId, place: usize) -> Self {
        let acceptor = Acceptor::bootstrap(INSTANCE, id);
        Self { id, place, acceptor, disk: None, write: None, last_write: 0 }
    }

    /// Hands a message over. Gives whether it was taken, and whether that changed anything.
    pub(super) fn hear(&mut self, from: NodeId, message: Message<u8>) -> (bool, bool) {
        let before = self.acceptor.clone();
        let taken = self.acceptor.handle_message(from, message).is_ok();
        let changed = self.acceptor != before;
        assert!(taken || !changed, "a refusal leaves no trace");
        assert!(self.acceptor.promised() >= before.promised());
        (taken, changed)
    }

    /// The write that is on its way is durable.
    pub(super) fn persist(&mut self, oracle: &mut Oracle) {
        if let Some((id, _)) = self.write {
            self.sync(oracle);
            self.acceptor.handle_persisted(id).expect("a write that was polled");
        }
    }

    /// Reports a write that is not on its way.
    pub(super) fn report(&mut self, id: u64) {
        if self.write.is_none_or(|(outstanding, _)| outstanding != id) {
            let before = self.acceptor.clone();
            assert!(self.acceptor.handle_persisted(id).is_err());
            assert_eq!(self.acceptor, before);
        }
    }

    /// The power fails, after the write or before it.
    pub(super) fn crash(&mut self, written: bool, oracle: &mut Oracle) {
        if written {
            self.sync(oracle);
        }
        self.acceptor = match self.disk {
            Some(record) => Acceptor::recover(INSTANCE, self.id, record),
            None => Acceptor::bootstrap(INSTANCE, self.id),
        };
        self.write = None;
        self.last_write = 0;
    }

    fn sync(&mut self, oracle: &mut Oracle) {
        if let Some((_, record)) = self.write.take() {
            self.disk = Some(record);
            if let Some(&proposal) = record.accepted() {
                oracle.accept(self.place, proposal);
            }
        }
    }

    /// Does what the acceptor says, and checks that it may say so.
    pub(super) fn drain(&mut self, wire: &mut Wire) {
        for _ in 0..=5 {
            let Some(output) = self.acceptor.poll_output() else {
                assert_eq!(self.acceptor.poll_output(), None);
                return;
            };
            match output {
                AcceptorOutput::Write { id, record } => {
                    let record = *record;
                    assert!(self.write.is_none(), "one at a time");
                    assert_eq!(id, self.last_write + 1);
                    assert!(self.disk.is_none_or(|disk| disk.promised() <= record.promised()));
                    assert_eq!(self.acceptor.promised(), Some(record.promised()));
                    assert_eq!(self.acceptor.accepted(), record.accepted());
                    self.last_write = id;
                    self.write = Some((id, record));
                }
                AcceptorOutput::Send { to, message } => {
                    let message = message.cloned();
                    self.check_message(to, &message);
                    wire.send(self.id, to, message);
                }
            }
        }
        panic!("there is no end to what it wants");
    }

    /// Nothing is said that is not durable.
    fn check_message(&self, to: NodeId, message: &Message<u8>) {
        let promised = self.disk.map(|disk| disk.promised());
        let accepted = self.disk.and_then(|disk| disk.accepted().copied());
        match message.body {
            Body::Promise { ballot, accepted: said } => {
                assert_eq!((promised, accepted), (Some(ballot), said));
                assert_eq!(to, ballot.proposer);
            }
            Body::Accepted { ballot } => {
                assert_eq!(accepted.map(|proposal| proposal.ballot), Some(ballot));
                assert_eq!(to, ballot.proposer);
            }
            Body::Report(proposal) => assert_eq!(accepted, Some(proposal)),
            Body::Rejected { ballot, promised } => {
                assert_eq!(self.acceptor.promised(), Some(promised));
                assert!(promised > ballot);
                assert_eq!(to, ballot.proposer);
            }
            _ => panic!("an acceptor does not say {message:?}"),
        }
    }
}

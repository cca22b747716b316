//! One node: the machines that it hosts, and what is on its disk.

use alloc::{collections::BTreeMap, vec::Vec};

use synod_consensus_core::{
    Ballot, NodeId, UnknownWrite,
    paxos::{Acceptor, Learner, Message, MessageError, Proposer, Record, Role},
};

use super::world::System;
use crate::violation::{Verdict, fail};

/// What is decided on. Each proposer has one of its own.
pub(super) type Value = u64;

/// A machine that has writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Writer {
    Acceptor,
    Proposer,
}

/// A write on its way to the disk.
#[derive(Debug)]
pub(super) struct Write {
    /// The decision.
    pub(super) number: u64,
    /// What its machine calls it.
    pub(super) id: u64,
    pub(super) what: What,
}

/// What is written.
#[derive(Debug)]
pub(super) enum What {
    /// An acceptor's record, encoded.
    Record(Vec<u8>),
    /// How many rounds are reserved.
    Reserved(u64),
}

impl What {
    pub(super) const fn writer(&self) -> Writer {
        match self {
            Self::Record(_) => Writer::Acceptor,
            Self::Reserved(_) => Writer::Proposer,
        }
    }
}

/// What a disk has of one decision.
#[derive(Debug, Default)]
pub(super) struct Kept {
    bytes: Option<Vec<u8>>,
    pub(super) reserved: u64,
}

impl Kept {
    /// The acceptor's record, as it is read.
    pub(super) fn record(&self, at: usize) -> Verdict<Option<Record<Value>>> {
        let Some(bytes) = &self.bytes else { return Ok(None) };
        match postcard::from_bytes(bytes) {
            Ok(record) => Ok(Some(record)),
            Err(error) => fail!("what is written can be read", at, "{error}: {bytes:?}"),
        }
    }

    pub(super) fn put(&mut self, what: What) {
        match what {
            What::Record(bytes) => self.bytes = Some(bytes),
            What::Reserved(reserved) => self.reserved = reserved,
        }
    }
}

/// The machines of one decision.
#[derive(Clone, Debug)]
pub(super) struct Hosted<S, const N: usize> {
    pub(super) acceptor: Option<Acceptor<Value>>,
    pub(super) proposer: Option<Proposer<Value, N, S>>,
    pub(super) learner: Option<Learner<Value, N, S>>,
    /// What the acceptor had promised and accepted after the call before.
    pub(super) before: [Option<Ballot>; 2],
    /// The last writes that were reported, or 0: of the acceptor, and of the proposer.
    pub(super) reported: [u64; 2],
    /// Whether it was told what is chosen: by the learner, and by the proposer.
    pub(super) told: [bool; 2],
}

impl<S, const N: usize> Default for Hosted<S, N> {
    fn default() -> Self {
        Self {
            acceptor: None,
            proposer: None,
            learner: None,
            before: [None; 2],
            reported: [0; 2],
            told: [false; 2],
        }
    }
}

impl<S: System, const N: usize> Hosted<S, N> {
    /// A write is durable. (That of a machine which is not there any more is nobody's.)
    pub(super) fn report(&mut self, writer: Writer, id: u64) -> Result<(), UnknownWrite> {
        let result = match writer {
            Writer::Acceptor => self.acceptor.as_mut().map(|it| it.handle_persisted(id)),
            Writer::Proposer => self.proposer.as_mut().map(|it| it.handle_persisted(id)),
        };
        result.unwrap_or(Ok(()))
    }

    /// Hands a message to the machine of this role, if there is one.
    pub(super) fn hand_over(
        &mut self,
        now_us: u64,
        role: Role,
        (from, message): (NodeId, Message<Value>),
    ) -> Option<Result<(), MessageError>> {
        Some(match role {
            Role::Acceptor => self.acceptor.as_mut()?.handle_message(from, message),
            Role::Proposer => self.proposer.as_mut()?.handle_message(now_us, from, message),
            Role::Learner => self.learner.as_mut()?.handle_message(now_us, from, message),
        })
    }

    /// What its learner and its proposer know to be chosen.
    pub(super) fn chosen(&self) -> [Option<Value>; 2] {
        let learner = self.learner.as_ref().and_then(|learner| learner.chosen());
        let proposer = self.proposer.as_ref().and_then(|proposer| proposer.chosen());
        [learner.copied(), proposer.copied()]
    }

    /// Whether it hosts those that ask what is chosen, and all of them know.
    pub(super) fn knows(&self) -> bool {
        let [learner, proposer] = self.chosen();
        let asks = self.proposer.is_some() || self.learner.is_some();
        asks && self.proposer.is_some() == proposer.is_some()
            && self.learner.is_some() == learner.is_some()
    }
}

/// A node and its host.
#[derive(Debug)]
pub(super) struct Node<S, const N: usize> {
    /// What it hosts, by decision; nothing while its process is down.
    pub(super) hosted: BTreeMap<u64, Hosted<S, N>>,
    /// What is on its disk, by decision.
    pub(super) kept: BTreeMap<u64, Kept>,
    /// Writes that are durable and have not been reported.
    pub(super) unreported: Vec<(u64, Writer, u64)>,
}

impl<S, const N: usize> Node<S, N> {
    pub(super) const fn new() -> Self {
        Self { hosted: BTreeMap::new(), kept: BTreeMap::new(), unreported: Vec::new() }
    }

    /// Its process dies. What is left is on the disk.
    pub(super) fn stop(&mut self) {
        self.hosted.clear();
        self.unreported.clear();
    }

    /// The acceptors of a decision are forgotten.
    pub(super) fn forget(&mut self, number: u64) {
        self.hosted.remove(&number);
        self.kept.remove(&number);
        self.unreported.retain(|&(of, ..)| of != number);
    }
}

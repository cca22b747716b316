//! One node: the registers that it hosts, and what is on its disk.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    vec::Vec,
};

use synod_consensus_core::{
    Ballot,
    register::{Membership, ReadToken, Record, Register, State},
};

use super::op::{Op, Value};
use crate::{
    nodes::Nodes,
    violation::{Verdict, fail},
};

/// A write on its way to the disk.
#[derive(Debug)]
pub(super) struct Write<const N: usize> {
    /// The register.
    pub(super) number: u64,
    /// Of which life of it on this node.
    pub(super) life: u32,
    /// What its machine calls it; 0 is the host's own.
    pub(super) id: u64,
    pub(super) what: Kept<N>,
}

/// What a disk has of one register.
#[derive(Clone, Debug)]
pub(super) enum Kept<const N: usize> {
    /// A record, encoded.
    Record(Vec<u8>),
    /// It is forgotten: with what it is begun anew. Without members, it is to join.
    Floor { floor: Option<Ballot>, members: Option<Membership<N>> },
}

impl<const N: usize> Kept<N> {
    /// The record, as it is read.
    pub(super) fn record(&self, at: usize) -> Verdict<Option<Record<Value, N>>> {
        let Self::Record(bytes) = self else { return Ok(None) };
        match postcard::from_bytes(bytes) {
            Ok(record) => Ok(Some(record)),
            Err(error) => fail!("what is written can be read", at, "{error}: {bytes:?}"),
        }
    }
}

/// What a node's client wants of a register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    Change(Op),
    Members(Nodes),
    Forget,
}

/// What a client waits for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked {
    pub(super) wish: Wish,
    /// The latest version that anybody had been told when it was asked.
    pub(super) since: Option<Ballot>,
    /// The highest ballot that was chosen then.
    pub(super) chosen: Option<Ballot>,
    /// Its place in the history.
    pub(super) place: usize,
}

/// A read that waits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reading {
    pub(super) token: ReadToken,
    pub(super) since: Option<Ballot>,
    pub(super) place: usize,
}

/// A register on a node.
#[derive(Clone, Debug)]
pub(super) struct Hosted<const N: usize> {
    pub(super) register: Register<Op, N>,
    pub(super) life: u32,
    /// The last write that was reported, or 0.
    pub(super) reported: u64,
    /// What is under way.
    pub(super) asked: Option<Asked>,
    pub(super) reads: Vec<Reading>,
    /// The changes that were asked for in this life.
    pub(super) ops: Vec<Op>,
    /// And who was to become members.
    pub(super) moves: Vec<Nodes>,
    /// With which members it was begun.
    pub(super) first: State<Value, N>,
    /// What it came back with, has proposed, and was told with promises in this life.
    pub(super) known: BTreeSet<Ballot>,
    /// What it was asked to accept, and has not refused.
    pub(super) offered: BTreeSet<Ballot>,
    /// The one of those that was offered just now for the first time.
    pub(super) doubt: Option<Ballot>,
    /// The record that was polled last.
    pub(super) polled: Option<Record<Value, N>>,
    /// Whether it joined, and has not heard of anybody.
    pub(super) waits: bool,
}

/// A node and its host.
#[derive(Debug)]
pub(super) struct Node<const N: usize> {
    /// What it hosts; nothing while its process is down.
    pub(super) hosted: BTreeMap<u64, Hosted<N>>,
    /// What is on its disk.
    pub(super) kept: BTreeMap<u64, Kept<N>>,
    /// What it drops, when the disk has the floor.
    pub(super) dropping: BTreeSet<u64>,
    /// Writes that are durable and have not been reported: register, life, id.
    pub(super) unreported: Vec<(u64, u32, u64)>,
}

impl<const N: usize> Node<N> {
    pub(super) const fn new() -> Self {
        Self {
            hosted: BTreeMap::new(),
            kept: BTreeMap::new(),
            dropping: BTreeSet::new(),
            unreported: Vec::new(),
        }
    }

    /// Its process dies. What is left is on the disk.
    pub(super) fn stop(&mut self) {
        self.hosted.clear();
        self.dropping.clear();
        self.unreported.clear();
    }
}

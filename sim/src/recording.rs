//! What happened to one node of a run, in bytes, and a hash of what it said.
//!
//! Without a heap, like [`replay`](crate::replay), with which it is part of firmware.

use core::hash::{Hash, Hasher};

use serde::{Deserialize, Serialize};
use synod_consensus_core::{
    NodeId,
    raft::{Config, Election, LogId, Message, Output, Raft, Recovered},
};

use crate::trace::Trace;

/// Something that happened to a node, with the outputs that were polled after it. A recording is a
/// sequence of them, in postcard.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Happening<'a> {
    /// What happened.
    #[serde(borrow)]
    pub event: Event<'a>,
    /// How often the node was polled then: not to the end, if its process died.
    pub polls: u8,
    /// The low bits of the hash of all that the node has said so far: what differs is noticed at
    /// once.
    pub check: u8,
}

/// What happens to a node.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub enum Event<'a> {
    /// It has a log without entries.
    Log {
        /// What that begins behind.
        snapshot: LogId,
        /// How many entries there is room for.
        capacity: u64,
    },
    /// There is one more entry in its log.
    Entry {
        /// Of this term.
        term: u64,
        /// Of so many bytes.
        size: u8,
    },
    /// Its log has another capacity.
    Capacity(u64),
    /// Its log is compacted up to here.
    Compact(u64),
    /// Its process starts.
    Start(Start),
    /// A message arrives.
    Message {
        /// When.
        now_us: u64,
        /// From whom.
        from: NodeId,
        /// What it says.
        message: Message,
        /// The sizes of those of its entries that were appended.
        sizes: &'a [u8],
    },
    /// The deadline is over, or is said to be.
    Timeout {
        /// When.
        now_us: u64,
    },
    /// The host proposes.
    Propose {
        /// When.
        now_us: u64,
        /// So many entries.
        count: u64,
        /// Of so many bytes each.
        size: u8,
    },
    /// The host reads.
    Read {
        /// When.
        now_us: u64,
    },
    /// A write is said to be durable.
    Persisted(u64),
    /// Entries are said to be applied.
    Applied(u64),
    /// Nothing, any more.
    End {
        /// The hash of all that the node has said.
        hash: u64,
    },
}

/// How a process starts.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Start {
    /// When.
    pub(crate) now_us: u64,
    cluster: u64,
    id: NodeId,
    seed: u64,
    election_timeout_us: u64,
    heartbeat_us: u64,
    max_entry_bytes: u32,
    max_message_bytes: u32,
    window_entries: u64,
    window_bytes: u32,
    /// What was on the disk, if there was something.
    pub(crate) recovered: Option<Recovered>,
}

impl Start {
    /// A start with this configuration.
    #[must_use]
    #[allow(dead_code)] // firmware only plays
    #[allow(clippy::cast_possible_truncation)] // all sizes are small
    pub(crate) const fn new(now_us: u64, config: &Config, recovered: Option<Recovered>) -> Self {
        Self {
            now_us,
            cluster: config.cluster,
            id: config.id,
            seed: config.seed,
            election_timeout_us: config.election_timeout_us,
            heartbeat_us: config.heartbeat_us,
            max_entry_bytes: config.max_entry_bytes as u32,
            max_message_bytes: config.max_message_bytes as u32,
            window_entries: config.window_entries,
            window_bytes: config.window_bytes as u32,
            recovered,
        }
    }

    /// The configuration of the process.
    #[must_use]
    pub(crate) fn config(&self) -> Config {
        let mut config = Config::new(self.cluster, self.id, self.seed);
        config.election_timeout_us = self.election_timeout_us;
        config.heartbeat_us = self.heartbeat_us;
        config.max_entry_bytes = self.max_entry_bytes as usize;
        config.max_message_bytes = self.max_message_bytes as usize;
        config.window_entries = self.window_entries;
        config.window_bytes = self.window_bytes as usize;
        config
    }
}

/// A hash of what a node has said. It takes every number as 64 bits, so that it is the same on
/// every target.
#[derive(Clone, Copy, Debug, Default)]
pub struct Digest(Trace);

impl Digest {
    /// Notes what a call or a poll has given.
    pub fn note(&mut self, said: impl Hash) {
        said.hash(self);
    }

    /// Notes what a node was polled for; at the end of that, its deadline and its status, too.
    pub fn note_poll<const V: usize, const W: usize, E: Election>(
        &mut self,
        output: Option<&Output<E::Said>>,
        raft: &Raft<V, W, E>,
    ) {
        self.note(output);
        if output.is_none() {
            self.note((raft.poll_timeout(), raft.status()));
        }
    }

    /// The low bits.
    #[must_use]
    #[allow(clippy::cast_possible_truncation)] // only the low bits are asked for
    pub fn check(&self) -> u8 {
        self.finish() as u8
    }
}

impl Hasher for Digest {
    fn finish(&self) -> u64 {
        self.0.hash()
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&byte| self.write_u8(byte));
    }

    fn write_u8(&mut self, number: u8) {
        self.0.note(number.into());
    }

    fn write_u32(&mut self, number: u32) {
        self.0.note(number.into());
    }

    fn write_u64(&mut self, number: u64) {
        self.0.note(number);
    }

    fn write_usize(&mut self, number: usize) {
        self.0.note(number as u64);
    }

    fn write_isize(&mut self, number: isize) {
        self.0.note(number as u64);
    }
}

//! What a node is told once.

use core::fmt;

use super::Message;
use crate::NodeId;

/// How a node behaves: its name, its patience and its limits.
///
/// All nodes of a cluster should have the same timeouts and limits.
///
/// ```
/// use synod_consensus_core::{NodeId, raft::Config};
///
/// let config = Config { election_timeout_us: 300_000, ..Config::new(7, NodeId(1), 0x5eed) };
/// assert_eq!(config.check(), Ok(()));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Config {
    /// Names the cluster. A message of another one is refused.
    pub cluster: u64,
    /// Names this node.
    pub id: NodeId,
    /// Where chance comes from, together with the id: use a new one for each start, such as a
    /// count of starts. Only how soon elections are won rests on it, nothing that must be
    /// right. (In Multi-Paxos, reads on followers rest on it, too: no two starts of a node that
    /// takes such reads may have the same low 24 bits.)
    pub seed: u64,
    /// The least time without a leader, in microseconds, after which a node stands for election;
    /// the wait is drawn from this up to twice this, anew for each leader and each attempt. Choose
    /// at least ten round trips and writes.
    pub election_timeout_us: u64,
    /// The time between two heartbeats of a leader, in microseconds.
    pub heartbeat_us: u64,
    /// The largest payload of an entry, in bytes.
    pub max_entry_bytes: usize,
    /// The largest message in postcard, payloads included, in bytes: at least
    /// [`Message::MAX_BYTES`] + [`Message::MAX_ENTRY_OVERHEAD`] + `max_entry_bytes`. (A snapshot
    /// is the host's to cut up.)
    pub max_message_bytes: usize,
    /// How many entries a leader sends to a follower beyond those that it has acknowledged, and so
    /// in one message: at most what followers have room for when they decode it.
    pub window_entries: u64,
    /// How many bytes of messages with entries may be on their way to a follower when another one
    /// is sent.
    pub window_bytes: usize,
}

impl Config {
    /// The settings of a local network: elections after 150 to 300 ms, heartbeats each 30 ms,
    /// entries of up to 64 KiB in messages of up to 1 MiB, and four such messages on their way.
    #[must_use]
    pub const fn new(cluster: u64, id: NodeId, seed: u64) -> Self {
        Self {
            cluster,
            id,
            seed,
            election_timeout_us: 150_000,
            heartbeat_us: 30_000,
            max_entry_bytes: 0x1_0000,
            max_message_bytes: 0x10_0000,
            window_entries: 0x1_0000,
            window_bytes: 0x40_0000,
        }
    }

    /// Whether a node can live with it.
    ///
    /// # Errors
    ///
    /// [`ConfigError`], the first that applies.
    pub const fn check(&self) -> Result<(), ConfigError> {
        if self.heartbeat_us == 0 || self.heartbeat_us > self.election_timeout_us / 2 {
            return Err(ConfigError::Timeouts);
        }
        let framing = Message::MAX_BYTES.saturating_add(Message::MAX_ENTRY_OVERHEAD);
        if self.max_message_bytes < framing.saturating_add(self.max_entry_bytes) {
            return Err(ConfigError::MessageTooSmall);
        }
        if self.window_entries == 0 || self.window_bytes == 0 {
            return Err(ConfigError::Window);
        }
        Ok(())
    }
}

/// Why a configuration is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum ConfigError {
    /// Heartbeats must have a period, of at most half the election timeout, or followers will not
    /// wait for them.
    Timeouts,
    /// The largest entry does not fit into the largest message. See [`Config::max_message_bytes`].
    MessageTooSmall,
    /// A window of nothing lets nothing be sent. Choose at least 1.
    Window,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Timeouts => "the heartbeat must be from 1 us to half the election timeout",
            Self::MessageTooSmall => "the largest entry does not fit into the largest message",
            Self::Window => "a window is 0",
        })
    }
}

impl core::error::Error for ConfigError {}

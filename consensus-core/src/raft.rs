//! Raft: a replicated log under an elected leader.
//!
#![doc = include_str!("raft/HOST.md")]

mod ballot_body;
mod batch;
mod canonical;
mod config;
mod door;
mod durability;
mod election;
mod entry;
mod error;
mod fate;
mod flights;
mod following;
mod hard_state;
#[cfg(feature = "alloc")]
mod heap_log;
mod leading;
mod log;
mod log_id;
mod machine;
mod meeting;
mod message;
mod output;
mod payload;
mod peer;
mod poll;
mod progress;
mod propose;
mod quorum_reads;
mod reads;
mod receive;
mod recovering;
pub mod replica;
mod retain;
mod ring;
mod ring_log;
mod rule;
mod said;
mod sending;
mod start;
mod state;
mod status;
pub mod storage_kit;
mod term_log;
mod writes;

pub use ballot_body::BallotBody;
pub use config::{Config, ConfigError};
pub use entry::{Entries, Entry};
pub use error::{AppliedError, MessageError, PersistedError, ProposeError, ReadError, StartError};
pub use fate::{Fate, Outcome};
pub use hard_state::HardState;
#[cfg(feature = "alloc")]
pub use heap_log::HeapLog;
pub use log::{Log, LogFull};
pub use log_id::LogId;
pub use machine::Raft;
pub use message::{Body, Message};
pub use output::{Change, Output, Write};
pub use payload::Payload;
pub use reads::ReadToken;
pub use replica::Replica;
pub use ring_log::RingLog;
pub use rule::{ByBallots, ByVotes, Election};
pub use said::{Never, Said};
pub use start::Recovered;
pub use status::{Leadership, PeerStatus, Replication, Role, Status};
pub use term_log::TermLog;

//! Raft: a replicated log under an elected leader.
#![doc = include_str!("raft/HOST.md")]

mod canonical;
mod config;
mod durability;
mod election;
mod error;
mod fate;
mod flights;
mod following;
mod hard_state;
mod leading;
mod log_id;
mod machine;
mod message;
mod output;
mod peer;
mod poll;
mod propose;
mod random;
mod reads;
mod receive;
mod role;
mod start;
mod status;
mod term_log;
mod voters;
mod writes;

pub use canonical::Canonical;
pub use config::{Config, ConfigError};
pub use error::{AppliedError, MessageError, PersistedError, ProposeError, ReadError, StartError};
pub use fate::Fate;
pub use hard_state::HardState;
pub use log_id::LogId;
pub use machine::Raft;
pub use message::{Body, Message};
pub use output::{Change, Output, Write};
pub use reads::ReadToken;
pub use start::Recovered;
pub use status::{Leadership, PeerStatus, Replication, Role, Status};
pub use term_log::TermLog;
pub use voters::{Voters, VotersError};

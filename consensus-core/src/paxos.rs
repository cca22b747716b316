//! Single-decree Paxos: agreeing on one value.
#![doc = include_str!("paxos/HOST.md")]

mod acceptor;
mod canonical;
mod config;
mod door;
mod error;
mod learner;
mod message;
mod proposer;
mod record;

pub use acceptor::{Acceptor, AcceptorOutput};
pub use canonical::Canonical;
pub use config::{Config, ConfigError};
pub use error::MessageError;
pub use learner::{Learner, LearnerOutput};
pub use message::{Body, Message, Role};
pub use proposer::{Phase, Proposer, ProposerOutput};
pub use record::{BrokenRecord, Record};

//! Single-decree Paxos: agreeing on one value.
//!
#![doc = include_str!("paxos/HOST.md")]

mod acceptor;
mod canonical;
mod door;
mod error;
mod learner;
mod message;
mod proposer;
mod record;
mod rounds;

pub use crate::config::{Config, ConfigError};
pub use acceptor::{Acceptor, AcceptorOutput};
pub use error::MessageError;
pub use learner::{Learner, LearnerOutput};
pub use message::{Body, Message, Role};
pub use proposer::{Phase, Proposer, ProposerOutput};
pub use record::{BrokenRecord, Record};

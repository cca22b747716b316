//! CASPaxos: a value that is agreed on, without a log and without a leader.
//!
#![doc = include_str!("register/HOST.md")]

mod canonical;
mod change;
mod error;
mod machine;
mod membership;
mod message;
mod output;
mod owed;
mod poll;
mod propose;
mod reads;
mod receive;
mod record;
mod remember;
mod start;
mod state;
mod task;

pub use crate::config::{Config, ConfigError};
pub use change::{Change, Effect, Update};
pub use error::{ChangeError, MessageError, ReadError, ReconfigureError};
pub use machine::Register;
pub use membership::{Member, Membership, Part};
pub use message::{Body, Message};
pub use output::{Outcome, Output, ReadToken};
pub use record::{BrokenRecord, Record};
pub use state::{Accepted, State};
pub use task::Cancelled;

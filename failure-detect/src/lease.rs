//! Leases: who may act alone, for how long, and with which number.

mod config;
mod drift;
mod error;
mod grantor;
mod grants;
mod holder;
mod message;
mod output;
mod phase;
mod resource;
mod token;

pub use config::{LeaseConfig, LeaseConfigError};
pub use error::{ReplyError, RequestError};
pub use grantor::{Grantor, GrantorConfig};
pub use holder::Lease;
pub use message::{LeaseBody, LeaseMessage};
pub use output::{GrantorOutput, LeaseOutput};
pub use resource::{FencedResource, StaleToken};
pub use token::FencingToken;

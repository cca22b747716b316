//! Commands, as far as the log and the state know them.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

/// A command that goes through the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Write {
    /// Nothing but the time: keys end.
    Tick,
    /// Gives each of these keys a value.
    MSet(Vec<(Bytes, Bytes)>),
}

/// A command that only looks at the state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Read {
    /// The value of a key.
    Get(Bytes),
}

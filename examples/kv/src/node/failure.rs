//! Why a node stops.

use std::fmt;

use crate::node::storage::StorageError;

/// Why a node stops, if it was not asked to.
#[derive(Debug)]
#[non_exhaustive]
pub(crate) enum Failure {
    /// Its disk has failed.
    Disk(StorageError),
    /// Something that must go on has ended.
    Ended(&'static str),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Disk(error) => error.fmt(f),
            Self::Ended(what) => write!(f, "{what} has ended"),
        }
    }
}

impl std::error::Error for Failure {}

//! Answers to clients.

use std::borrow::Cow;

use bytes::Bytes;

/// An answer, as Redis has them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// A short word, such as `OK`.
    Simple(&'static str),
    /// What went wrong, with a prefix in capitals.
    Error(Cow<'static, str>),
    /// A number.
    Integer(i64),
    /// A value.
    Bulk(Bytes),
    /// There is no such value.
    Nil,
    /// Several answers.
    Array(Vec<Self>),
}

impl Reply {
    /// It is done.
    pub const OK: Self = Self::Simple("OK");
    /// The command was not applied and will not be: there is nobody who could order it.
    pub const NO_LEADER: Self = Self::error("CLUSTERDOWN no leader: the command was not applied");
    /// Nobody knows what became of the command.
    pub const UNKNOWN: Self =
        Self::error("UNKNOWN the command may be applied, now or later, or never");
    /// An argument, or a value, that should be a number is none, or too large.
    pub const NOT_AN_INTEGER: Self = Self::error("ERR value is not an integer or out of range");

    /// An error with this text.
    #[must_use]
    pub const fn error(text: &'static str) -> Self {
        Self::Error(Cow::Borrowed(text))
    }

    /// A value that is this text.
    #[must_use]
    pub fn bulk(text: &str) -> Self {
        Self::Bulk(Bytes::copy_from_slice(text.as_bytes()))
    }

    /// How many there are.
    #[must_use]
    pub fn count(count: usize) -> Self {
        Self::Integer(count.try_into().unwrap_or(i64::MAX))
    }
}

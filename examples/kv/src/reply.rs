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
    pub const NO_LEADER: Self =
        Self::Error(Cow::Borrowed("CLUSTERDOWN no leader: the command was not applied"));
    /// Nobody knows what became of the command.
    pub const UNKNOWN: Self =
        Self::Error(Cow::Borrowed("UNKNOWN the command may be applied, now or later, or never"));
}

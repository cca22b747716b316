//! Why a message is refused.

use core::fmt;

/// Why a [`Grantor`](crate::Grantor) does not take a message. It is as it was, but for the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum RequestError {
    /// It is about something else. Give it to the grantor of that.
    WrongResource,
    /// It is an answer, which a [`Lease`](crate::Lease) takes. Drop it.
    NotARequest,
    /// It asks for longer than this grantor grants. Drop it, and mend one of the configurations.
    TooLong {
        /// The longest that is granted.
        max_duration_us: u64,
    },
}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WrongResource => f.write_str("a request for another resource"),
            Self::NotARequest => f.write_str("an answer came to a grantor"),
            Self::TooLong { max_duration_us } => {
                write!(f, "a lease of more than {max_duration_us} microseconds was asked for")
            }
        }
    }
}

impl core::error::Error for RequestError {}

/// Why a [`Lease`](crate::Lease) does not take a message. It is as it was, but for the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum ReplyError {
    /// It is about something else. Give it to the lease of that.
    WrongResource,
    /// Its sender is none of the grantors. Drop it.
    Stranger,
    /// It is a request, which a [`Grantor`](crate::Grantor) takes. Drop it.
    NotAReply,
    /// It is a duplicate, or an answer to an earlier round or start. Ordinary after an attempt that
    /// failed: drop it.
    Stale,
    /// It answers what was never asked. Drop it; look for corruption if it happens again.
    Malformed,
}

impl fmt::Display for ReplyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::WrongResource => "an answer about another resource",
            Self::Stranger => "an answer of a stranger",
            Self::NotAReply => "a request came to a holder",
            Self::Stale => "an answer that comes too late, or twice",
            Self::Malformed => "an answer to what was never asked",
        })
    }
}

impl core::error::Error for ReplyError {}

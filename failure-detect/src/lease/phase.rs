//! Where a holder is.

use crate::FencingToken;

/// What a holder is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub(super) enum Phase {
    /// The host does not want the lease.
    Idle,
    /// Until the next attempt.
    Pausing,
    /// Until a quorum grants it, or the attempt fails.
    Asking(FencingToken),
    /// A quorum has granted it.
    Holding(FencingToken),
}

impl Phase {
    /// The token that is held.
    pub(super) const fn held(self) -> Option<FencingToken> {
        match self {
            Self::Holding(token) => Some(token),
            _ => None,
        }
    }

    /// The token that is asked for, or held.
    pub(super) const fn current(self) -> Option<FencingToken> {
        match self {
            Self::Asking(token) | Self::Holding(token) => Some(token),
            _ => None,
        }
    }
}

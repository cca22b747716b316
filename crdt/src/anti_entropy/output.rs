//! What a machine gives back.

use core::fmt;

use synod_clocks::CausalContext;

use super::Message;
use crate::{Delta, MergeError, Source, State};

type Events<S> = CausalContext<<S as Source>::Id, <S as Source>::Ranges>;
type Outgoing<'a, S> = Message<<S as Source>::Id, Events<S>, Delta<'a, S>>;

/// What the host is to do.
#[derive(Clone)]
pub enum Output<'a, S: State> {
    /// Send a message. It may be lost.
    Send {
        /// To whom.
        to: S::Id,
        /// What: encode it with postcard, or as you like.
        message: Outgoing<'a, S>,
    },
    /// A peer knows an event of this replica, `latest`, that is later than all that this state has:
    /// it was restored from an old backup, or lost what it had written, or another replica uses its
    /// id. Do not write under this id: what is written may have the name of another event. Take a
    /// new id; or, if nobody else can use this one and you know a number that it has never issued,
    /// [`resume`](crate::Causal::resume) there, and start the machine anew.
    Outdated {
        /// The peer.
        told_by: S::Id,
        /// The number of the event.
        latest: u64,
    },
    /// A peer has heard of a later start of this replica, `boot`: the count of starts was restored
    /// from a backup, or another process uses this id. No peer listens to this start. Make the
    /// machine anew, with a larger number than that.
    Superseded {
        /// The peer.
        told_by: S::Id,
        /// The number of that start.
        boot: u32,
    },
}

impl<S: State<Id: fmt::Debug>> fmt::Debug for Output<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Send { to, message } => {
                f.debug_struct("Send").field("to", to).field("message", message).finish()
            }
            Self::Outdated { told_by, latest } => {
                let mut outdated = f.debug_struct("Outdated");
                outdated.field("told_by", told_by).field("latest", latest).finish()
            }
            Self::Superseded { told_by, boot } => {
                let mut superseded = f.debug_struct("Superseded");
                superseded.field("told_by", told_by).field("boot", boot).finish()
            }
        }
    }
}

#[cfg(feature = "defmt")]
impl<S: State<Id: defmt::Format>> defmt::Format for Output<'_, S> {
    fn format(&self, f: defmt::Formatter<'_>) {
        match self {
            Self::Send { to, message } => defmt::write!(f, "Send to {}: {}", to, message),
            Self::Outdated { told_by, latest } => {
                defmt::write!(f, "Outdated, told by {}: {}", told_by, latest);
            }
            Self::Superseded { told_by, boot } => {
                defmt::write!(f, "Superseded, told by {}: {}", told_by, boot);
            }
        }
    }
}

/// Why a message was refused. The state is unchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum ReceiveError<Id> {
    /// The message is of another group of replicas.
    OtherCluster,
    /// The message is for another replica.
    NotForMe,
    /// The sender is no peer of this replica.
    UnknownPeer,
    /// The message is of an earlier start of the sender, or for none of this replica, or an
    /// earlier. Nothing is to be done.
    Stale,
    /// What it says cannot be merged; it comes again. The error says what to do.
    Merge(MergeError<Id>),
}

impl<Id: fmt::Debug> fmt::Display for ReceiveError<Id> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherCluster => f.write_str("the message is of another cluster"),
            Self::NotForMe => f.write_str("the message is for another replica"),
            Self::UnknownPeer => f.write_str("the sender is no peer"),
            Self::Stale => f.write_str("the message is of an earlier start"),
            Self::Merge(error) => error.fmt(f),
        }
    }
}

impl<Id: fmt::Debug> core::error::Error for ReceiveError<Id> {}

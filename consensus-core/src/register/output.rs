//! What the host is to do.

use super::{Message, Record, State};
use crate::{Ballot, NodeId};

/// Something that the host is to do, in the order in which it was polled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[must_use]
pub enum Output<'a, V, const N: usize> {
    /// Write this to the disk in place of the record before it, as a whole, and report it with
    /// [`handle_persisted`](super::Register::handle_persisted) when it would survive a power cut.
    Write {
        /// Its name. Each is one more than the last.
        id: u64,
        /// The record.
        record: &'a Record<V, N>,
    },
    /// Send this.
    Send {
        /// To whom.
        to: NodeId,
        /// What.
        message: Message<&'a V, N>,
    },
    /// What became of the change, the reconfiguration or the wish to forget that was under way. (A
    /// wish that came true ends with [`Forget`](Self::Forget) instead.)
    Outcome(Outcome<'a, V, N>),
    /// All reads of this token and of those before it may be answered with this state.
    Read {
        /// The token.
        token: ReadToken,
        /// What the register holds: no older than any change that was told to be made before the
        /// reads began.
        state: State<&'a V, N>,
    },
    /// All members know that there is no value: hand this register nothing more, and drop it with its
    /// record when the disk has the floor. Its members, [`latest`](super::Register::latest) has until
    /// then.
    Forget {
        /// Whoever begins a register of this instance anew on this node begins it with this floor,
        /// or a higher one. One floor may serve all registers that a node has forgotten: the
        /// highest of theirs.
        floor: Ballot,
    },
}

/// What became of what a node wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Outcome<'a, V, const N: usize> {
    /// The change is made. It was made once.
    Changed {
        /// The version that it made.
        version: Ballot,
    },
    /// The register is as it was: the change [kept](super::Effect::Keep) it, as
    /// [`PutIf`](super::Update::PutIf) does where the version is another one; or the members cannot
    /// be those asked for, as there is no room; or it has a value and so is not to be forgotten.
    Kept(State<&'a V, N>),
    /// The members are those asked for.
    Reconfigured,
    /// The change may have been made, of the value or of the members, and was overtaken by another one
    /// since: what the register holds says no more. It will not be made from now on.
    Unknown,
    /// No round is left for a ballot that could win: somebody has used the last one.
    Exhausted,
}

/// Names reads: all that were asked for since the one before it. They count from 1 in each life of a
/// node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct ReadToken(pub(super) u64);

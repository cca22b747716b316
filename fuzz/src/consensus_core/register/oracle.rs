//! What clients were told: one history of one register.

use std::collections::BTreeMap;

use synod_consensus_core::{
    Ballot,
    register::{Change, Effect},
};

use super::wire::Held;

/// What a client wants of the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Op {
    /// Turns a bit that nobody else turns: if it is turned twice, it is gone.
    Turn(u64),
    Look,
    Delete,
}

impl Change for Op {
    type Value = u64;

    fn apply(&self, value: Option<&u64>, _: Option<Ballot>) -> Effect<u64> {
        match self {
            Self::Turn(bit) => Effect::Put(value.unwrap_or(&0) ^ bit),
            Self::Look => Effect::Keep,
            Self::Delete => Effect::Delete,
        }
    }
}

/// What had been told when a client began.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Since {
    version: Option<Ballot>,
    made: u64,
}

/// Sees all that is proposed, written and told.
#[derive(Debug, Default)]
pub(super) struct Oracle {
    told: Since,
    /// The state that goes by each ballot.
    proposed: BTreeMap<Ballot, Held>,
    /// The value that goes by each version.
    values: BTreeMap<Ballot, Option<u64>>,
    bits: u32,
    /// Bits may be gone.
    is_deleted: bool,
    /// Versions may be gone.
    pub(super) is_forgotten: bool,
    /// Somebody was believed who lied: there need be no agreement any more.
    pub(super) is_deceived: bool,
}

impl Oracle {
    pub(super) const fn now(&self) -> Since {
        self.told
    }

    /// A client wants this, if there are bits left.
    pub(super) fn op(&mut self, kind: u8) -> Option<Op> {
        match kind % 8 {
            0 => Some(Op::Look),
            1 => {
                self.is_deleted = true;
                Some(Op::Delete)
            }
            _ => {
                let bit = 1_u64.checked_shl(self.bits)?;
                self.bits += 1;
                Some(Op::Turn(bit))
            }
        }
    }

    /// A node asks to accept this.
    pub(super) fn propose(&mut self, ballot: Ballot, state: Held) {
        let by_ballot = *self.proposed.entry(ballot).or_insert(state);
        assert_eq!(by_ballot, state, "two states under {ballot}");
        self.hold(&state);
    }

    /// This state is on somebody's disk, or on the wire.
    pub(super) fn hold(&mut self, state: &Held) {
        if self.is_deceived {
            return;
        }
        match state.version {
            Some(version) => {
                let value = *self.values.entry(version).or_insert(state.value);
                assert_eq!(value, state.value, "two values of {version}");
            }
            None => assert_eq!(state.value, None),
        }
    }

    /// A client is told what the register holds.
    pub(super) fn see(&mut self, state: &Held, since: Since) {
        if self.is_deceived {
            return;
        }
        self.hold(state);
        assert!(self.is_forgotten || state.version >= since.version, "back in time");
        let value = state.value.unwrap_or(0);
        assert!(self.is_deleted || value & since.made == since.made, "a change is lost");
        self.told.version = self.told.version.max(state.version);
    }

    /// A client is told that this is made.
    pub(super) fn make(&mut self, op: Op, version: Ballot, since: Since) {
        if self.is_deceived {
            return;
        }
        assert!(Some(version) > since.version, "a change goes back in time");
        match op {
            Op::Turn(bit) => self.told.made |= bit,
            Op::Delete => assert_eq!(self.values.get(&version), Some(&None)),
            Op::Look => panic!("nothing was to change"),
        }
        self.told.version = self.told.version.max(Some(version));
    }
}

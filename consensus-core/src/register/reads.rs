//! Reads that share a round.

use super::ReadToken;

/// Which reads wait, and which may be answered. Rounds are numbered: a read is answered by a round
/// that began after it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Reads {
    /// The round that began last.
    round: u64,
    /// The round that the latest read waits for.
    wanted: u64,
    /// The reads up to this round are answered.
    answered: u64,
    /// That is yet to be told.
    untold: bool,
}

impl Reads {
    /// One more. `None` if no round is left for it.
    pub(super) fn add(&mut self) -> Option<ReadToken> {
        self.wanted = self.round.checked_add(1)?;
        Some(ReadToken(self.wanted))
    }

    /// Whether some wait.
    pub(super) const fn is_waiting(&self) -> bool {
        self.wanted > self.answered
    }

    /// Whether some may be answered.
    pub(super) const fn is_ready(&self) -> bool {
        self.untold
    }

    /// The round that began last.
    pub(super) const fn round(&self) -> u64 {
        self.round
    }

    /// A round begins, for all that wait.
    pub(super) const fn begin(&mut self) {
        self.round = self.round.saturating_add(1);
    }

    /// The round that began last has told what the register holds.
    pub(super) const fn succeed(&mut self) {
        if self.is_waiting() {
            self.answered = self.round;
            self.untold = true;
        }
    }

    /// Which may be answered, told once.
    pub(super) fn poll(&mut self) -> Option<ReadToken> {
        core::mem::take(&mut self.untold).then_some(ReadToken(self.answered))
    }
}

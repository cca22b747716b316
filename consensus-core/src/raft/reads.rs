//! Reads that are linearizable without an entry in the log.

/// Stands for a read until it may be answered. Tokens of one term are ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct ReadToken {
    /// The term in which it was taken.
    pub term: u64,
    /// The round of messages that confirms it.
    pub round: u64,
}

/// A round that a quorum has confirmed, and the index that must be applied before it is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Confirmed {
    round: u64,
    index: u64,
}

/// The reads of a leader, or of a follower with ballots: each joins a round of messages that begins
/// after it, and is confirmed when a quorum has answered that round. (Thesis, section 6.4.)
///
/// A round is a number of the node's own, so an answer can never confirm another's reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Reads {
    round: u64,
    /// Whether a message of this round may have left.
    sent: bool,
    /// No read has begun with this round.
    renewal: bool,
    /// The latest round that was told, or is to be told.
    confirmed: u64,
    /// What waits for its index, and what comes behind it.
    waiting: Option<Confirmed>,
    behind: Option<Confirmed>,
}

impl Reads {
    /// Rounds that only this life of the node has, for 2⁴⁰ of them: late answers to an earlier life
    /// must not confirm any.
    pub(super) const fn of_life(seed: u64) -> Self {
        Self::of_rounds_behind(seed << 40)
    }

    /// None will be answered. Their rounds are not used again.
    pub(super) const fn abandon(&mut self) {
        *self = Self::of_rounds_behind(self.round);
    }

    const fn of_rounds_behind(round: u64) -> Self {
        Self { round, sent: true, renewal: false, confirmed: round, waiting: None, behind: None }
    }

    /// The latest round.
    pub(super) const fn round(&self) -> u64 {
        self.round
    }

    /// A message of the latest round leaves.
    pub(super) const fn mark_sent(&mut self) {
        self.sent = true;
    }

    /// The round of a read that begins now, and whether it is a new one.
    pub(super) fn join(&mut self) -> Option<(u64, bool)> {
        let sent = self.sent && !cfg!(synod_planted = "r12");
        let new = sent || !self.is_open();
        if new {
            self.round = self.round.checked_add(1)?;
            self.sent = false;
            self.renewal = false;
        }
        Some((self.round, new))
    }

    /// Whether a round is waiting to be confirmed.
    pub(super) const fn is_open(&self) -> bool {
        self.round > self.confirmed
    }

    /// A quorum has answered this round. All that was committed before it is up to `index`.
    pub(super) fn confirm(&mut self, round: u64, index: u64) {
        if round <= self.confirmed {
            return;
        }
        self.confirmed = round;
        let confirmed = Some(Confirmed { round, index });
        if self.waiting.is_none() {
            self.waiting = confirmed;
        } else {
            self.behind = confirmed;
        }
    }

    /// Asks anew for the index of what waits. No read joins this round.
    pub(super) fn renew(&mut self) {
        if let Some(round) = self.round.checked_add(1) {
            self.round = round;
            self.sent = true;
            self.renewal = true;
        }
    }

    /// A quorum has answered this round, the logs of which are so long: no more than that need be
    /// applied for those before it, either.
    pub(super) fn confirm_anew(&mut self, round: u64, index: u64) {
        for earlier in [&mut self.waiting, &mut self.behind].into_iter().flatten() {
            earlier.index = earlier.index.min(index);
        }
        if self.renewal {
            self.confirmed = round;
        } else {
            self.confirm(round, index);
        }
    }

    /// Whether a round was confirmed with an index that is not committed.
    pub(super) fn is_ahead(&self, commit: u64) -> bool {
        self.waiting.is_some_and(|waiting| waiting.index > commit)
    }

    /// Whether no round may be answered, given what is applied.
    #[inline]
    pub(super) fn is_idle(&self, applied: u64) -> bool {
        self.waiting.is_none_or(|waiting| waiting.index > applied)
    }

    /// The latest round that may be answered, given what is applied.
    #[inline]
    pub(super) fn poll(&mut self, applied: u64) -> Option<u64> {
        let ready = self.waiting.filter(|waiting| waiting.index <= applied)?;
        self.waiting = self.behind.take();
        Some(ready.round)
    }
}

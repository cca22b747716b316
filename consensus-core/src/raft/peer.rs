//! What a node keeps for each voter.

use super::{Body, Config, TermLog, flights::Flights};

/// One voter's record. A node has one for itself, too, of which it uses little.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Peer<const WINDOW: usize> {
    /// The answer that it is owed.
    pub(super) reply: Option<Reply>,
    /// Whether it is owed a request: for a vote, a heartbeat, or what a candidate or a read needs.
    pub(super) ask: bool,
    /// How the leader sends to it.
    pub(super) pace: Pace,
    /// Up to where its log is known to be the leader's, and durable; at a follower that reads, how
    /// long it was when `round` was answered.
    pub(super) matched: u64,
    /// The first entry to be sent to it.
    pub(super) next: u64,
    /// The commit index that it was told last.
    pub(super) commit_told: u64,
    /// The latest round that it has answered.
    pub(super) round: u64,
    pub(super) flights: Flights<WINDOW>,
}

/// An answer that is not about the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Reply {
    PreVote {
        granted: bool,
        asked: u64,
    },
    /// Whether it is granted is in the hard state.
    Vote,
    /// What a candidate lacks.
    Suffix,
    /// The last index, for a read of this round.
    Read {
        round: u64,
    },
    Outdated,
}

/// How a leader sends to a follower.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Pace {
    /// One message at a time, until the logs are known to meet.
    Probe { sent: bool },
    /// As many as the window allows.
    Pipeline,
    /// A snapshot of all up to this index is on its way, or to be sent again.
    Snapshot { index: u64, sent: bool },
}

impl<const WINDOW: usize> Peer<WINDOW> {
    /// A peer of which a new leader knows nothing, and tries what is behind `last`.
    pub(super) const fn new(last: u64) -> Self {
        Self {
            reply: None,
            ask: false,
            pace: Pace::Probe { sent: false },
            matched: 0,
            next: last.saturating_add(1),
            commit_told: 0,
            round: 0,
            flights: Flights::new(),
        }
    }

    /// The logs may not meet where it was thought: go back to this index, one message at a time.
    pub(super) fn probe(&mut self, next: u64) {
        self.pace = Pace::Probe { sent: false };
        self.next = next.max(self.matched.saturating_add(1));
        self.flights = Flights::new();
    }

    /// The logs meet: send on from behind what the follower has.
    pub(super) fn pipeline(&mut self) {
        self.pace = Pace::Pipeline;
        self.next = self.matched.saturating_add(1);
        self.flights = Flights::new();
    }

    /// How many entries the window has room for.
    pub(super) fn room(&self, config: &Config) -> u64 {
        if self.flights.is_full() || self.flights.bytes() >= config.window_bytes {
            return 0;
        }
        let sent = self.next.saturating_sub(1).saturating_sub(self.matched);
        config.window_entries.saturating_sub(sent)
    }

    /// Tells it how far the log is committed. It could not commit more than it has; once it has
    /// more, it is told.
    pub(super) fn tell_commit<X>(&mut self, commit: u64, body: &mut Body<X>) -> bool {
        if commit.min(self.matched) <= self.commit_told {
            return false;
        }
        self.commit_told = commit;
        *body = Body::Commit { commit };
        true
    }

    /// The log no longer has what comes next, so the snapshot must do, if the log is as it should
    /// be.
    #[cold]
    pub(super) fn send_snapshot<X>(&mut self, body: &mut Body<X>, log: &impl TermLog) -> bool {
        let last = log.snapshot();
        if last.index < self.next {
            return false;
        }
        self.pace = Pace::Snapshot { index: last.index, sent: true };
        self.flights = Flights::new();
        *body = Body::Snapshot { last };
        true
    }
}

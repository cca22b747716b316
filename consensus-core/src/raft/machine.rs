//! The state of a node.

use synod_quorum::NodeSet;

use super::{
    ByVotes, Change, Config, Election, HardState, LogId, TermLog, error::HostError, fate::Fates,
    peer::Peer, reads::Reads, state::State, writes::Writes,
};
use crate::{Members, random::Random};

/// Whether what is usual is looked for before what is general. Elsewhere flash is dearer than time.
pub(super) const QUICK: bool = cfg!(target_pointer_width = "64");

/// One voter of a cluster of Raft, or of [`multi_paxos`](crate::multi_paxos).
///
/// `E` is the rule by which it elects a leader: Raft's, if none is named; that of Multi-Paxos, if it
/// is [`ByBallots`](super::ByBallots).
///
/// `VOTERS` is how many there may be, up to 64; `WINDOW` is how many messages with entries may be
/// on their way to a follower at once. The size is fixed, and at most
/// [`MAX_BYTES`](Self::MAX_BYTES). A window costs 16 bytes a message and voter. Choose how many
/// proposals are made in a round trip to a follower and the write there: 1 or 2 among boards, 8 in
/// one data centre, 64 and more between continents. Proposals beyond it wait, and leave together in
/// the next message; so a small window costs time, and no throughput to speak of.
///
/// [The module](super) has the contract of its host and the loop that drives it. No call panics,
/// whatever its arguments and whatever the log says. Calls are O(`VOTERS`), the commit index
/// O(`VOTERS`²) at worst (with quorums of your own, as their system says), apart from the host's
/// log, which is asked O(log n) times about n entries where logs differ, and for the size of each
/// entry that is sent.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Raft<const VOTERS: usize, const WINDOW: usize, E: Election = ByVotes> {
    pub(super) config: Config,
    pub(super) voters: Members<VOTERS, E::System>,
    /// This node's place among the voters.
    pub(super) me: usize,
    pub(super) random: Random,
    pub(super) now_us: u64,

    pub(super) hard_state: HardState,
    pub(super) writes: Writes,
    /// The last entry of the log in memory.
    pub(super) last: LogId,
    pub(super) commit: u64,
    /// What was given out to be applied.
    pub(super) released: u64,
    pub(super) applied: u64,
    /// How the log is to change, until it is polled.
    pub(super) change: Option<Change>,
    /// The log had no room, which is yet to be told.
    pub(super) log_was_full: bool,

    pub(super) state: State,
    /// Of a leader, when it checks that a quorum hears it; of others, when they stand for
    /// election.
    pub(super) deadline_us: u64,
    /// Before this, a leader may be alive that another node does not hear.
    pub(super) quiet_until_us: u64,
    /// The role, the term or the leader have changed, which is yet to be told.
    pub(super) leadership_changed: bool,

    pub(super) peers: [Peer<WINDOW>; VOTERS],
    /// To whom something may have to be sent.
    pub(super) owed: NodeSet,
    pub(super) reads: Reads,
    pub(super) fates: Fates,
}

impl<const VOTERS: usize, const WINDOW: usize, E: Election> Raft<VOTERS, WINDOW, E> {
    /// What it takes of memory, in bytes: 640 + `VOTERS` × (112 + 16 × `WINDOW`) at most, on every
    /// machine. A node that took more would not compile.
    pub const MAX_BYTES: usize = {
        let peer = WINDOW.saturating_mul(16).saturating_add(112);
        let bytes = VOTERS.saturating_mul(peer).saturating_add(640);
        assert!(size_of::<Self>() <= bytes);
        bytes
    };

    /// Whether the host has kept its contract so far.
    #[inline]
    pub(super) fn check_host(&self, log: &impl TermLog) -> Result<(), HostError> {
        self.check_length(log)?;
        let same = log.term(self.last.index) == Some(self.last.term);
        if same { Ok(()) } else { Err(HostError::LogMismatch) }
    }

    /// The same, for a log whose entries have the terms that this node gave them.
    #[inline]
    pub(super) fn check_length(&self, log: &impl TermLog) -> Result<(), HostError> {
        if self.change.is_some() {
            return Err(HostError::Undrained);
        }
        if log.last_index() == self.last.index { Ok(()) } else { Err(HostError::LogMismatch) }
    }

    /// Time goes on, never back.
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))] // flash is dearer than time
    pub(super) fn advance_clock(&mut self, now_us: u64) {
        self.now_us = self.now_us.max(now_us);
    }

    /// A wait for an election, drawn anew for each leader and each attempt, so that two nodes do not
    /// tie for ever.
    pub(super) fn draw_deadline(&mut self) {
        let timeout_us = self.config.election_timeout_us;
        let mut wait_us = timeout_us.saturating_add(self.random.below(timeout_us));
        if cfg!(synod_planted = "r17") {
            // One of eight, and once: two of a few nodes have the same.
            let slot = self.config.seed % 8;
            wait_us = timeout_us.saturating_add(timeout_us.saturating_mul(slot) / 8);
        }
        self.deadline_us = self.now_us.saturating_add(wait_us);
    }

    pub(super) fn peer(&mut self, position: usize) -> Option<&mut Peer<WINDOW>> {
        self.peers.get_mut(position)
    }

    /// All voters but this one.
    pub(super) fn others(&self) -> NodeSet {
        let mut others = self.voters.all();
        others.remove(self.me);
        others
    }

    /// Something may have to be sent to this one.
    pub(super) fn owe(&mut self, position: usize) {
        // Every position is below 64.
        let _ = self.owed.insert(position);
    }

    /// Something may have to be sent to all others.
    pub(super) fn owe_all(&mut self) {
        self.owed = self.others();
    }
}

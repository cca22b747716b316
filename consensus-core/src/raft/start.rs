//! How a node begins.

use synod_quorum::{Majority, NodeSet};

use super::{
    Config, Election, HardState, LogId, Raft, StartError, TermLog,
    fate::Fates,
    peer::Peer,
    reads::Reads,
    rule::belongs_to,
    state::{Following, State},
    writes::Writes,
};
use crate::{Members, NodeId, random::Random};

/// What a node finds on its disk after a restart, beside the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Recovered {
    /// The hard state that was written last.
    pub hard_state: HardState,
    /// The index up to which the state that the host has restored is applied: that of the
    /// snapshot, or a later one, if the state is durable by itself.
    pub applied: u64,
}

impl<const VOTERS: usize, const WINDOW: usize, E: Election<System = Majority>>
    Raft<VOTERS, WINDOW, E>
{
    /// A node at its very first start, with an empty log. Every voter of a new cluster starts so,
    /// once, with the same voters. Among its first outputs is a write: a node whose disk has it
    /// must [`recover`](Self::recover) ever after.
    ///
    /// # Errors
    ///
    /// [`StartError`].
    pub fn bootstrap(
        config: Config,
        voters: &[NodeId],
        now_us: u64,
        log: &impl TermLog,
    ) -> Result<Self, StartError> {
        Self::bootstrap_with(config, Members::majority(voters)?, now_us, log)
    }

    /// A node after a restart, with what it finds on its disk.
    ///
    /// It may have heard of a leader a moment ago, so for one election timeout it helps nobody to
    /// depose one.
    ///
    /// # Errors
    ///
    /// [`StartError`].
    pub fn recover(
        config: Config,
        voters: &[NodeId],
        now_us: u64,
        recovered: Recovered,
        log: &impl TermLog,
    ) -> Result<Self, StartError> {
        Self::recover_with(config, Members::majority(voters)?, now_us, recovered, log)
    }
}

impl<const VOTERS: usize, const WINDOW: usize, E: Election> Raft<VOTERS, WINDOW, E> {
    /// The same as [`bootstrap`](Self::bootstrap), with a system of quorums of your own: one that
    /// elects with those of phase 1, and commits with those of phase 2.
    ///
    /// # Errors
    ///
    /// [`StartError`].
    pub fn bootstrap_with(
        config: Config,
        voters: Members<VOTERS, E::System>,
        now_us: u64,
        log: &impl TermLog,
    ) -> Result<Self, StartError> {
        if log.last_index() > 0 || log.snapshot() != LogId::START {
            return Err(StartError::NotEmpty);
        }
        let mut raft = Self::recover_with(config, voters, now_us, Recovered::default(), log)?;
        raft.writes.touch_hard_state();
        // Nobody can have heard of a leader before.
        raft.quiet_until_us = now_us;
        Ok(raft)
    }

    /// The same as [`recover`](Self::recover), with the system of quorums of the first start.
    ///
    /// # Errors
    ///
    /// [`StartError`].
    pub fn recover_with(
        config: Config,
        voters: Members<VOTERS, E::System>,
        now_us: u64,
        recovered: Recovered,
        log: &impl TermLog,
    ) -> Result<Self, StartError> {
        // Evaluated here, so that it is checked for every size that is used.
        const { assert!(Self::MAX_BYTES > 0) };
        config.check()?;
        let me = voters.position(config.id).ok_or(StartError::NotVoter)?;
        let last = check_log(log)?;
        let Recovered { hard_state, applied } = recovered;
        let votes = |vote| match voters.position(vote) {
            Some(place) => !E::BALLOTS || belongs_to(hard_state.term, place),
            None => false,
        };
        if !hard_state.vote.is_none_or(votes) {
            return Err(StartError::StrangeVote);
        }
        if hard_state.term < last.term {
            return Err(StartError::TermLost);
        }
        if applied < log.snapshot().index || applied > last.index {
            return Err(StartError::AppliedOutside);
        }
        let mut raft = Self {
            config,
            voters,
            me,
            random: Random::new(config.seed, config.id),
            now_us,
            hard_state,
            writes: Writes::new(last.index),
            last,
            commit: applied,
            released: applied,
            applied,
            change: None,
            log_was_full: false,
            state: State::Follower(Following::default()),
            deadline_us: 0,
            quiet_until_us: now_us.saturating_add(config.election_timeout_us),
            leadership_changed: true,
            peers: [Peer::new(0); VOTERS],
            owed: NodeSet::new(),
            reads: if E::BALLOTS { Reads::of_life(config.seed) } else { Reads::default() },
            fates: Fates::default(),
        };
        raft.draw_deadline();
        Ok(raft)
    }
}

/// The last entry of a log that makes sense.
fn check_log(log: &impl TermLog) -> Result<LogId, StartError> {
    let snapshot = log.snapshot();
    let index = log.last_index();
    let term = log.term(index).ok_or(StartError::BadLog)?;
    let last = LogId { term, index };
    let fits = snapshot.is_legal()
        && last.is_legal()
        // The last index of all is never reached.
        && index < u64::MAX
        && snapshot.index <= index
        && snapshot.term <= term
        && log.term(snapshot.index) == Some(snapshot.term);
    if fits { Ok(last) } else { Err(StartError::BadLog) }
}

//! Linearizable reads on a follower: it asks a quorum of phase 1 how long its logs are, and waits
//! until it has applied as much.
//!
//! What was committed before is in the log of one of them, at least: a quorum of phase 2 had it.
//!
//! Source: Charapko, Ailijiang and Demirbas, "Linearizable Quorum Reads in Paxos", HotStorage 2019.

use synod_quorum::{QuorumSystem, Quorums};

use super::{
    BallotBody, Body, Election, Raft, ReadError, ReadToken, progress::Progress, said::say,
    state::State,
};

impl<const VOTERS: usize, const WINDOW: usize, E: Election> Raft<VOTERS, WINDOW, E> {
    /// Begins a read of a follower.
    pub(super) fn read_here(&mut self, now_us: u64) -> Result<ReadToken, ReadError> {
        let (round, new) = self.reads.join().ok_or(ReadError::Exhausted)?;
        self.advance_clock(now_us);
        if new {
            self.wait_to_ask_again();
            self.ask_all();
        }
        Ok(ReadToken { term: self.hard_state.term, round })
    }

    /// Reads that have begun are given up: the leadership has changed, which is told.
    pub(super) fn abandon_reads(&mut self) {
        if E::BALLOTS {
            self.reads.abandon();
        }
    }

    /// Asks again those who have not answered; or all, if an index that was told is not committed,
    /// as the entry there may have been replaced. Once a heartbeat is enough.
    pub(super) fn ask_again(&mut self) {
        let is_open = self.reads.is_open();
        let State::Follower(following) = self.state else { return };
        let waits = is_open || self.reads.is_ahead(self.commit);
        if !waits || self.now_us < following.ask_again_at_us {
            return;
        }
        if !is_open {
            self.reads.renew();
        }
        self.wait_to_ask_again();
        let round = self.reads.round();
        for peer in &mut self.peers {
            peer.ask = peer.round != round;
        }
        self.owe_all();
    }

    fn wait_to_ask_again(&mut self) {
        if let State::Follower(following) = &mut self.state {
            following.ask_again_at_us = self.now_us.saturating_add(self.config.heartbeat_us);
        }
    }

    /// Whether this node is to be asked, and what.
    pub(super) fn write_read(&mut self, position: usize, body: &mut Body<E::Said>) -> bool {
        if !self.reads.is_open() || !self.take_ask(position) {
            return false;
        }
        self.reads.mark_sent();
        say(BallotBody::ReadIndex { round: self.reads.round() }, body)
    }

    /// A voter's log had this length after the round began.
    pub(super) fn receive_read_index(&mut self, position: usize, round: u64, last: u64) {
        if !matches!(self.state, State::Follower(_)) || round != self.reads.round() {
            return;
        }
        let Some(peer) = self.peer(position) else { return };
        (peer.round, peer.matched) = (round, last);
        if let Some(index) = self.longest_needed() {
            self.reads.confirm_anew(round, index);
        }
    }

    /// The length of the longest log in a quorum that has answered the latest round: in the quorum
    /// where that is least, so that a long log which nobody commits holds up nobody who can do
    /// without it. What [`QuorumSystem::committed`] finds is the most that all of a quorum have
    /// reached, and so the complement of this, where lengths are complemented.
    fn longest_needed(&self) -> Option<u64> {
        let own = self.last.index;
        if cfg!(synod_planted = "read-alone") {
            return Some(own);
        }
        let report = self.report(!own, Progress::Shortness);
        let highest = self.voters.system().phase1().committed(report);
        highest.map(|index| !index)
    }
}

//! Who leads.

use synod_quorum::{NodeSet, Outcome, QuorumSystem, Votes};

use super::{
    Change, Election, HardState, LogId, Raft, TermLog,
    peer::{Peer, Reply},
    reads::Reads,
    state::{Candidacy, Following, Leading, Recovering, State},
};

impl<const VOTERS: usize, const WINDOW: usize, E: Election> Raft<VOTERS, WINDOW, E> {
    /// Time has come to `now_us`. Call it when [`poll_timeout`](Self::poll_timeout) says so;
    /// earlier and later calls are harmless.
    ///
    /// It does nothing while an [`Output::Change`](super::Output::Change) waits.
    pub fn handle_timeout(&mut self, now_us: u64, log: &impl TermLog) {
        if self.check_host(log).is_err() {
            return;
        }
        self.advance_clock(now_us);
        if let State::Leader(leading) = self.state {
            self.lead_on(leading);
        } else if self.now_us >= self.deadline_us {
            self.stand(log);
        }
    }

    /// When [`handle_timeout`](Self::handle_timeout) is next to be called, on the clock of
    /// `now_us`.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<u64> {
        Some(match self.state {
            State::Leader(leading) => leading.heartbeat_at_us.min(self.deadline_us),
            _ => self.deadline_us,
        })
    }

    /// Asks whether it would be elected, which disturbs nobody (thesis, section 9.6).
    fn stand(&mut self, log: &impl TermLog) {
        self.draw_deadline();
        let is_last = E::next_term(self.hard_state.term, self.me).is_none();
        if is_last || !self.has_room_to_lead(log) {
            return;
        }
        let mut votes = Votes::new(self.voters.all());
        let _ = votes.record(self.me, true);
        self.abandon_reads();
        self.state = State::PreCandidate(votes);
        self.leadership_changed = true;
        self.ask_all();
        if self.may_stand(&votes) || cfg!(synod_planted = "r18") {
            self.campaign();
        }
    }

    /// Stands in a new term. Its own vote counts once it is durable.
    fn campaign(&mut self) {
        let Some(term) = E::next_term(self.hard_state.term, self.me) else { return };
        self.hard_state = HardState { term, vote: Some(self.config.id) };
        if !cfg!(synod_planted = "p01") {
            self.writes.touch_hard_state();
        }
        self.forget_replies();
        let votes = Votes::new(self.voters.all());
        self.state = State::Candidate(Candidacy { votes, best: self.last, holder: self.me });
        self.leadership_changed = true;
        self.draw_deadline();
        self.ask_all();
    }

    /// Leads, with an entry of its own term, which commits those before it.
    pub(super) fn lead(&mut self, log: &impl TermLog) {
        // The host may have less room by now.
        if !self.has_room_to_lead(log) {
            return self.become_follower();
        }
        let start = self.last.index.saturating_add(1);
        let term = self.hard_state.term;
        self.peers = [Peer::new(self.last.index); VOTERS];
        self.last = LogId { term, index: start };
        self.change = Some(Change::Blank { term });
        self.state = State::Leader(Leading {
            start,
            active: self.myself(),
            heartbeat_at_us: self.now_us.saturating_add(self.config.heartbeat_us),
            issued: 0,
        });
        self.leadership_changed = true;
        self.deadline_us = self.now_us.saturating_add(self.config.election_timeout_us);
        self.owe_all();
    }

    /// Whether the log has a place for a leader's first entry, and an index. If not, the host is
    /// told.
    fn has_room_to_lead(&mut self, log: &impl TermLog) -> bool {
        // The last index of all is never reached.
        let has_room = log.room() > 0 && self.last.index < u64::MAX.saturating_sub(1);
        self.log_was_full |= !has_room;
        has_room
    }

    /// Follows nobody yet. The vote of the term stays.
    pub(super) fn become_follower(&mut self) {
        if cfg!(synod_planted = "r09") && !matches!(self.state, State::Follower(_)) {
            self.hard_state.vote = None;
            self.writes.touch_hard_state();
        }
        if let State::Leader(_) = self.state {
            self.peers = [Peer::new(0); VOTERS];
            self.quiet_until_us = self.now_us;
            if !E::BALLOTS {
                self.reads = Reads::default();
            }
        }
        self.abandon_reads();
        for peer in &mut self.peers {
            peer.ask = false;
        }
        self.state = State::Follower(Following::default());
        self.leadership_changed = true;
        self.draw_deadline();
    }

    /// Goes over to a later term.
    pub(super) fn adopt_if_later(&mut self, term: u64) {
        if term > self.hard_state.term {
            self.hard_state = HardState { term, vote: None };
            self.writes.touch_hard_state();
            self.forget_replies();
            let deadline_us = self.deadline_us;
            let led = matches!(self.state, State::Leader(_));
            self.become_follower();
            if !led {
                // Hearing of a term is no reason to wait longer.
                self.deadline_us = deadline_us;
            }
        }
    }

    pub(super) fn receive_pre_vote(&mut self, now_us: u64, peer: usize, term: u64, last: LogId) {
        self.advance_clock(now_us);
        let fit = E::BALLOTS || last >= self.last;
        let granted = fit && !self.may_be_led(peer);
        if cfg!(synod_planted = "r16") && granted {
            self.hard_state.vote = self.voters.id(peer);
            self.writes.touch_hard_state();
        }
        self.reply(peer, Reply::PreVote { granted, asked: term });
    }

    pub(super) fn receive_pre_vote_reply(
        &mut self,
        now_us: u64,
        peer: usize,
        granted: bool,
        asked: u64,
    ) {
        self.advance_clock(now_us);
        let State::PreCandidate(mut votes) = self.state else { return };
        // A contradiction is an answer to an earlier question in the same term.
        if asked != self.hard_state.term || votes.record(peer, granted).is_err() {
            return;
        }
        self.state = State::PreCandidate(votes);
        if self.may_stand(&votes) {
            self.campaign();
        }
    }

    pub(super) fn receive_vote(&mut self, now_us: u64, peer: usize, term: u64, last: LogId) {
        self.advance_clock(now_us);
        if term > self.hard_state.term {
            if self.may_be_led(peer) {
                return;
            }
            self.adopt_if_later(term);
        }
        // Where there is a leader already, there is nothing to be won.
        let open = self.hard_state.vote.is_none() && self.leader().is_none();
        if open && (E::BALLOTS || last >= self.last) {
            self.hard_state.vote = self.voters.id(peer);
            if !cfg!(any(synod_planted = "r08", synod_planted = "p02")) {
                self.writes.touch_hard_state();
            }
            self.become_follower();
        } else if E::BALLOTS && self.hard_state.vote == self.voters.id(peer) {
            self.give_time();
        }
        self.reply(peer, Reply::Vote);
    }

    pub(super) fn receive_vote_reply(
        &mut self,
        now_us: u64,
        peer: usize,
        term: u64,
        granted: bool,
        log: &impl TermLog,
    ) {
        self.advance_clock(now_us);
        self.adopt_if_later(term);
        self.count_vote(peer, granted, LogId::START, log);
    }

    /// A vote for or against this node, from one whose log ends here.
    pub(super) fn count_vote(
        &mut self,
        position: usize,
        granted: bool,
        last: LogId,
        log: &impl TermLog,
    ) {
        let State::Candidate(mut candidacy) = self.state else { return };
        if candidacy.votes.record(position, granted).is_err() {
            return;
        }
        if E::BALLOTS && last > candidacy.best {
            (candidacy.best, candidacy.holder) = (last, position);
        }
        self.state = State::Candidate(candidacy);
        if !self.has_won(&candidacy.votes) {
            return;
        }
        let lacks = E::BALLOTS && candidacy.best > self.last;
        if lacks && !cfg!(synod_planted = "own-value") {
            let Candidacy { best, holder, .. } = candidacy;
            self.state = State::Recovering(Recovering { holder, prev: self.last, best });
            self.fetch(self.last);
        } else {
            self.lead(log);
        }
    }

    /// Whether enough would elect this node, and are enough to commit what it proposes then:
    /// whoever cannot do that leaves the term to others.
    fn may_stand(&self, votes: &Votes) -> bool {
        // Where votes elect, the quorums of both phases are the same.
        self.has_won(votes) && (!E::BALLOTS || self.is_quorum(votes.granted()))
    }

    /// Whether enough have granted these for this node to lead.
    fn has_won(&self, votes: &Votes) -> bool {
        votes.outcome(&self.voters.system().phase1()) == Outcome::Won
    }

    /// This node's own vote is durable.
    pub(super) fn count_own_vote(&mut self, log: &impl TermLog) {
        self.count_vote(self.me, true, LogId::START, log);
    }

    /// Whether a leader may be alive, other than the one who asks (thesis, section 4.2.3).
    fn may_be_led(&self, asking: usize) -> bool {
        match self.state {
            _ if cfg!(synod_planted = "r18") => false,
            State::Leader(_) => true,
            State::Follower(Following { leader: Some(leader), .. }) if leader == asking => false,
            _ => self.now_us < self.quiet_until_us,
        }
    }

    #[cfg_attr(not(target_pointer_width = "64"), inline(never))] // flash is dearer than time
    pub(super) fn is_quorum(&self, nodes: NodeSet) -> bool {
        self.voters.is_phase2_quorum(nodes)
    }

    /// Only this node.
    pub(super) fn myself(&self) -> NodeSet {
        let mut set = NodeSet::new();
        let _ = set.insert(self.me);
        set
    }

    /// Asks all others: for a vote, or for a sign of life.
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))] // flash is dearer than time
    pub(super) fn ask_all(&mut self) {
        for peer in &mut self.peers {
            peer.ask = true;
        }
        self.owe_all();
    }

    /// Answers of a term that is over are not owed.
    fn forget_replies(&mut self) {
        for peer in &mut self.peers {
            peer.reply = None;
        }
    }
}

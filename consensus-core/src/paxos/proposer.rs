//! Who brings a decision about.

use synod_quorum::{Majority, NodeSet, QuorumSystem, Quorums};

use super::{Body, Config, ConfigError, Message, MessageError, Role, door, rounds::Rounds};
use crate::{Ballot, Instance, Members, NodeId, Proposal, UnknownWrite, back_off::BackOff};

/// Brings a decision about: it proposes its value, or what may have been chosen before, until one
/// is chosen.
///
/// Any number of nodes may propose at once, and one of their values is chosen. Where two defeat
/// each other, each waits for a time that is drawn from a longer range after each defeat.
///
/// `N` is how many acceptors there may be, up to 64. It keeps two values, and lends them to what it
/// sends. [The module](super) has the contract of its host. No call panics. All are O(`N`), apart
/// from comparing two values.
///
/// Source: Lamport, "Paxos Made Simple", 2001, section 2.2; Howard, Malkhi and Spiegelman,
/// "Flexible Paxos: Quorum Intersection Revisited", OPODIS 2016, for quorums of two kinds.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Proposer<V, const N: usize, S = Majority> {
    instance: Instance,
    pub(super) id: NodeId,
    acceptors: Members<N, S>,
    pub(super) rounds: Rounds,
    pub(super) back_off: BackOff,
    timeout_us: u64,
    pub(super) now_us: u64,
    pub(super) deadline_us: u64,
    phase: Phase,
    /// `None` only where no round is left for it.
    ballot: Option<Ballot>,
    own: V,
    /// Of what acceptors have accepted, as they told with their promises of this ballot, that under
    /// the highest ballot.
    found: Option<Proposal<V>>,
    /// Who has granted what this phase asks for.
    granted: NodeSet,
    /// Who has promised more.
    rejected: NodeSet,
    /// Who is to be asked.
    owed: NodeSet,
    /// The highest round under which this proposer was rejected.
    beaten: u64,
    /// The end is yet to be told.
    untold: bool,
}

/// What a proposer is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Phase {
    /// It asks for promises.
    Preparing,
    /// It asks the acceptors to accept a value.
    Accepting,
    /// It was beaten by a higher ballot, and leaves its proposer alone for a while.
    Waiting,
    /// A value is chosen.
    Chosen,
    /// No round is left for a ballot that could win.
    Exhausted,
}

impl<V: Eq, S: QuorumSystem, const N: usize> Proposer<V, N, S> {
    /// A proposer of this value, at the very first start of this instance on this node. It begins
    /// at once.
    ///
    /// # Errors
    ///
    /// [`ConfigError`].
    pub fn bootstrap(
        config: Config,
        acceptors: Members<N, S>,
        now_us: u64,
        value: V,
    ) -> Result<Self, ConfigError> {
        Self::recover(config, acceptors, now_us, 0, value)
    }

    /// A proposer of this value, after a restart: with the number of rounds that it has reserved
    /// with its last write, or 0 where none was durable. The value may be another than in its
    /// earlier life.
    ///
    /// # Errors
    ///
    /// [`ConfigError`].
    pub fn recover(
        config: Config,
        acceptors: Members<N, S>,
        now_us: u64,
        reserved: u64,
        value: V,
    ) -> Result<Self, ConfigError> {
        config.check()?;
        let mut proposer = Self {
            instance: config.instance,
            id: config.id,
            acceptors,
            rounds: Rounds::new(reserved),
            back_off: BackOff::new(config.seed, config.id),
            timeout_us: config.timeout_us,
            now_us,
            deadline_us: 0,
            phase: Phase::Waiting,
            ballot: None,
            own: value,
            found: None,
            granted: NodeSet::new(),
            rejected: NodeSet::new(),
            owed: NodeSet::new(),
            beaten: 0,
            untold: false,
        };
        proposer.prepare();
        Ok(proposer)
    }

    /// Takes a message that arrived at `now_us`, from whom the transport says that it is. One that
    /// is late, or was there before, changes nothing.
    ///
    /// # Errors
    ///
    /// [`MessageError`].
    pub fn handle_message(
        &mut self,
        now_us: u64,
        from: NodeId,
        message: Message<V>,
    ) -> Result<(), MessageError> {
        door::check(&message, self.instance, self.id, Role::Proposer)?;
        let acceptor = self.acceptors.position(from).ok_or(MessageError::Stranger)?;
        match message.body {
            Body::Promise { ballot, accepted } => {
                let current = self.admit(ballot)?;
                if let Some(proposal) = &accepted {
                    self.check_accepted(ballot, proposal)?;
                }
                self.now_us = self.now_us.max(now_us);
                if current && self.phase == Phase::Preparing {
                    self.receive_promise(acceptor, accepted);
                }
            }
            Body::Accepted { ballot } => {
                let current = self.admit(ballot)?;
                self.now_us = self.now_us.max(now_us);
                if current && self.phase == Phase::Accepting {
                    self.receive_accepted(acceptor);
                }
            }
            Body::Rejected { ballot, promised } => {
                let current = self.admit(ballot)?;
                if promised <= ballot {
                    return Err(MessageError::Malformed);
                }
                self.now_us = self.now_us.max(now_us);
                if current && self.is_asking() {
                    self.receive_rejection(acceptor, promised);
                }
            }
            // Those of other roles were refused at the door.
            _ => {}
        }
        Ok(())
    }

    /// Asks again, or under a new ballot, if the deadline has passed. Calls that are late or early
    /// are harmless.
    pub fn handle_timeout(&mut self, now_us: u64) {
        self.now_us = self.now_us.max(now_us);
        if self.now_us < self.deadline_us {
            return;
        }
        if self.phase == Phase::Waiting || self.is_asking() && !self.rejected.is_empty() {
            self.prepare();
        } else if self.is_asking() {
            self.ask(self.granted);
        }
    }

    /// When to call [`handle_timeout`](Self::handle_timeout); `None` once a value is chosen, or no
    /// round is left.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<u64> {
        (self.phase == Phase::Waiting || self.is_asking()).then_some(self.deadline_us)
    }

    /// A write is durable.
    ///
    /// # Errors
    ///
    /// [`UnknownWrite`].
    pub fn handle_persisted(&mut self, id: u64) -> Result<(), UnknownWrite> {
        self.rounds.report(id)
    }

    /// The next thing for the host to do; `None` when there is nothing more. Call it until then
    /// after **every** other call.
    pub fn poll_output(&mut self) -> Option<ProposerOutput<'_, V>> {
        if let Some((id, reserved)) = self.rounds.poll() {
            return Some(ProposerOutput::Write { id, reserved });
        }
        if core::mem::take(&mut self.untold) {
            return Some(self.chosen().map_or(ProposerOutput::Exhausted, ProposerOutput::Chosen));
        }
        let ballot = self.ballot?;
        if !self.rounds.is_durable(ballot.round) {
            return None;
        }
        let place = self.owed.iter().next()?;
        self.owed.remove(place);
        let to = self.acceptors.id(place)?;
        let body = if self.phase == Phase::Preparing {
            Body::Prepare { ballot }
        } else {
            Body::Accept(Proposal { ballot, value: self.value() })
        };
        Some(ProposerOutput::Send { to, message: Message { instance: self.instance, to, body } })
    }

    /// What it is doing.
    #[must_use]
    pub const fn phase(&self) -> Phase {
        self.phase
    }

    /// The ballot under which it tries, or has tried last; `None` only where no round was left for
    /// the first.
    #[must_use]
    pub const fn ballot(&self) -> Option<Ballot> {
        self.ballot
    }

    /// What is chosen, once it is known: its own value, or another's.
    #[must_use]
    pub fn chosen(&self) -> Option<&V> {
        (self.phase == Phase::Chosen).then(|| self.value())
    }

    /// What is chosen, without the proposer; before that, its own value, as it was.
    ///
    /// # Errors
    ///
    /// Its own value, where nothing is known to be chosen.
    pub fn into_chosen(self) -> Result<V, V> {
        match (self.phase, self.found) {
            (Phase::Chosen, Some(found)) => Ok(found.value),
            (Phase::Chosen, None) => Ok(self.own),
            _ => Err(self.own),
        }
    }

    /// Whether a message is about the ballot of now. One that is about a later one of this node's
    /// is about an earlier life that it has forgotten. (Without a ballot, where no round was
    /// left, all are of earlier lives that it has not.)
    fn admit(&self, ballot: Ballot) -> Result<bool, MessageError> {
        if ballot.proposer != self.id {
            return Err(MessageError::Malformed);
        }
        if self.ballot.is_some_and(|current| ballot > current) {
            return Err(MessageError::ReusedBallot);
        }
        Ok(Some(ballot) == self.ballot)
    }

    /// Whether an acceptor that promises this ballot can have accepted that.
    fn check_accepted(&self, ballot: Ballot, accepted: &Proposal<V>) -> Result<(), MessageError> {
        if accepted.ballot > ballot {
            return Err(MessageError::Malformed);
        }
        if self.phase != Phase::Preparing || Some(ballot) != self.ballot {
            return Ok(());
        }
        if accepted.ballot == ballot {
            return Err(MessageError::ReusedBallot);
        }
        match &self.found {
            Some(found) if found.ballot == accepted.ballot && found.value != accepted.value => {
                Err(MessageError::TwoValues)
            }
            _ => Ok(()),
        }
    }

    fn receive_promise(&mut self, acceptor: usize, accepted: Option<Proposal<V>>) {
        // Every place is below 64.
        let _ = self.granted.insert(acceptor);
        if ballot_of(accepted.as_ref()) > ballot_of(self.found.as_ref()) {
            self.found = accepted;
        }
        if self.acceptors.is_phase1_quorum(self.granted) {
            self.begin(Phase::Accepting);
        }
    }

    fn receive_accepted(&mut self, acceptor: usize) {
        let _ = self.granted.insert(acceptor);
        if self.acceptors.is_phase2_quorum(self.granted) {
            self.finish(Phase::Chosen);
        }
    }

    fn receive_rejection(&mut self, acceptor: usize, promised: Ballot) {
        self.beaten = self.beaten.max(promised.round.get());
        let _ = self.rejected.insert(acceptor);
        let lost = self.rejected - self.granted;
        let system = self.acceptors.system();
        let blocked = match self.phase {
            Phase::Preparing => system.phase1().is_blocked_by(lost),
            _ => system.phase2().is_blocked_by(lost),
        };
        if blocked {
            self.phase = Phase::Waiting;
            self.owed = NodeSet::new();
            let wait_us = self.back_off.draw(self.timeout_us);
            self.deadline_us = self.now_us.saturating_add(wait_us);
        }
    }

    /// Begins with a new ballot.
    fn prepare(&mut self) {
        let Some(round) = self.rounds.take(self.beaten) else {
            self.finish(Phase::Exhausted);
            return;
        };
        self.ballot = Some(Ballot { round, proposer: self.id });
        self.found = None;
        self.begin(Phase::Preparing);
    }

    /// Begins a phase of the ballot.
    fn begin(&mut self, phase: Phase) {
        self.phase = phase;
        self.granted = NodeSet::new();
        self.rejected = NodeSet::new();
        self.ask(NodeSet::new());
    }

    /// Asks all but these.
    fn ask(&mut self, granted: NodeSet) {
        self.owed = self.acceptors.all() - granted;
        self.deadline_us = self.now_us.saturating_add(self.timeout_us);
    }

    fn finish(&mut self, phase: Phase) {
        self.phase = phase;
        self.owed = NodeSet::new();
        self.untold = true;
    }

    const fn is_asking(&self) -> bool {
        matches!(self.phase, Phase::Preparing | Phase::Accepting)
    }

    /// What it proposes under this ballot.
    fn value(&self) -> &V {
        match &self.found {
            Some(found) if !cfg!(synod_planted = "own-value") => &found.value,
            _ => &self.own,
        }
    }
}

fn ballot_of<V>(proposal: Option<&Proposal<V>>) -> Option<Ballot> {
    proposal.map(|proposal| proposal.ballot)
}

/// Something that a proposer's host is to do, in the order in which it was polled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[must_use]
pub enum ProposerOutput<'a, V> {
    /// Write this number to the disk in place of that before it, and report it with
    /// [`handle_persisted`](Proposer::handle_persisted) when it would survive a power cut.
    Write {
        /// Its name. Each is one more than the last.
        id: u64,
        /// The rounds up to this one are this proposer's, for [`recover`](Proposer::recover).
        reserved: u64,
    },
    /// Send this.
    Send {
        /// To whom.
        to: NodeId,
        /// What.
        message: Message<&'a V>,
    },
    /// This value is chosen, for ever. Told once; [`Proposer::chosen`] goes on to say so.
    Chosen(&'a V),
    /// No round is left for a ballot that could win: somebody has used the last one. Told once.
    Exhausted,
}

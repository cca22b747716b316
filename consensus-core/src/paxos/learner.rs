//! What is chosen, for those who did not propose it.

use synod_quorum::{Majority, NodeSet, QuorumSystem};

use super::{Body, Config, ConfigError, Message, MessageError, Role, door};
use crate::{Ballot, Instance, Members, NodeId, Proposal, random::Random};

/// Finds out what is chosen: it asks the acceptors, again and again, until enough of them have
/// accepted one proposal.
///
/// Nothing of it has to be durable. It may wait for long, though a value is chosen: where those who
/// have accepted it under one ballot are not all to be reached, or have accepted it again under
/// another one which got no further. Then a [`Proposer`](super::Proposer) brings it to an end, with
/// the value that was chosen.
///
/// `N` is how many acceptors there may be, up to 64. Besides one value it keeps 24 bytes for each.
/// [The module](super) has the contract of its host. No call panics. All are O(`N`), apart from
/// comparing two values.
///
/// Source: Lamport, "Paxos Made Simple", 2001, section 2.3.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Learner<V, const N: usize, S = Majority> {
    instance: Instance,
    pub(super) id: NodeId,
    acceptors: Members<N, S>,
    pub(super) random: Random,
    timeout_us: u64,
    pub(super) now_us: u64,
    pub(super) deadline_us: u64,
    /// The highest ballot under which each acceptor has accepted something.
    ballots: [Option<Ballot>; N],
    /// What was accepted under the highest ballot of all.
    highest: Option<Proposal<V>>,
    /// The ballot under which a value is chosen. What is accepted above it is the same value.
    chosen: Option<Ballot>,
    /// That is yet to be told.
    untold: bool,
    /// Who is to be asked.
    owed: NodeSet,
}

impl<V: Eq, S: QuorumSystem, const N: usize> Learner<V, N, S> {
    /// A learner that asks these acceptors from now on.
    ///
    /// # Errors
    ///
    /// [`ConfigError`].
    pub fn new(config: Config, acceptors: Members<N, S>, now_us: u64) -> Result<Self, ConfigError> {
        config.check()?;
        let mut learner = Self {
            instance: config.instance,
            id: config.id,
            random: Random::new(config.seed, config.id),
            timeout_us: config.timeout_us,
            now_us,
            deadline_us: 0,
            ballots: [None; N],
            highest: None,
            chosen: None,
            untold: false,
            owed: acceptors.all(),
            acceptors,
        };
        learner.draw_deadline();
        Ok(learner)
    }

    /// Takes a message that arrived at `now_us`, from whom the transport says that it is.
    ///
    /// # Errors
    ///
    /// [`MessageError`]. Of [`MessageError::TwoValues`] the host should make much: the acceptors do
    /// not agree any more.
    pub fn handle_message(
        &mut self,
        now_us: u64,
        from: NodeId,
        message: Message<V>,
    ) -> Result<(), MessageError> {
        door::check(&message, self.instance, self.id, Role::Learner)?;
        let acceptor = self.acceptors.position(from).ok_or(MessageError::Stranger)?;
        if let Body::Report(proposal) = message.body {
            self.learn(acceptor, proposal)?;
        }
        self.now_us = self.now_us.max(now_us);
        Ok(())
    }

    /// Asks again, if the deadline has passed. Calls that are late or early are harmless.
    pub fn handle_timeout(&mut self, now_us: u64) {
        self.now_us = self.now_us.max(now_us);
        if self.chosen.is_none() && self.now_us >= self.deadline_us {
            self.owed = self.acceptors.all();
            self.draw_deadline();
        }
    }

    /// When to call [`handle_timeout`](Self::handle_timeout); `None` once a value is chosen.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<u64> {
        self.chosen.is_none().then_some(self.deadline_us)
    }

    /// The next thing for the host to do; `None` when there is nothing more. Call it until then
    /// after **every** other call.
    pub fn poll_output(&mut self) -> Option<LearnerOutput<'_, V>> {
        if core::mem::take(&mut self.untold) {
            return Some(LearnerOutput::Chosen(self.chosen()?));
        }
        let place = self.owed.iter().next()?;
        self.owed.remove(place);
        let to = self.acceptors.id(place)?;
        let message = Message { instance: self.instance, to, body: Body::Ask };
        Some(LearnerOutput::Send { to, message })
    }

    /// What is chosen, once it is known.
    #[must_use]
    pub fn chosen(&self) -> Option<&V> {
        self.chosen.and(self.highest.as_ref()).map(|proposal| &proposal.value)
    }

    /// What is chosen, without the learner.
    #[must_use]
    pub fn into_chosen(self) -> Option<V> {
        self.chosen.and(self.highest).map(|proposal| proposal.value)
    }

    /// An acceptor has accepted this.
    fn learn(&mut self, acceptor: usize, proposal: Proposal<V>) -> Result<(), MessageError> {
        let ballot = proposal.ballot;
        let mut ballots = self.ballots;
        let Some(slot) = ballots.get_mut(acceptor) else { return Ok(()) };
        *slot = (*slot).max(Some(ballot));
        let chosen = self.acceptors.is_phase2_quorum(holders(&ballots, ballot));
        let highest = self.highest.as_ref();
        let top = highest.map(|highest| highest.ballot);
        let differs = highest.is_some_and(|highest| highest.value != proposal.value);
        // Neither by one ballot, nor from where it is chosen on, is there another value.
        let bound = top == Some(ballot)
            || chosen && top > Some(ballot)
            || self.chosen.is_some_and(|at| at <= ballot);
        if differs && bound {
            return Err(MessageError::TwoValues);
        }
        self.ballots = ballots;
        if top < Some(ballot) {
            self.highest = Some(proposal);
        }
        if chosen && self.chosen.is_none() {
            self.chosen = Some(ballot);
            self.untold = true;
            self.owed = NodeSet::new();
        }
        Ok(())
    }

    /// Each wait is drawn anew, from the timeout up to twice that.
    fn draw_deadline(&mut self) {
        let wait_us = self.timeout_us.saturating_add(self.random.below(self.timeout_us));
        self.deadline_us = self.now_us.saturating_add(wait_us);
    }
}

/// Who has accepted what goes by this ballot, and nothing since.
fn holders(ballots: &[Option<Ballot>], ballot: Ballot) -> NodeSet {
    let mut holders = NodeSet::new();
    for (place, &highest) in (0_usize..64).zip(ballots) {
        let later = cfg!(synod_planted = "mixed-ballots") && highest > Some(ballot);
        if highest == Some(ballot) || later {
            // Every place is below 64.
            let _ = holders.insert(place);
        }
    }
    holders
}

/// Something that a learner's host is to do, in the order in which it was polled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[must_use]
pub enum LearnerOutput<'a, V> {
    /// Send this.
    Send {
        /// To whom.
        to: NodeId,
        /// What.
        message: Message<&'a V>,
    },
    /// This value is chosen, for ever. Told once; [`Learner::chosen`] goes on to say so.
    Chosen(&'a V),
}

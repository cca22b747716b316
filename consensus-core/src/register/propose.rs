//! How a member brings a state about.

use core::num::NonZeroU64;

use synod_quorum::NodeSet;

use super::{
    Accepted, Change, Effect, Membership, Register,
    machine::{End, Phase, Step},
    task::Task,
};
use crate::{Ballot, ballot::order};

impl<C: Change, const N: usize> Register<C, N> {
    /// Begins with whatever there is to do.
    pub(super) fn begin_next(&mut self) {
        if self.phase != Phase::Idle {
            return;
        }
        let is_settling = self.holds_promises() && self.record.accepted.state.members.is_changing();
        if self.task.is_some() || is_settling {
            if self.holds_promises() { self.propose_next() } else { self.prepare() }
        } else if self.reads.is_waiting() {
            // Questions of this life have a ballot that no other life's have.
            if self.ballot.is_some() { self.query() } else { self.prepare() }
        }
    }

    /// Whether its own state is chosen, and those who accepted it have promised its next ballot.
    fn holds_promises(&self) -> bool {
        let next = self.chosen.and_then(following);
        self.chosen.is_some()
            && order(&self.record.accepted.ballot, &self.chosen).is_eq()
            && order(&self.record.promised, &next).is_eq()
    }

    /// Phase 1, under a new ballot, with those whom it knows.
    pub(super) fn prepare(&mut self) {
        self.found = None;
        self.prepare_with(self.record.accepted.state.members);
    }

    fn prepare_with(&mut self, view: Membership<N>) {
        let highest = if cfg!(synod_planted = "p01") { self.ballot } else { self.record.promised };
        let promised = highest.map_or(0, |promised| promised.round.get());
        let round = promised.max(self.beaten).checked_add(1).and_then(NonZeroU64::new);
        let Some(round) = round else {
            self.give_up();
            return;
        };
        let ballot = Ballot { round, proposer: self.id };
        self.promise(ballot);
        self.write.touch();
        self.ballot = Some(ballot);
        self.phase = Phase::Preparing;
        self.ask_all(view);
    }

    /// No ballot is left.
    fn give_up(&mut self) {
        self.phase = Phase::Waiting;
        self.deadline_us = self.now_us.saturating_add(self.timeout_us);
        if self.task.is_some() {
            self.end(End::Exhausted);
        }
    }

    /// Whether other members hold what it holds, so that it is chosen, and the last that is.
    fn query(&mut self) {
        self.reads.begin();
        self.phase = Phase::Querying;
        self.ask_all(self.record.accepted.state.members);
        self.count_own();
    }

    fn ask_all(&mut self, view: Membership<N>) {
        self.view = view;
        self.granted = NodeSet::new();
        self.rejected = NodeSet::new();
        self.ask(NodeSet::new());
    }

    /// It has promised or accepted something itself: that counts once it is durable.
    pub(super) fn count_own(&mut self) {
        let (durable, counts) = match self.phase {
            Phase::Preparing => (&self.durable.promised, &self.ballot),
            Phase::Accepting(_) => (&self.durable.accepted, &self.ballot),
            Phase::Querying => (&self.durable.accepted, &self.record.accepted.ballot),
            _ => return,
        };
        if order(durable, counts).is_ne() {
            return;
        }
        if let Some(me) = self.view.place(self.id) {
            self.count(me);
        }
    }

    /// One more has granted what is asked for.
    pub(super) fn count(&mut self, place: usize) {
        // Every place is below 64.
        let _ = self.granted.insert(place);
        match self.phase {
            Phase::Preparing => self.weigh_promises(),
            Phase::Accepting(step) => {
                if step != Step::Forget && self.has_quorum() || self.granted == self.view.all() {
                    self.succeed(step);
                } else if self.has_quorum() && self.holds_own() {
                    // Reads do not wait for the last one.
                    self.reads.succeed();
                }
            }
            Phase::Querying if self.has_quorum() || cfg!(synod_planted = "read-alone") => {
                self.reads.succeed();
                self.phase = Phase::Idle;
            }
            _ => {}
        }
    }

    fn has_quorum(&self) -> bool {
        self.view.is_quorum(self.granted)
    }

    /// Phase 2, if there are promises enough.
    fn weigh_promises(&mut self) {
        // Who counts are the members of the state that it goes on from.
        let highest = &self.found.as_ref().unwrap_or(&self.record.accepted).state.members;
        if highest.is_quorum(highest.places_of(&self.view, self.granted)) {
            self.propose_found();
        } else if *highest != self.view && self.has_quorum() {
            // With what was found, so that it does not go back to those whom it asked now.
            self.prepare_with(*highest);
        }
    }

    /// Phase 2, from what was found.
    fn propose_found(&mut self) {
        let found = self.found.take();
        if let Some(found) = found.filter(|_| !cfg!(synod_planted = "own-value")) {
            self.replace(found);
        }
        if let Some(ballot) = self.ballot {
            self.propose(ballot, false);
        }
    }

    /// Phase 2, from its own state, which is chosen.
    fn propose_next(&mut self) {
        if let Some(ballot) = self.record.promised {
            self.propose(ballot, true);
        }
    }

    /// Phase 2: what comes of the state in the record is accepted here, and others are asked to.
    fn propose(&mut self, ballot: Ballot, is_chosen: bool) {
        let before = self.record.accepted.state.members;
        let settles = is_chosen && before.is_changing();
        if settles {
            self.record.accepted.state.members = before.settled();
        }
        let step = self.apply_task(ballot, settles);
        self.accept_own(ballot);
        self.ballot = Some(ballot);
        self.phase = Phase::Accepting(step);
        self.reads.begin();
        // Both majorities are needed where there are two, before or after this.
        let after = self.record.accepted.state.members;
        self.ask_all(if settles { before } else { after });
    }

    /// Makes of the state what the task wants, and says what becomes of the task once that is
    /// chosen.
    fn apply_task(&mut self, ballot: Ballot, settles: bool) -> Step {
        let state = &mut self.record.accepted.state;
        let step = match &mut self.task {
            None => return Step::Onward,
            Some(Task::Change(change)) => {
                // Each of its attempts may be the one that others have brought to an end.
                let attempted = self.attempted;
                let order = order(&state.version, &attempted);
                let is_made =
                    if cfg!(synod_planted = "twice") { order.is_eq() } else { order.is_ge() };
                if attempted.is_some() && is_made {
                    self.made = state.version.filter(|version| version.proposer == self.id);
                    let is_own = self.made.is_some();
                    return Step::End(if is_own { End::Changed } else { End::Unknown });
                }
                if self.overtaken {
                    return Step::End(End::Unknown);
                }
                match change.apply(state.value.as_ref(), state.version) {
                    Effect::Keep => return Step::End(End::Kept),
                    Effect::Put(value) => state.value = Some(value),
                    Effect::Delete => state.value = None,
                }
                state.version = Some(ballot);
                self.made = Some(ballot);
                Step::End(End::Changed)
            }
            Some(Task::Reconfigure(target)) => {
                // One step at a time.
                if state.members == target.settled() {
                    return Step::End(End::Reconfigured);
                }
                if target.is_changing() {
                    // It was on that way before, and may have been at its end.
                    if state.members != *target && state.members != target.before() {
                        return Step::End(End::Unknown);
                    }
                } else if settles || state.members.is_changing() {
                    return Step::Onward;
                } else {
                    match state.members.toward(target) {
                        Ok(joint) => *target = joint,
                        Err(_) => return Step::End(End::Kept),
                    }
                }
                state.members = *target;
                Step::Onward
            }
            Some(Task::Forget) => {
                if state.value.is_some() {
                    return Step::End(End::Kept);
                }
                if state.members.is_changing() {
                    return Step::Onward;
                }
                return Step::Forget;
            }
        };
        self.attempted = self.attempted.filter(|_| !cfg!(synod_planted = "twice")).or(Some(ballot));
        step
    }

    /// What it proposed is chosen.
    fn succeed(&mut self, step: Step) {
        self.chosen = self.ballot;
        self.phase = Phase::Idle;
        self.asks = NodeSet::new();
        self.back_off.reset();
        let is_latest = self.holds_own() || cfg!(synod_planted = "kept-unsure");
        if is_latest {
            self.reads.succeed();
        }
        match step {
            // What lends the state has to be sure of it.
            Step::End(End::Kept) | Step::Forget if !is_latest => {}
            Step::Forget => {
                // All others are told before the host is.
                self.task = None;
                self.phase = Phase::Forgetting;
                self.ask(NodeSet::new());
            }
            Step::End(end) => self.end(end),
            Step::Onward => {}
        }
    }

    /// A promise of its ballot.
    pub(super) fn receive_promise(&mut self, place: usize, accepted: Accepted<C::Value, N>) {
        let highest = &self.found.as_ref().unwrap_or(&self.record.accepted).ballot;
        if order(&accepted.ballot, highest).is_gt() {
            self.found = Some(accepted);
        }
        self.count(place);
    }

    /// One has promised more.
    pub(super) fn receive_rejection(&mut self, place: Option<usize>, promised: Ballot) {
        self.beaten = self.beaten.max(promised.round.get());
        let Some(place) = place else { return };
        // Every place is below 64.
        let _ = self.rejected.insert(place);
        let lost = self.rejected - self.granted;
        if !self.view.is_quorum_without(lost) {
            self.retreat();
        }
    }

    /// It has itself promised more, to another.
    pub(super) fn yield_to(&mut self, promised: Ballot) {
        match self.phase {
            // Its own promise was the ground of its ballot.
            Phase::Preparing => self.retreat(),
            Phase::Accepting(_) => self.receive_rejection(self.view.place(self.id), promised),
            _ => {}
        }
    }

    /// Leaves the field to others for a while.
    fn retreat(&mut self) {
        self.phase = Phase::Waiting;
        self.asks = NodeSet::new();
        let wait_us = self.back_off.draw(self.timeout_us);
        self.deadline_us = self.now_us.saturating_add(wait_us);
    }
}

/// The next ballot of the same proposer, which whoever accepts something promises, too.
pub(super) fn following(ballot: Ballot) -> Option<Ballot> {
    let round = ballot.round.checked_add(1)?;
    Some(Ballot { round, proposer: ballot.proposer })
}

//! What a member promises, and remembers.

use synod_quorum::NodeSet;

use super::{Accepted, Change, MessageError, Register, State, machine::Phase, propose::following};
use crate::{Ballot, ballot::order};

impl<C: Change, const N: usize> Register<C, N> {
    /// Promises this ballot, which is yet to be written.
    pub(super) const fn promise(&mut self, ballot: Ballot) {
        self.record.promised = Some(ballot);
        // The promise of an earlier one is void.
        self.owed.promise = false;
    }

    /// Accepts what stands in the record under this ballot, which is its own and promised.
    pub(super) fn accept_own(&mut self, ballot: Ballot) {
        self.record.accepted.ballot = Some(ballot);
        self.owed.accepted = false;
        self.promise(following(ballot).unwrap_or(ballot));
        self.write.touch();
    }

    /// Takes another's state in place of its own.
    pub(super) fn replace(&mut self, accepted: Accepted<C::Value, N>) {
        // What has no version after one may be a register that was forgotten and begun anew, and the
        // task forgotten with it.
        let is_anew = accepted.state.version.is_none();
        self.overtaken |=
            is_anew && self.attempted.is_some() && self.record.accepted.state.version.is_some();
        self.record.accepted = accepted;
    }

    /// Another asks for a promise.
    pub(super) fn receive_prepare(&mut self, ballot: Ballot) {
        let order = order(&self.record.promised, &Some(ballot));
        if order.is_gt() {
            self.owed.rejection = Some(ballot);
            return;
        }
        if order.is_lt() {
            self.promise(ballot);
            if !cfg!(synod_planted = "p02") {
                self.write.touch();
            }
            self.yield_to(ballot);
        }
        self.owed.promise = true;
    }

    /// Another asks to accept a state.
    pub(super) fn receive_accept(
        &mut self,
        ballot: Ballot,
        state: State<C::Value, N>,
    ) -> Result<(), MessageError> {
        if order(&self.record.accepted.ballot, &Some(ballot)).is_eq() {
            if self.record.accepted.state != state {
                return Err(MessageError::TwoValues);
            }
            // Whatever was promised since, this is accepted.
            self.owed.accepted = true;
            return Ok(());
        }
        if order(&self.record.promised, &Some(ballot)).is_gt() && !cfg!(synod_planted = "p05") {
            self.owed.rejection = Some(ballot);
            return Ok(());
        }
        if !self.is_drained() {
            return Err(MessageError::Undrained);
        }
        let is_others = state.version.is_some_and(|version| version.proposer != self.id);
        self.overtaken |=
            is_others && self.attempted.is_some() && order(&state.version, &self.attempted).is_gt();
        self.replace(Accepted { ballot: Some(ballot), state });
        self.owed.accepted = true;
        let promised = following(ballot).unwrap_or(ballot);
        self.promise(promised);
        self.write.touch();
        self.yield_to(promised);
        // It does not hold any more what it asked about, or was about to forget.
        if matches!(self.phase, Phase::Querying | Phase::Forgetting) {
            self.phase = Phase::Idle;
        }
        Ok(())
    }

    /// Another says that all have accepted a state without a value. If so, there is nothing to
    /// remember: who has nothing yet is told the same.
    pub(super) fn receive_forget(&mut self, ballot: Ballot) {
        let accepted = &self.record.accepted;
        let ballot = Some(ballot);
        let is_that = order(&accepted.ballot, &ballot).is_eq()
            && order(&self.durable.accepted, &ballot).is_eq();
        // Who has something to do goes on; a record of nothing does no harm.
        let is_idle = self.phase == Phase::Idle && self.task.is_none() && !self.reads.is_waiting();
        if is_that && accepted.state.value.is_none() && is_idle {
            self.phase = Phase::Forgetting;
            self.asks = NodeSet::new();
        }
    }

    /// Another asks under which ballot it has accepted what it holds.
    pub(super) const fn receive_query(&mut self, life: Ballot, round: u64) {
        self.owed.report = Some((life, round));
    }
}

//! What a member wants of its host.

use super::{
    Body, Change, Message, Outcome, Output, Register,
    machine::{End, Marks, Phase},
};
use crate::{NodeId, ballot::order};

/// What the host of a register of these changes is to do.
type OutputOf<'a, C, const N: usize> = Output<'a, <C as Change>::Value, N>;
type OutcomeOf<'a, C, const N: usize> = Outcome<'a, <C as Change>::Value, N>;

impl<C: Change, const N: usize> Register<C, N> {
    /// The next thing for the host to do; `None` when there is nothing more. Call it until then
    /// after **every** other call.
    pub fn poll_output(&mut self) -> Option<OutputOf<'_, C, N>> {
        // What lends the state comes before what changes it.
        if self.is_drained() {
            self.begin_next();
        }
        if let Some(token) = self.reads.poll() {
            return Some(Output::Read { token, state: self.record.accepted.state.as_ref() });
        }
        if let Phase::Ended(end) = self.phase {
            self.phase = Phase::Idle;
            self.task = None;
            return self.outcome(end).map(Output::Outcome);
        }
        if let Some(id) = self.write.poll() {
            let Marks { promised, accepted } = &mut self.polled;
            *promised = self.record.promised;
            *accepted = self.record.accepted.ballot;
            return Some(Output::Write { id, record: &self.record });
        }
        let instance = self.instance;
        let (to, body) = match self.next_ask() {
            Some(to) => (to, self.question()?),
            None => match self.owed.next(&self.record, self.write.is_durable()) {
                Some(answer) => answer,
                None if self.phase == Phase::Forgetting => {
                    self.phase = Phase::Idle;
                    return Some(Output::Forget { floor: self.record.promised? });
                }
                None => return None,
            },
        };
        Some(Output::Send { to, message: Message { instance, to, body } })
    }

    fn outcome(&self, end: End) -> Option<OutcomeOf<'_, C, N>> {
        Some(match end {
            End::Changed => Outcome::Changed { version: self.made? },
            End::Kept => Outcome::Kept(self.record.accepted.state.as_ref()),
            End::Reconfigured => Outcome::Reconfigured,
            End::Unknown => Outcome::Unknown,
            End::Exhausted => Outcome::Exhausted,
        })
    }

    /// The next one to be asked, if it may be.
    fn next_ask(&mut self) -> Option<NodeId> {
        // The ballot of what others are asked is promised here first, for all lives.
        let is_promised = order(&self.durable.promised, &self.ballot).is_ge();
        let may_ask = match self.phase {
            Phase::Preparing | Phase::Querying => is_promised,
            Phase::Accepting(_) => is_promised && self.holds_own(),
            Phase::Forgetting => true,
            Phase::Idle | Phase::Waiting | Phase::Ended(_) => false,
        };
        if !may_ask {
            return None;
        }
        let (place, id) = self.view.first(self.asks)?;
        self.asks.remove(place);
        Some(id)
    }

    /// What it asks for now.
    fn question(&self) -> Option<Body<&C::Value, N>> {
        Some(match self.phase {
            Phase::Preparing => Body::Prepare { ballot: self.ballot? },
            Phase::Querying => Body::Query { life: self.ballot?, round: self.reads.round() },
            Phase::Accepting(_) => {
                Body::Accept { ballot: self.ballot?, state: self.record.accepted.state.as_ref() }
            }
            Phase::Forgetting => Body::Forget { ballot: self.ballot? },
            Phase::Idle | Phase::Waiting | Phase::Ended(_) => return None,
        })
    }
}

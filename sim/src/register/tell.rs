//! What clients are told, and whether it is so.

use synod_consensus_core::{Ballot, NodeId, register::State};

use super::{
    ledger::Ledger,
    node::Asked,
    op::{Op, Value},
    rule,
};
use crate::violation::{Verdict, ensure, fail};

impl<const N: usize> Ledger<N> {
    /// A change is said to be made.
    pub(super) fn tell_made(
        &mut self,
        at: usize,
        (asked, op): (&Asked, Op),
        version: Ballot,
    ) -> Verdict {
        let made = self.versions.get(&version);
        let is_so = made.is_some_and(|made| made.is_chosen && made.op == op);
        ensure!(is_so, "made is durable on a quorum", at, "{version}, {op:?}: {made:?}");
        ensure!(Some(version) > asked.since, "no way back", at, "{version}: {asked:?}");
        self.told = self.told.max(Some(version));
        Ok(())
    }

    /// Somebody is told what the register holds, and asked for it when another had been told
    /// `since`.
    pub(super) fn tell_state(
        &mut self,
        at: usize,
        since: Option<Ballot>,
        (version, value): (Option<Ballot>, Option<Value>),
    ) -> Verdict {
        let Some(version) = version else {
            // It was never written, or forgotten.
            let last = self.gone.last().copied();
            let is_so = value.is_none() && since <= last;
            ensure!(is_so, "fresh reads", at, "nothing, {value:?}, after {since:?}; {last:?}");
            return Ok(());
        };
        let Some(made) = self.versions.get(&version) else {
            fail!("what is told was chosen", at, "{version} {value:?}");
        };
        let is_so = made.is_chosen && made.value == value;
        ensure!(is_so, "what is told was chosen", at, "{version} {value:?}: {made:?}");
        ensure!(Some(version) >= since, "fresh reads", at, "{version} after {since:?}");
        self.told = self.told.max(Some(version));
        Ok(())
    }

    /// A change of members is said to be done.
    pub(super) fn tell_members(&self, at: usize, asked: &Asked, wished: &[NodeId]) -> Verdict {
        let mut since =
            self.attempts().rev().take_while(|&(ballot, _)| Some(ballot) >= asked.chosen);
        let is_so = since.any(|(ballot, _)| {
            let members = self.proposed(ballot).map(|proposed| proposed.state.members);
            self.is_chosen(ballot)
                && members.is_some_and(|it| !it.is_changing() && rule::all_ids(&it) == wished)
        });
        ensure!(is_so, "members are those asked for", at, "{wished:?}: {asked:?}");
        Ok(())
    }

    /// It is said to be known to all members that there is no value. Gives whether that is news.
    pub(super) fn tell_forgotten(
        &mut self,
        at: usize,
        state: &State<Value, N>,
        floor: Ballot,
    ) -> Verdict<bool> {
        let all = rule::all(&state.members);
        let holds = |&(ballot, _): &(Ballot, _)| {
            self.proposed(ballot).is_some_and(|proposed| proposed.state == *state)
        };
        let last = self
            .attempts()
            .rev()
            .filter(holds)
            .find(|(_, attempt)| attempt.accepted.0 & all.0 == all.0);
        let is_empty = state.value.is_none() && !state.members.is_changing();
        let Some((ballot, _)) = last.filter(|_| is_empty) else {
            fail!("all know that there is nothing", at, "{state:?}");
        };
        let is_above = floor >= ballot || !all.has(at);
        ensure!(is_above, "a floor is above all", at, "{floor} < {ballot}");
        self.gone.extend(state.version);
        let is_news = Some(ballot) > self.forgotten;
        self.forgotten = self.forgotten.max(Some(ballot));
        if self.chosen() <= Some(ballot) {
            self.members = state.members;
        }
        Ok(is_news)
    }
}

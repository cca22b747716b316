//! What was proposed, promised, accepted and said about one decision, as seen from outside.

use alloc::{collections::BTreeMap, collections::BTreeSet};

use synod_consensus_core::{Ballot, Proposal};

use super::{
    mark::{Mark, Marks},
    node::Value,
    rule::Rule,
};
use crate::{
    nodes::{Nodes, place},
    violation::{Verdict, ensure, fail},
};

/// One ballot.
#[derive(Debug)]
struct Attempt {
    /// The life of its proposer in which it was first used.
    life: u32,
    /// The value that this life would like.
    own: Value,
    /// Whose promises its proposer has received.
    promised: Nodes,
    /// Of what came with them, that under the highest ballot.
    found: Option<Proposal<Value>>,
    /// Whether different values came with them.
    found_two: bool,
    /// What is to be accepted, once that is asked.
    value: Option<Value>,
    /// On whose disks it was accepted, ever.
    accepted: Nodes,
    /// Whom its proposer has asked, in either phase.
    asked: [Nodes; 2],
}

/// All that is known of one decision.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    wishes: BTreeSet<Value>,
    attempts: BTreeMap<Ballot, Attempt>,
    /// What a quorum has accepted under one ballot, and the first such ballot.
    chosen: Option<Proposal<Value>>,
    /// Whether somebody has said so.
    is_told: bool,
}

impl Ledger {
    /// What is chosen, once it is.
    pub(super) fn chosen(&self) -> Option<Value> {
        self.chosen.map(|chosen| chosen.value)
    }

    /// Whether somebody has said what is chosen.
    pub(super) const fn is_told(&self) -> bool {
        self.is_told
    }

    /// Somebody would like this value.
    pub(super) fn wish(&mut self, value: Value) {
        self.wishes.insert(value);
    }

    /// Whether a ballot was ever used.
    pub(super) fn knows(&self, ballot: Ballot) -> bool {
        self.attempts.contains_key(&ballot)
    }

    /// A proposer asks for promises: a ballot is of one life.
    pub(super) fn prepare(
        &mut self,
        (at, to): (usize, usize),
        ballot: Ballot,
        (life, own): (u32, Value),
        marks: &mut Marks,
    ) -> Verdict<bool> {
        ensure!(place(ballot.proposer) == at, "one's own ballot", at, "{ballot}");
        let is_new = !self.knows(ballot);
        let attempt = self.attempts.entry(ballot).or_insert(Attempt {
            life,
            own,
            promised: Nodes::default(),
            found: None,
            found_two: false,
            value: None,
            accepted: Nodes::default(),
            asked: [Nodes::default(); 2],
        });
        ensure!(
            attempt.life == life,
            "a ballot is of one life",
            at,
            "{ballot}, {life}: {attempt:?}"
        );
        ensure!(attempt.value.is_none(), "promises before proposals", at, "{ballot}: {attempt:?}");
        marks.hit_if(attempt.asked[0].has(to), Mark::Again);
        attempt.asked[0].insert(to);
        Ok(is_new)
    }

    /// A proposer in this life has received a promise.
    pub(super) fn promise(
        &mut self,
        (from, to): (usize, usize),
        life: u32,
        ballot: Ballot,
        accepted: Option<Proposal<Value>>,
    ) -> Verdict {
        let Some(attempt) = self.attempts.get_mut(&ballot) else {
            fail!("what is promised was asked", from, "{ballot} to {to}");
        };
        if attempt.life != life || attempt.value.is_some() {
            return Ok(());
        }
        attempt.promised.insert(from);
        let pair = attempt.found.zip(accepted);
        attempt.found_two |= pair.is_some_and(|(found, accepted)| found.value != accepted.value);
        if ballot_of(accepted) > ballot_of(attempt.found) {
            attempt.found = accepted;
        }
        Ok(())
    }

    /// A proposer asks for a value to be accepted: it has the promises that it needs, and the value is
    /// the one that they leave. Gives whether it is the first to be asked.
    pub(super) fn accept(
        &mut self,
        (at, to): (usize, usize),
        life: u32,
        proposal: Proposal<Value>,
        (rule, marks): (&Rule, &mut Marks),
    ) -> Verdict<bool> {
        let Proposal { ballot, value } = proposal;
        let chosen = self.chosen;
        let Some(attempt) = self.attempts.get_mut(&ballot) else {
            fail!("promises before proposals", at, "{ballot} was never prepared");
        };
        ensure!(
            attempt.life == life,
            "a ballot is of one life",
            at,
            "{ballot}, {life}: {attempt:?}"
        );
        marks.hit_if(attempt.asked[1].has(to), Mark::Again);
        attempt.asked[1].insert(to);
        if let Some(before) = attempt.value {
            ensure!(before == value, "one value a ballot", at, "{proposal:?}: {attempt:?}");
            return Ok(false);
        }
        let enough = rule.is_phase1(attempt.promised);
        ensure!(enough, "promises before proposals", at, "{proposal:?}: {attempt:?}");
        let left = attempt.found.map_or(attempt.own, |found| found.value);
        ensure!(value == left, "the value that promises leave", at, "{proposal:?}: {attempt:?}");
        ensure!(self.wishes.contains(&value), "chosen was proposed", at, "{proposal:?}");
        let safe = chosen.is_none_or(|chosen| chosen.ballot > ballot || chosen.value == value);
        ensure!(safe, "nothing against what is chosen", at, "{proposal:?}, chosen {chosen:?}");
        marks.hit_if(attempt.found.is_some(), Mark::Found);
        marks.hit_if(attempt.found_two, Mark::FoundTwo);
        attempt.value = Some(value);
        Ok(true)
    }

    /// A disk has a proposal that was accepted. Gives whether that has chosen it.
    pub(super) fn accepted(
        &mut self,
        at: usize,
        proposal: Proposal<Value>,
        (rule, marks): (&Rule, &mut Marks),
    ) -> Verdict<bool> {
        let Proposal { ballot, value } = proposal;
        let Some(attempt) = self.attempts.get_mut(&ballot).filter(|it| it.value == Some(value))
        else {
            fail!("accepted was proposed", at, "{proposal:?}");
        };
        let was_chosen = rule.is_phase2(attempt.accepted);
        attempt.accepted.insert(at);
        if was_chosen || !rule.is_phase2(attempt.accepted) {
            return Ok(false);
        }
        let nodes = rule.weights.len();
        marks.hit_if(attempt.accepted.len() * 2 <= nodes, Mark::Few);
        marks.hit_if(!attempt.accepted.has(place(ballot.proposer)), Mark::Without);
        marks.hit_if(self.chosen.is_some(), Mark::Twice);
        let first = *self.chosen.get_or_insert(proposal);
        ensure!(first.value == value, "one value is chosen", at, "{proposal:?}, {first:?}");
        if ballot < first.ballot {
            self.chosen = Some(proposal);
        }
        Ok(true)
    }

    /// Somebody says that this is chosen.
    pub(super) fn tell(&mut self, at: usize, value: Value) -> Verdict {
        ensure!(self.wishes.contains(&value), "chosen was proposed", at, "{value}");
        let chosen = self.chosen;
        let is_so = self.chosen() == Some(value);
        ensure!(is_so, "chosen by a quorum", at, "{value}; it is {chosen:?}");
        self.is_told = true;
        Ok(())
    }

    /// What there was in it that is rare.
    pub(super) fn sum_up(&self, marks: &mut Marks) {
        let asked = || self.attempts.iter().filter(|(_, attempt)| attempt.value.is_some());
        let proposers: BTreeSet<_> = asked().map(|(ballot, _)| ballot.proposer).collect();
        marks.hit_if(proposers.len() > 2, Mark::Crowd);
        let other =
            |attempt: &Attempt| attempt.accepted.len() > 0 && attempt.value != self.chosen();
        marks.hit_if(asked().any(|(_, attempt)| other(attempt)), Mark::Split);
    }
}

pub(super) fn ballot_of(proposal: Option<Proposal<Value>>) -> Option<Ballot> {
    proposal.map(|proposal| proposal.ballot)
}

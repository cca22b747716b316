//! What was proposed, promised, accepted and forgotten of one register, as seen from outside.

use alloc::collections::{BTreeMap, BTreeSet};

use synod_consensus_core::{
    Ballot,
    register::{Membership, Part, State},
};

use super::{
    mark::{Mark, Marks},
    node::{Hosted, Wish},
    op::{Op, Value},
    packet::told,
    rule,
};
use crate::{
    nodes::{Nodes, place},
    violation::{Verdict, ensure, fail},
};

/// One ballot.
#[derive(Debug)]
pub(super) struct Attempt<const N: usize> {
    /// The life of its proposer in which it was first used.
    life: u32,
    /// Whose promises its proposer has received.
    promised: Nodes,
    /// The highest ballot that came with them.
    found: Option<Ballot>,
    /// Of whose acceptance its proposer has heard.
    heard: Nodes,
    /// What is to be accepted, once that is asked.
    proposed: Option<Proposed<N>>,
    /// On whose disks it was accepted, ever.
    pub(super) accepted: Nodes,
}

/// A state under a ballot.
#[derive(Clone, Copy, Debug)]
pub(super) struct Proposed<const N: usize> {
    pub(super) state: State<Value, N>,
    /// From which ballot's state it goes on.
    base: Option<Ballot>,
    /// Of whom a quorum is needed.
    needs: Membership<N>,
}

/// A version.
#[derive(Clone, Copy, Debug)]
pub(super) struct Made {
    pub(super) op: Op,
    pub(super) value: Option<Value>,
    /// The version before it.
    pub(super) before: Option<Ballot>,
    /// Whether a state of this version is chosen, or one that goes on from it.
    pub(super) is_chosen: bool,
}

/// All that is known of one register.
#[derive(Debug)]
pub(super) struct Ledger<const N: usize> {
    attempts: BTreeMap<Ballot, Attempt<N>>,
    pub(super) versions: BTreeMap<Ballot, Made>,
    /// Which version each change has made.
    pub(super) made: BTreeMap<u32, Ballot>,
    /// The ballots of what was chosen.
    chosen: BTreeSet<Ballot>,
    /// The highest ballot of what was forgotten, and all versions that were.
    pub(super) forgotten: Option<Ballot>,
    pub(super) gone: BTreeSet<Ballot>,
    /// The latest version that anybody was told.
    pub(super) told: Option<Ballot>,
    /// Who the members are: of what is chosen under the highest ballot.
    pub(super) members: Membership<N>,
}

impl<const N: usize> Ledger<N> {
    pub(super) const fn new(members: Membership<N>) -> Self {
        Self {
            attempts: BTreeMap::new(),
            versions: BTreeMap::new(),
            made: BTreeMap::new(),
            chosen: BTreeSet::new(),
            forgotten: None,
            gone: BTreeSet::new(),
            told: None,
            members,
        }
    }

    /// The highest ballot that is chosen.
    pub(super) fn chosen(&self) -> Option<Ballot> {
        self.chosen.last().copied()
    }

    pub(super) fn is_chosen(&self, ballot: Ballot) -> bool {
        self.chosen.contains(&ballot)
    }

    /// What was proposed under a ballot.
    pub(super) fn proposed(&self, ballot: Ballot) -> Option<&Proposed<N>> {
        self.attempts.get(&ballot)?.proposed.as_ref()
    }

    pub(super) fn attempts(&self) -> impl DoubleEndedIterator<Item = (Ballot, &Attempt<N>)> {
        self.attempts.iter().map(|(&ballot, attempt)| (ballot, attempt))
    }

    /// A life of a node uses a ballot of its own: it is of that life alone.
    pub(super) fn uses(&mut self, at: usize, life: u32, ballot: Ballot) -> Verdict {
        ensure!(place(ballot.proposer) == at, "one's own ballot", at, "{ballot}");
        let attempt = self.attempts.entry(ballot).or_insert(Attempt {
            life,
            promised: Nodes::default(),
            found: None,
            heard: Nodes::default(),
            proposed: None,
            accepted: Nodes::default(),
        });
        let is_its = attempt.life == life;
        ensure!(is_its, "a ballot is of one life", at, "{ballot}, {life}: {attempt:?}");
        Ok(())
    }

    /// A proposer asks for promises.
    pub(super) fn prepare(&mut self, at: usize, life: u32, ballot: Ballot) -> Verdict {
        self.uses(at, life, ballot)?;
        let is_early = self.proposed(ballot).is_none();
        ensure!(is_early, "promises before proposals", at, "{ballot}: {:?}", self.attempts);
        Ok(())
    }

    /// A proposer in this life has received a promise. Gives whether it awaits it: not one to an
    /// earlier life, which comes again.
    pub(super) fn promise(
        &mut self,
        from: usize,
        life: u32,
        (ballot, accepted): (Ballot, Option<Ballot>),
    ) -> bool {
        let attempt = self.attempts.get_mut(&ballot);
        let awaits = |it: &&mut Attempt<N>| it.life == life && it.proposed.is_none();
        let Some(attempt) = attempt.filter(awaits) else { return false };
        attempt.promised.insert(from);
        attempt.found = attempt.found.max(accepted);
        true
    }

    /// A proposer in this life has heard that its state is accepted.
    pub(super) fn hear(&mut self, from: usize, life: u32, ballot: Ballot) {
        if let Some(attempt) = self.attempts.get_mut(&ballot).filter(|it| it.life == life) {
            attempt.heard.insert(from);
        }
    }

    /// A proposer has a state for its ballot: it has the promises that it needs, and the state is
    /// what comes of the one that they leave. Gives whether that is news.
    pub(super) fn propose(
        &mut self,
        (at, has_promised): (usize, Option<Ballot>),
        hosted: &Hosted<N>,
        (ballot, state): (Ballot, State<Value, N>),
        marks: &mut Marks,
    ) -> Verdict<bool> {
        self.uses(at, hosted.life, ballot)?;
        if let Some(before) = self.proposed(ballot) {
            ensure!(before.state == state, "one state a ballot", at, "{state:?}: {before:?}");
            return Ok(false);
        }
        let next = self.goes_on((at, ballot), hosted, &state);
        let left = || self.left_by_promises((at, ballot), has_promised, hosted, &state);
        let Some((base, members)) = next.or_else(left) else {
            let attempt = self.attempts.get(&ballot);
            let Hosted { polled, known, offered, first, .. } = hosted;
            fail!(
                "what the promises leave",
                at,
                "{ballot}, {}: {attempt:?}, {has_promised:?}, {known:?}, {offered:?}, {first:?}, {polled:?}",
                told(&state)
            );
        };
        let stands_on = base.or(self.forgotten);
        let last = self.chosen.range(..ballot).next_back().copied();
        ensure!(last <= stands_on, "nothing is undone", at, "{ballot}: {last:?} > {stands_on:?}");
        if state.version == Some(ballot) {
            let Some((&op, before)) = self.op_of(hosted, base, &state) else {
                fail!("changes are asked for", at, "{ballot}, {state:?}, {hosted:?}");
            };
            let made = Made { op, value: state.value, before, is_chosen: false };
            self.versions.insert(ballot, made);
            marks.hit_if(next.is_some(), Mark::OneTrip);
        }
        let is_settled = members.is_changing() && !state.members.is_changing();
        let is_asked =
            matches!(hosted.asked, Some(asked) if matches!(asked.wish, Wish::Members(_)));
        marks.hit_if(is_settled && !is_asked, Mark::SettledByOther);
        let needs = if state.members.is_changing() { state.members } else { members };
        if let Some(attempt) = self.attempts.get_mut(&ballot) {
            marks.hit_if(next.is_none() && attempt.found.is_some(), Mark::Found);
            attempt.proposed = Some(Proposed { state, base, needs });
        }
        Ok(true)
    }

    /// What its own state before leaves, if it has heard that this is chosen: those who have accepted
    /// it have promised the next ballot.
    fn goes_on(
        &self,
        (at, ballot): (usize, Ballot),
        hosted: &Hosted<N>,
        state: &State<Value, N>,
    ) -> Option<(Option<Ballot>, Membership<N>)> {
        let round = core::num::NonZeroU64::new(ballot.round.get() - 1)?;
        let before = Ballot { round, ..ballot };
        let attempt = self.attempts.get(&before).filter(|it| it.life == hosted.life)?;
        let proposed = attempt.proposed.as_ref()?;
        let mut promised = attempt.heard;
        if attempt.accepted.has(at) {
            promised.insert(at);
        }
        let base = &proposed.state;
        let comes = comes_of(base, hosted, (ballot, state), true);
        (comes && rule::is_quorum(&proposed.needs, promised))
            .then_some((Some(before), base.members))
    }

    /// What the promises leave that it has received.
    fn left_by_promises(
        &self,
        (at, ballot): (usize, Ballot),
        has_promised: Option<Ballot>,
        hosted: &Hosted<N>,
        state: &State<Value, N>,
    ) -> Option<(Option<Ballot>, Membership<N>)> {
        let attempt = self.attempts.get(&ballot)?;
        let mut promised = attempt.promised;
        if has_promised >= Some(ballot) {
            promised.insert(at);
        }
        let polled = hosted.polled.as_ref().map(|record| record.accepted().ballot);
        let least = attempt.found.max(polled.flatten().filter(|&polled| polled < ballot));
        let all: BTreeSet<Ballot> = hosted.known.union(&hosted.offered).copied().collect();
        let known = all.range(..ballot).rev().copied().map(Some);
        let fits = |base: &Option<Ballot>| {
            let from = base.map_or(Some(&hosted.first), |it| Some(&self.proposed(it)?.state));
            from.filter(|from| {
                *base >= least
                    && rule::is_quorum(&from.members, promised)
                    && comes_of(from, hosted, (ballot, state), false)
            })
        };
        known.chain([None]).find_map(|base| Some((base, fits(&base)?.members)))
    }

    /// Which of the node's changes has made this of the state before.
    fn op_of<'a>(
        &self,
        hosted: &'a Hosted<N>,
        base: Option<Ballot>,
        state: &State<Value, N>,
    ) -> Option<(&'a Op, Option<Ballot>)> {
        let from = base.map_or(Some(&hosted.first), |it| Some(&self.proposed(it)?.state))?;
        let makes = |op: &&Op| op.makes((from.value, from.version), state.value);
        hosted.ops.iter().rev().find(makes).map(|op| (op, from.version))
    }

    /// A disk has a state that was accepted. Gives whether that has chosen it.
    pub(super) fn accepted(
        &mut self,
        at: usize,
        (ballot, state): (Ballot, &State<Value, N>),
    ) -> Verdict<bool> {
        let attempt = self.attempts.get_mut(&ballot);
        let is_it = |it: &&mut Attempt<N>| it.proposed.is_some_and(|it| it.state == *state);
        let Some(attempt) = attempt.filter(is_it) else {
            fail!("accepted was proposed", at, "{ballot} {state:?}: {:?}", self.attempts);
        };
        attempt.accepted.insert(at);
        let Some(Proposed { needs, .. }) = attempt.proposed else { return Ok(false) };
        // Those after a change of members are enough for who asks them.
        let is_held = rule::is_quorum(&state.members, attempt.accepted);
        let is_chosen = rule::is_quorum(&needs, attempt.accepted);
        if is_held || is_chosen {
            self.make(at, state.version)?;
        }
        if !is_chosen || !self.chosen.insert(ballot) {
            return Ok(false);
        }
        for (later, attempt) in self.attempts.range(ballot..).skip(1) {
            let undone = attempt.proposed.filter(|it| it.base.or(self.forgotten) < Some(ballot));
            ensure!(undone.is_none(), "nothing is undone", at, "{ballot} by {later}: {undone:?}");
        }
        if self.chosen() == Some(ballot) {
            self.members = state.members;
        }
        Ok(true)
    }

    /// A version has been chosen, and all before it, on which it stands.
    fn make(&mut self, at: usize, version: Option<Ballot>) -> Verdict {
        let mut next = version;
        while let Some(version) = next {
            let Some(made) = self.versions.get_mut(&version) else {
                fail!("changes are asked for", at, "{version}");
            };
            if made.is_chosen {
                break;
            }
            made.is_chosen = true;
            next = made.before;
            let first = *self.made.entry(made.op.tag).or_insert(version);
            ensure!(first == version, "a change is made once", at, "{first}, {version}");
        }
        Ok(())
    }
}

/// Whether a proposer could make this of that.
fn comes_of<const N: usize>(
    base: &State<Value, N>,
    hosted: &Hosted<N>,
    (ballot, state): (Ballot, &State<Value, N>),
    is_chosen: bool,
) -> bool {
    let is_same = (base.version, base.value) == (state.version, state.value);
    let before = (base.value, base.version);
    let is_made = || {
        state.version == Some(ballot) && hosted.ops.iter().any(|op| op.makes(before, state.value))
    };
    let stay = base.members == state.members;
    let settle = || {
        let settled = rule::after(&base.members) == rule::all_ids(&state.members);
        is_chosen && base.members.is_changing() && !state.members.is_changing() && settled
    };
    let join = || {
        let goes_from = rule::side(&state.members, Part::Joins) == rule::all_ids(&base.members);
        let to = rule::after(&state.members);
        let is_wished = hosted.moves.iter().any(|moves| rule::ids(*moves) == to);
        !base.members.is_changing() && state.members.is_changing() && goes_from && is_wished
    };
    (is_same || is_made()) && (stay || settle() || join())
}

//! What becomes of what was asked for.

use synod_consensus_core::{
    Ballot,
    register::{Membership, ReadToken, State},
};

use super::{
    drain::End,
    mark::Mark,
    node::{Asked, Kept, Wish, Write},
    op::{Op, Value, What},
    rule,
    story::nth,
    world::World,
};
use crate::{
    fault::Fault,
    nodes::place,
    violation::{Verdict, ensure, fail},
};

impl<const N: usize> World<N> {
    /// What became of a change, a change of members or the wish to forget.
    pub(super) fn tell_end(
        &mut self,
        at: usize,
        number: u64,
        asked: &Asked,
        end: End<N>,
    ) -> Verdict {
        let story = &mut self.stories[nth(number)];
        match (end, asked.wish) {
            (End::Changed(version), Wish::Change(op)) => {
                story.ledger.tell_made(at, (asked, op), version)?;
                story.made(asked.place, version);
                self.engine.trace.note(version.round.get());
                let before = story.ledger.gone.range(..version).next().is_some();
                self.marks.hit_if(before, Mark::MadeAnew);
                self.mark_made(at, number, op, version);
            }
            (End::Kept(state), Wish::Change(op)) => {
                let seen = (state.version, state.value);
                story.ledger.tell_state(at, asked.since, seen)?;
                ensure!(op.keeps(state.version), "kept for a reason", at, "{op:?}, {state:?}");
                story.saw(asked.place, state.version);
                self.marks.hit(Mark::Kept);
                self.marks.hit_if(matches!(op.what, What::PutIf(_)), Mark::PutIfKept);
            }
            (End::Kept(state), Wish::Forget) => {
                let seen = (state.version, state.value);
                story.ledger.tell_state(at, asked.since, seen)?;
                ensure!(state.value.is_some(), "kept for a reason", at, "{state:?}");
                story.saw(asked.place, state.version);
                self.marks.hit(Mark::NotForgotten);
            }
            (End::Reconfigured, Wish::Members(wished)) => {
                story.ledger.tell_members(at, asked, &rule::ids(wished))?;
                self.counts.reconfigured += 1;
                self.marks.hit(Mark::Reconfigured);
            }
            (End::Unknown, Wish::Change(_)) => {
                story.unknown(asked.place);
                self.marks.hit(Mark::Unknown);
            }
            (End::Unknown, Wish::Members(_)) => {
                story.unknown(asked.place);
                self.marks.hit(Mark::MembersUnknown);
            }
            (End::Exhausted, _) => {
                let near = self.engine.plan.has(Fault::Maxima);
                ensure!(near, "rounds are left", at, "of {number}");
                self.marks.hit(Mark::Exhausted);
            }
            _ => fail!("an outcome of what was asked", at, "{end:?}: {asked:?}"),
        }
        Ok(())
    }

    fn mark_made(&mut self, at: usize, number: u64, op: Op, version: Ballot) {
        let story = &mut self.stories[nth(number)];
        self.counts.changes += 1;
        self.marks.hit(Mark::Made);
        self.marks.hit_if(matches!(op.what, What::PutIf(_)), Mark::PutIf);
        self.marks.hit_if(op.what == What::Delete, Mark::Deleted);
        let mut later = story.ledger.attempts().rev().take_while(|&(ballot, _)| ballot > version);
        let is_later =
            later.any(|(ballot, _)| place(ballot.proposer) == at && story.ledger.is_chosen(ballot));
        self.marks.hit_if(is_later, Mark::MadeBefore);
    }

    /// Reads are answered.
    pub(super) fn answer(
        &mut self,
        at: usize,
        number: u64,
        token: ReadToken,
        state: &State<Value, N>,
    ) -> Verdict {
        let story = &mut self.stories[nth(number)];
        let Some(hosted) = self.nodes[at].hosted.get_mut(&number) else { return Ok(()) };
        let (done, waiting) = hosted.reads.iter().partition(|reading| reading.token <= token);
        hosted.reads = waiting;
        let done: alloc::vec::Vec<super::node::Reading> = done;
        self.engine.trace.note(state.version.map_or(0, |version| version.round.get()));
        for reading in &done {
            story.ledger.tell_state(at, reading.since, (state.version, state.value))?;
            story.saw(reading.place, state.version);
            self.counts.reads += 1;
            self.marks.hit(Mark::Read);
        }
        self.marks.hit_if(done.len() > 1, Mark::Shared);
        let is_seen = hosted.register.latest() == state;
        ensure!(is_seen, "what is read is what it holds", at, "{state:?}: {hosted:?}");
        Ok(())
    }

    /// All members know that there is nothing: the node drops the register, when its disk has the
    /// floor. Whoever has left has been stopped for good before, and comes back as one who joins.
    pub(super) fn forget(&mut self, at: usize, number: u64, floor: Ballot) -> Verdict {
        let Some(hosted) = self.nodes[at].hosted.remove(&number) else { return Ok(()) };
        let state = *hosted.register.latest();
        if let Some(Asked { wish, .. }) = hosted.asked {
            ensure!(wish == Wish::Forget, "nothing is forgotten in use", at, "{wish:?}");
        }
        self.marks.hit(Mark::Forgotten);
        self.engine.diarise(at, crate::diary::Mood::Plain, || {
            alloc::format!("#{number} is forgotten, {}", super::packet::told(&state))
        });
        let story = &mut self.stories[nth(number)];
        let before = story.parts[at].promised;
        ensure!(Some(floor) >= before, "floors are above promises", at, "{floor} < {before:?}");
        let is_first = story.ledger.tell_forgotten(at, &state, floor)?;
        self.counts.forgotten += u64::from(is_first);
        let is_member = rule::all(&state.members).has(at);
        if is_first || !is_member {
            self.drop_outsiders(number, &state.members, floor)?;
        }
        if !is_member {
            return Ok(());
        }
        let what = Kept::Floor { floor: Some(floor), members: Some(state.members) };
        let (life, id) = (hosted.life, 0);
        self.engine.write(at, Write { number, life, id, what });
        self.nodes[at].dropping.insert(number);
        Ok(())
    }

    /// Nodes that are no members drop what they have, before members do.
    fn drop_outsiders(&mut self, number: u64, members: &Membership<N>, floor: Ballot) -> Verdict {
        for at in 0..self.nodes.len() {
            if rule::all(members).has(at) {
                continue;
            }
            let promised = self.disk(at, number)?.and_then(|record| record.promised());
            let before = match self.nodes[at].kept.get(&number) {
                Some(Kept::Floor { floor, .. }) => *floor,
                _ => None,
            };
            let floor = promised.max(before).max(Some(floor));
            self.lose(at, number);
            let part = &mut self.stories[nth(number)].parts[at];
            part.void = part.life;
            let node = &mut self.nodes[at];
            node.dropping.remove(&number);
            node.hosted.remove(&number);
            node.kept.insert(number, Kept::Floor { floor, members: None });
            self.marks.hit(Mark::Dropped);
        }
        Ok(())
    }
}

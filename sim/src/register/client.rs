//! What clients ask nodes for.

use synod_consensus_core::{
    Ballot,
    register::{Cancelled, ChangeError, ReadError, ReconfigureError},
};

use super::{
    mark::Mark,
    node::{Asked, Reading, Wish},
    op::{Op, What},
    phase::Phase,
    rule, settings,
    story::nth,
    world::{Task, World},
};
use crate::{
    nodes::{Nodes, id},
    violation::{Verdict, ensure},
};

impl<const N: usize> World<N> {
    /// Some client asks some node for something, and then another one.
    pub(super) fn call_some(&mut self) -> Verdict {
        if self.phase != Phase::Storm || self.counts.calls >= self.scale.calls {
            return Ok(());
        }
        let wait_us = 1 + self.engine.random.below(self.scale.pause_us);
        self.engine.later(wait_us, Task::Call);
        let at = self.engine.random.index(self.nodes.len());
        let number = self.engine.random.below(self.stories.len() as u64);
        self.counts.calls += 1;
        if !self.host(at, number)? {
            return Ok(());
        }
        let told = self.stories[nth(number)].ledger.told;
        let versions = &self.stories[nth(number)].ledger.versions;
        let is_empty =
            told.and_then(|told| versions.get(&told)).is_none_or(|it| it.value.is_none());
        let random = &mut self.engine.random;
        let (reads, members, rare) = (self.scale.reads, self.scale.members, self.scale.rare);
        let drawn = random.below(100);
        if drawn < reads {
            return self.read(at, number);
        }
        if drawn < reads + members {
            let after = settings::some(self.nodes.len(), random);
            return self.ask(at, number, Wish::Members(after));
        }
        if drawn < reads + members + rare {
            return self.cancel(at, number);
        }
        if drawn < reads + members + 2 * rare {
            let forgets = if is_empty { random.one_in(2) } else { random.one_in(4) };
            let wish = if forgets { Wish::Forget } else { self.change(number, What::Delete) };
            return self.ask(at, number, wish);
        }
        let what = match random.below(8) {
            0 => What::Look,
            1 => What::PutIf(told),
            2 => What::PutIf(self.some_version(number)),
            _ => What::Add,
        };
        let wish = self.change(number, what);
        self.ask(at, number, wish)
    }

    /// A change that is unlike all before.
    pub(super) fn change(&mut self, number: u64, what: What) -> Wish {
        let story = &mut self.stories[nth(number)];
        story.tags += 1;
        Wish::Change(Op { tag: story.tags, what })
    }

    fn some_version(&mut self, number: u64) -> Option<Ballot> {
        let versions = &self.stories[nth(number)].ledger.versions;
        let place = self.engine.random.index(versions.len() + 1);
        versions.keys().nth(place).copied()
    }

    /// A client asks for a change, other members, or that a register is forgotten.
    pub(super) fn ask(&mut self, at: usize, number: u64, wish: Wish) -> Verdict {
        let now_us = self.engine.local_us(at);
        let story = &mut self.stories[nth(number)];
        let Some(hosted) = self.nodes[at].hosted.get_mut(&number) else { return Ok(()) };
        self.calls += 1;
        let is_member = hosted.register.latest().members.contains(id(at));
        let expected = if !is_member {
            Err(ChangeError::NotMember)
        } else if hosted.asked.is_some() {
            Err(ChangeError::Busy)
        } else {
            Ok(())
        };
        let register = &mut hosted.register;
        let result = match wish {
            Wish::Change(op) => register.change(now_us, op).map_err(|(error, _)| error),
            Wish::Forget => register.forget(now_us),
            Wish::Members(after) => match register.reconfigure(now_us, &rule::ids(after)) {
                Ok(()) => Ok(()),
                Err(ReconfigureError::Change(error)) => Err(error),
                Err(error) => {
                    crate::violation::fail!("no unexpected error", at, "{wish:?}: {error}")
                }
            },
        };
        ensure!(
            result == expected,
            "no unexpected error",
            at,
            "{wish:?}: {result:?}, {expected:?}"
        );
        match result {
            Err(ChangeError::NotMember) => self.marks.hit(Mark::NotMember),
            Err(_) => self.marks.hit(Mark::Busy),
            Ok(()) => {
                let op = if let Wish::Change(op) = wish { Some(op) } else { None };
                let (since, chosen) = (story.ledger.told, story.ledger.chosen());
                let place = story.call(op);
                hosted.asked = Some(Asked { wish, since, chosen, place });
                hosted.ops.extend(op);
                if let Wish::Members(after) = wish {
                    hosted.moves.push(after);
                }
                self.engine.diarise(at, crate::diary::Mood::Plain, || {
                    alloc::format!("#{number} {wish:?}")
                });
            }
        }
        self.drain(at, number)
    }

    /// A client reads.
    pub(super) fn read(&mut self, at: usize, number: u64) -> Verdict {
        let now_us = self.engine.local_us(at);
        let story = &mut self.stories[nth(number)];
        let Some(hosted) = self.nodes[at].hosted.get_mut(&number) else { return Ok(()) };
        self.calls += 1;
        let is_member = hosted.register.latest().members.contains(id(at));
        match hosted.register.read(now_us) {
            Ok(token) => {
                ensure!(is_member, "no unexpected error", at, "a stranger reads: {hosted:?}");
                let since = story.ledger.told;
                let place = story.call(None);
                hosted.reads.push(Reading { token, since, place });
            }
            Err(error) => {
                let right = !is_member && error == ReadError::NotMember;
                ensure!(right, "no unexpected error", at, "{error}: {hosted:?}");
                self.marks.hit(Mark::NotMember);
            }
        }
        self.drain(at, number)
    }

    /// A client has lost its patience.
    fn cancel(&mut self, at: usize, number: u64) -> Verdict {
        let story = &mut self.stories[nth(number)];
        let Some(hosted) = self.nodes[at].hosted.get_mut(&number) else { return Ok(()) };
        self.calls += 1;
        let cancelled = hosted.register.cancel();
        let asked = hosted.asked.take();
        let right = cancelled.is_some() == asked.is_some();
        ensure!(right, "what is under way is cancelled", at, "{cancelled:?}, {asked:?}");
        if let (Some(cancelled), Some(asked)) = (cancelled, asked) {
            match cancelled {
                Cancelled::NeverProposed => {
                    story.never(asked.place);
                    self.marks.hit(Mark::CancelledEarly);
                }
                Cancelled::Unknown => self.marks.hit(Mark::CancelledLate),
            }
        }
        self.drain(at, number)
    }

    /// Whether a node hears, and is heard by, a majority of the members.
    pub(super) fn reaches_enough(&self, at: usize, number: u64) -> bool {
        let cuts = &self.engine.network.cuts;
        let mut reached = Nodes::default();
        for other in 0..self.nodes.len() {
            if !cuts.has(at, other) && !cuts.has(other, at) {
                reached.insert(other);
            }
        }
        rule::is_quorum(&self.stories[nth(number)].ledger.members, reached)
    }
}

//! What is known of a peer, and what it is owed.

use core::num::NonZeroU64;

use synod_capacity::Capacity;
use synod_clocks::{CausalContext, Dot};

use crate::CatchUp;

#[derive(Clone)]
pub(crate) struct Peer<Id, R: Capacity> {
    pub(crate) id: Id,
    /// Which of its starts this is about; 0 before anything was heard.
    pub(crate) boot: u32,
    /// What it said that it knows, and what it has acknowledged, since that start.
    pub(crate) known: CausalContext<Id, R>,
    /// Whether there was no room in `known` for something.
    pub(crate) forgets: bool,
    /// Whether it has said all that it knew at that start.
    pub(crate) has_greeted: bool,
    /// Whether there was no room for something that it said it knew, and that may not be here.
    pub(crate) is_cut: bool,
    /// How many changes it had noted when it last said something.
    pub(crate) changes: u64,
    /// How many of its changes are all here, as it has said itself.
    pub(crate) level: Option<u64>,
    /// Of how many changes it was told last without having them all by that, while it has not
    /// acknowledged to have them.
    pub(crate) doubt: Option<u64>,
    pub(crate) stage: Stage<Id>,
    pub(crate) sent: Option<Sent<Id, R>>,
    pub(crate) number: u32,
    /// What to answer.
    pub(crate) answer: Option<Answer>,
    /// Until then it is likely to tell more, and all that it is owed is to hear when it has
    /// everything.
    pub(crate) tells_until_us: u64,
}

/// How far a peer has been told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage<Id> {
    /// It learns what is known here, up to this event so far.
    Greeting { after: Option<Dot<Id>> },
    /// It knows that; what it knows is still to come.
    Greeted,
    /// It is brought up to date with the state, and so with the journal up to a position; but for
    /// what it refused, if something was left out.
    CatchingUp { progress: CatchUp<Id>, upto: u64, has_left_out: bool },
    /// It has the changes before a position of the journal, and of the change there the events up
    /// to a counter.
    Following { position: u64, after: Option<NonZeroU64> },
}

impl<Id: Copy> Stage<Id> {
    /// From the beginning.
    pub(crate) const fn catching_up(progress: CatchUp<Id>, upto: u64) -> Self {
        Self::CatchingUp { progress, upto, has_left_out: false }
    }

    /// Whether a peer has all changes before a position of the journal, and nothing of the next.
    pub(crate) fn is_at(&self, end: u64) -> bool {
        matches!(self, Self::Following { position, after: None } if *position == end)
    }

    /// Whether a peer has all changes before a position of the journal.
    fn reaches(&self, end: u64) -> bool {
        matches!(self, Self::Following { position, .. } if *position >= end)
    }

    /// The first position of the journal of which the peer has nothing.
    const fn open(&self) -> u64 {
        match self {
            Self::Greeting { .. } | Self::Greeted => 0,
            Self::CatchingUp { upto, .. } => *upto,
            Self::Following { position, after: None } => *position,
            Self::Following { position, after: Some(_) } => position.saturating_add(1),
        }
    }
}

/// What became of what a peer said under a number.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Answer {
    Ack(u32),
    Refusal(u32),
}

/// A message that is not acknowledged yet. It is made again when it is due: of the same events, as
/// the state has them then.
#[derive(Clone)]
pub(crate) struct Sent<Id, R: Capacity> {
    pub(crate) number: u32,
    pub(crate) kind: SentKind,
    pub(crate) events: CausalContext<Id, R>,
    /// The stage once it is acknowledged.
    pub(crate) then: Stage<Id>,
    pub(crate) tries: u32,
    pub(crate) due_us: u64,
    /// The peer has no room for it: when it is due, another is made in its place.
    pub(crate) is_refused: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SentKind {
    Greeting { is_last: bool },
    Delta,
}

impl<Id: Copy + Ord, R: Capacity> Peer<Id, R> {
    pub(crate) const fn new(id: Id) -> Self {
        Self {
            id,
            boot: 0,
            known: CausalContext::new(),
            forgets: false,
            has_greeted: false,
            is_cut: false,
            changes: 0,
            level: None,
            doubt: None,
            stage: Stage::Greeting { after: None },
            sent: None,
            number: 0,
            answer: None,
            tells_until_us: 0,
        }
    }

    /// It has said something at one of its starts, not an earlier one than before.
    pub(crate) fn hear(&mut self, boot: u32, changes: u64) {
        // It may have forgotten everything; and what was sent before its first word was for no
        // start, and was refused.
        if boot > self.boot {
            *self = Self { boot, ..Self::new(self.id) };
        }
        self.changes = self.changes.max(changes);
    }

    /// When it is to be sent something, if nothing happens before.
    pub(crate) fn due_us(&self, now_us: u64) -> Option<u64> {
        let tells_until_us = Some(self.tells_until_us).filter(|until_us| *until_us > now_us);
        self.sent.as_ref().map(|sent| sent.due_us).or(self.doubt.and(tells_until_us))
    }

    /// It is there: what it has not acknowledged by then is repeated soon.
    pub(crate) fn answers_by(&mut self, soon_us: u64) {
        self.hasten(false, soon_us);
    }

    /// It has changed: what it refused may fit by now.
    pub(crate) fn may_have_room(&mut self, soon_us: u64) {
        self.hasten(true, soon_us);
    }

    fn hasten(&mut self, is_refused: bool, soon_us: u64) {
        if let Some(sent) = self.sent.as_mut().filter(|sent| sent.is_refused == is_refused) {
            sent.tries = sent.tries.min(1);
            sent.due_us = sent.due_us.min(soon_us);
        }
    }

    /// All is here that it knew after so many changes.
    pub(crate) fn level_at(&mut self, changes: u64) {
        self.level = self.level.max(Some(changes));
        self.is_cut = false;
        self.tells_until_us = 0;
    }

    /// Whether all is here that it knew when it last said something.
    pub(crate) fn has_told_all(&self) -> bool {
        self.level == Some(self.changes)
    }

    /// It is told of so many changes, and not that it has them all.
    pub(crate) fn leave_in_doubt(&mut self, changes: u64) {
        self.doubt = self.doubt.max(Some(changes));
    }

    /// It knows these events.
    pub(crate) fn remember<C: Capacity>(&mut self, events: &CausalContext<Id, C>) {
        self.forgets |= self.known.merge(events).is_err();
    }

    /// Whether it has all changes before a position of the journal, and nothing is under way to it.
    pub(crate) fn is_level(&self, position: u64) -> bool {
        self.sent.is_none() && self.stage.is_at(position)
    }

    /// The first position of the journal that is not under way to it, and that it has not.
    pub(crate) fn open(&self) -> u64 {
        let sent = self.sent.as_ref().map_or(0, |sent| sent.then.open());
        self.stage.open().max(sent)
    }

    /// What was sent under `number` is acknowledged.
    pub(crate) fn acknowledge(&mut self, number: u32) {
        if let Some(sent) = self.sent.take_if(|sent| sent.number == number) {
            if sent.kind == SentKind::Delta {
                self.remember(&sent.events);
                self.doubt = self.doubt.filter(|doubt| !sent.then.reaches(*doubt));
            }
            self.stage = sent.then;
        }
    }

    /// There was no room for what was sent under `number`; there always is for a greeting.
    pub(crate) fn refuse(&mut self, number: u32) {
        let is_it = |sent: &&mut Sent<Id, R>| sent.number == number && sent.kind == SentKind::Delta;
        if let Some(sent) = self.sent.as_mut().filter(is_it) {
            sent.is_refused = true;
        }
    }

    /// Begins again after a refusal: with removals, which make room, and then in order of events.
    /// What is refused then is left out until all behind it was tried, which may close a gap, or be
    /// smaller.
    pub(crate) fn begin_again(&mut self, upto: u64) {
        let Some(sent) = self.sent.take() else { return };
        self.stage = match (self.stage, sent.then) {
            (Stage::CatchingUp { progress, upto, .. }, then) if progress.is_making_room() => {
                match then {
                    Stage::CatchingUp { progress, .. } => {
                        Stage::CatchingUp { progress, upto, has_left_out: true }
                    }
                    _ => Stage::catching_up(CatchUp::news_again(), upto),
                }
            }
            _ => Stage::catching_up(CatchUp::making_room(), upto),
        };
    }
}

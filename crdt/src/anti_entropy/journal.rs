//! Which events changed lately, for peers that are nearly up to date.

use synod_capacity::{Inline, List};
use synod_clocks::DotRange;

/// The latest `J` changes as ranges of events, each at a position; positions only rise.
///
/// When it is full, the oldest goes. A peer that had not got it is brought up to date from the
/// state.
#[derive(Clone, Debug)]
pub(crate) struct Journal<Id, const J: usize> {
    // The change at a position is in the slot that is its remainder by `J`.
    slots: List<Change<Id>, Inline<J>>,
    start: u64,
    end: u64,
}

/// Events that came, or went.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Change<Id> {
    pub(crate) events: DotRange<Id>,
    /// Which peer told of them.
    pub(crate) origin: Option<Id>,
}

impl<Id: Copy + Ord, const J: usize> Journal<Id, J> {
    pub(crate) const fn new() -> Self {
        Self { slots: List::new(), start: 0, end: 0 }
    }

    /// The position of the first change that is remembered.
    pub(crate) const fn start(&self) -> u64 {
        self.start
    }

    /// The position of the next change.
    pub(crate) const fn end(&self) -> u64 {
        self.end
    }

    pub(crate) fn get(&self, position: u64) -> Option<Change<Id>> {
        let is_here = self.start <= position && position < self.end;
        self.slots.get(slot::<J>(position)?).copied().filter(|_| is_here)
    }

    /// Appends a change. One that goes on where the last one ends joins it, unless that may be with
    /// a peer already, which changes from `open` on are not.
    pub(crate) fn push(&mut self, change: Change<Id>, open: u64) {
        let last = self.end.checked_sub(1).filter(|last| *last >= open);
        let known = last.and_then(|last| self.get(last));
        if let (Some(slot), Some(events)) =
            (last.and_then(slot::<J>), known.and_then(|known| joined(known, change)))
        {
            if let Some(known) = self.slots.get_mut(slot) {
                known.events = events;
                return;
            }
        }
        let free = slot::<J>(self.end).and_then(|slot| self.slots.get_mut(slot));
        match free {
            Some(oldest) => *oldest = change,
            // Without a slot at all, every change is forgotten at once.
            None => drop(self.slots.push(change)),
        }
        self.end = self.end.saturating_add(1);
        let size = u64::try_from(J).unwrap_or(u64::MAX);
        self.start = self.start.max(self.end.saturating_sub(size));
    }
}

fn slot<const J: usize>(position: u64) -> Option<usize> {
    let size = u64::try_from(J).ok()?;
    usize::try_from(position.checked_rem(size)?).ok()
}

/// Both in one, if they are neighbours and came from the same side.
fn joined<Id: Copy + Ord>(last: Change<Id>, next: Change<Id>) -> Option<DotRange<Id>> {
    let (replica, first) = (last.events.replica(), last.events.first());
    let same = last.origin == next.origin && replica == next.events.replica();
    let follows = last.events.last().checked_add(1) == Some(next.events.first());
    DotRange::new(replica, first, next.events.last()).filter(|_| same && follows)
}

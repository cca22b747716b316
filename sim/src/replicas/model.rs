//! What replicas should say, from the changes that were made.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    vec::Vec,
};

use synod_crdt::{Dot, HybridStamp};

/// What a state says: keys with their elements, or with their value where that is not 0.
pub(super) type Facts = BTreeSet<(u8, i64)>;

/// A change of one kind or the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verb {
    /// Adds an element, writes a value, counts up.
    Put,
    /// Removes an element, counts down.
    Take,
    /// Removes a key.
    Reset,
}

/// A change.
#[derive(Clone, Copy, Debug)]
pub(super) struct Change {
    pub(super) verb: Verb,
    pub(super) key: u8,
    pub(super) element: u8,
    pub(super) stamp: HybridStamp,
}

/// A change that was made.
#[derive(Clone, Debug)]
pub(super) struct Write {
    /// At which node.
    pub(super) node: usize,
    pub(super) change: Change,
    /// Its event, if it has one.
    pub(super) dot: Option<Dot<u16>>,
    /// The events of the same place that its replica knew.
    pub(super) known: Vec<Dot<u16>>,
    /// Those of them that were alive.
    pub(super) alive: Vec<Dot<u16>>,
}

/// All changes that were made and not lost, in the order in which they were.
#[derive(Debug, Default)]
pub(super) struct History {
    next: usize,
    writes: BTreeMap<usize, Write>,
    by_dot: BTreeMap<Dot<u16>, usize>,
}

impl History {
    pub(super) fn push(&mut self, write: Write) {
        if let Some(dot) = write.dot {
            self.by_dot.insert(dot, self.next);
        }
        self.writes.insert(self.next, write);
        self.next += 1;
    }

    /// How many changes there were, lost ones included.
    pub(super) const fn len(&self) -> usize {
        self.next
    }

    /// Those of a node from this one on were lost with it, before anybody else heard of them.
    pub(super) fn lose(&mut self, node: usize, from: usize) -> usize {
        let is_lost = |place: &usize, write: &Write| *place >= from && write.node == node;
        let before = self.writes.len();
        self.writes.retain(|place, write| !is_lost(place, write));
        let writes = &self.writes;
        self.by_dot.retain(|_, place| writes.contains_key(place));
        before - self.writes.len()
    }

    /// The events of changes at the place of `change`: of the whole key, or of its element.
    pub(super) fn at(&self, change: Change, whole: bool) -> impl Iterator<Item = Dot<u16>> {
        self.by_dot.iter().filter_map(move |(dot, place)| {
            let other = &self.writes.get(place)?.change;
            let same = change.key == other.key && (whole || change.element == other.element);
            same.then_some(*dot)
        })
    }

    pub(super) fn writes(&self) -> impl Iterator<Item = &Write> {
        self.writes.values()
    }

    /// The changes that no other has replaced or removed, with their events.
    pub(super) fn standing(&self) -> impl Iterator<Item = (Dot<u16>, &Change)> {
        let gone: BTreeSet<Dot<u16>> =
            self.writes().flat_map(|write| write.known.iter().copied()).collect();
        self.writes().filter_map(move |write| {
            let dot = write.dot.filter(|dot| !gone.contains(dot))?;
            Some((dot, &write.change))
        })
    }
}

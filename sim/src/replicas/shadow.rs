//! What a state is by definition: a set of events, and what is alive under them.

use alloc::collections::{BTreeMap, BTreeSet};
use core::num::NonZeroU64;

use synod_crdt::{CausalContext, Dot, DotRange, Kind, Source};

/// The simplest state that could be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shadow<Row> {
    pub(super) known: BTreeSet<Dot<u16>>,
    pub(super) alive: BTreeMap<Dot<u16>, Row>,
}

impl<Row: Clone + Ord> Shadow<Row> {
    pub(super) const fn new() -> Self {
        Self { known: BTreeSet::new(), alive: BTreeMap::new() }
    }

    /// What a state, or a part of one, says.
    pub(super) fn of<S: Source<Id = u16, Kind: Kind<u16, Row = Row>>>(source: &S) -> Self
    where
        Row: 'static,
    {
        let mut shadow = Self::new();
        for range in source.context().ranges() {
            shadow.known.extend(dots(*range));
            let rows = source.rows_within(*range);
            shadow.alive.extend(rows.map(|(dot, row)| (dot, row.clone())));
        }
        shadow
    }

    /// Takes in another: what is new to one side as the other has it, and what is dead anywhere is
    /// dead. Gives whether that changed anything.
    pub(super) fn merge(&mut self, other: &Self) -> bool {
        let before = (self.known.len(), self.alive.len());
        let known = &self.known;
        let born = other.alive.iter().filter(|(dot, _)| !known.contains(dot));
        let born: BTreeMap<_, _> = born.map(|(dot, row)| (*dot, row.clone())).collect();
        let news = !born.is_empty();
        self.alive.retain(|dot, _| !other.known.contains(dot) || other.alive.contains_key(dot));
        let died = self.alive.len() < before.1;
        self.alive.extend(born);
        self.known.extend(&other.known);
        news || died || self.known.len() > before.0
    }

    /// Whether this says nothing but what the other says, too.
    pub(super) fn is_part_of(&self, whole: &Self) -> bool {
        let same = |dot: &Dot<u16>| self.alive.get(dot) == whole.alive.get(dot);
        self.known.iter().all(|dot| whole.known.contains(dot) && same(dot))
    }

    /// Whether all of these events are known.
    pub(super) fn has<R: synod_crdt::Capacity>(&self, context: &CausalContext<u16, R>) -> bool {
        context.ranges().iter().all(|range| dots(*range).all(|dot| self.known.contains(&dot)))
    }
}

/// The events of a range, which must be short.
pub(super) fn dots(range: DotRange<u16>) -> impl Iterator<Item = Dot<u16>> {
    let counters = range.first().get()..=range.last().get();
    let counters = counters.filter_map(NonZeroU64::new);
    counters.map(move |counter| Dot { replica: range.replica(), counter })
}

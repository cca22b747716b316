//! States by definition: each dot is unknown, alive with a row, or dead, and never goes back; a
//! merge takes for each dot what is later in that order.

use std::{collections::BTreeMap, fmt::Debug};

use synod_crdt::{Dot, Kind, Source};

/// The known dots, with their rows while they are alive.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Points<Row>(BTreeMap<Dot<u8>, Option<Row>>);

impl<Row: Clone + Debug + PartialEq> Points<Row> {
    pub(crate) fn of<O: Source<Id = u8, Kind: Kind<u8, Row = Row>>>(source: &O) -> Self {
        let mut points = BTreeMap::new();
        for range in source.context().ranges() {
            for counter in range.first().get()..=range.last().get() {
                points.insert(Dot::new(range.replica(), counter).unwrap(), None);
            }
            for (dot, row) in source.rows_within(*range) {
                let known = points.insert(dot, Some(row.clone()));
                assert_eq!(known, Some(None), "{dot:?} is not known, or has two rows");
            }
        }
        Self(points)
    }

    pub(crate) fn join(&self, other: &Self) -> Self {
        let mut joined = self.clone();
        for (dot, row) in &other.0 {
            let entry = joined.0.entry(*dot).or_insert_with(|| row.clone());
            if row.is_none() {
                *entry = None;
            }
        }
        Self(joined.0)
    }

    /// The first dot under which both have something, and not the same.
    pub(crate) fn conflict(&self, other: &Self) -> Option<Dot<u8>> {
        let differ = |(dot, row): (&Dot<u8>, &Option<Row>)| {
            let theirs = other.0.get(dot)?.as_ref()?;
            (theirs != row.as_ref()?).then_some(*dot)
        };
        self.0.iter().find_map(differ)
    }

    /// Those dots of which `is_wanted` says so, given whether they are alive.
    pub(crate) fn part(&self, is_wanted: impl Fn(Dot<u8>, bool) -> bool) -> Self {
        let wanted = self.0.iter().filter(|(dot, row)| is_wanted(**dot, row.is_some()));
        Self(wanted.map(|(dot, row)| (*dot, row.clone())).collect())
    }

    /// Whether `dot` is not what it was in `before`.
    pub(crate) fn differs(&self, before: &Self, dot: Dot<u8>) -> bool {
        self.0.get(&dot) != before.0.get(&dot)
    }

    pub(crate) fn dots(&self) -> impl Iterator<Item = Dot<u8>> {
        self.0.keys().copied()
    }

    pub(crate) fn rows(&self) -> usize {
        self.0.values().flatten().count()
    }

    pub(crate) fn ranges(&self) -> usize {
        let is_first = |dot: &&Dot<u8>| {
            let before = Dot::new(dot.replica, dot.counter.get() - 1);
            before.is_none_or(|before| !self.0.contains_key(&before))
        };
        self.0.keys().filter(is_first).count()
    }
}

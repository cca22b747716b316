//! Who of those that have a partition owns it.

use synod_capacity::Capacity;

use crate::partitions::exchange::{Count, Exchange, Paths};
use crate::partitions::table::{NOBODY, Table, somebody};

/// A table in whose rows another one may be the first.
pub(crate) struct Owners<'a, C: Capacity> {
    pub(crate) table: &'a mut Table<C>,
}

impl<C: Capacity> Owners<'_, C> {
    /// Counts what each node owns, which is to be its part of what it has, of so many copies.
    ///
    /// Of those that had a partition before, the first one owns it; where none had, who lacks most.
    pub(crate) fn count(&mut self, before: &Table<C>, counts: &mut [Count], copies: u8) {
        for count in counts.iter_mut() {
            let copies = u32::from(copies);
            count.least = count.has.checked_div(copies).unwrap_or(0);
            let rest = count.has.saturating_sub(count.least.saturating_mul(copies));
            count.most = count.least.saturating_add(u32::from(rest > 0));
            count.has = 0;
        }
        for row in 0..self.table.rows() {
            let had = before.row(row);
            let lacks = |place: &u16| counts.get(usize::from(*place)).map(Count::lacks);
            let places = somebody(self.table.row(row));
            let owner = places.clone().find(|place| had.contains(place));
            if let Some(owner) = owner.or_else(|| places.max_by_key(lacks)) {
                self.put_first(row, owner);
                Count::pass(counts, NOBODY, owner);
            }
        }
    }

    /// Changes the owner where one of the others has too few, and the owner too many.
    pub(crate) fn move_directly(&mut self, counts: &mut [Count]) {
        self.move_where(counts, |from| from.has > from.most, |to| to.has < to.most);
        self.move_where(counts, |from| from.has > from.least, |to| to.has < to.least);
    }

    fn move_where(
        &mut self,
        counts: &mut [Count],
        gives: impl Fn(&Count) -> bool,
        takes: impl Fn(&Count) -> bool,
    ) {
        for row in 0..self.table.rows() {
            let Some(from) = self.owner(row) else { continue };
            if !counts.get(usize::from(from)).is_some_and(&gives) {
                continue;
            }
            let (mut fewest, mut taker) = (u32::MAX, None);
            for place in somebody(self.table.row(row)) {
                let count = counts.get(usize::from(place)).filter(|count| takes(count));
                if let Some(count) = count.filter(|count| count.has < fewest) {
                    (fewest, taker) = (count.has, Some(place));
                }
            }
            if let Some(to) = taker {
                self.put_first(row, to);
                Count::pass(counts, from, to);
            }
        }
    }

    fn owner(&self, row: u16) -> Option<u16> {
        self.table.row(row).first().copied().filter(|place| *place != NOBODY)
    }

    fn put_first(&mut self, row: u16, place: u16) {
        let Some((first, others)) = self.table.row_mut(row).split_first_mut() else { return };
        if let Some(other) = others.iter_mut().find(|other| **other == place) {
            core::mem::swap(first, other);
        }
    }
}

impl<C: Capacity> Exchange for Owners<'_, C> {
    fn rows(&self) -> u16 {
        self.table.rows()
    }

    fn giver(&self, row: u16, to: u16, accepts: impl Fn(u16, i64) -> bool) -> Option<u16> {
        let (&owner, others) = self.table.row(row).split_first()?;
        (accepts(owner, 0) && others.contains(&to)).then_some(owner)
    }

    fn exchange(&mut self, row: u16, _from: u16, to: u16) {
        self.put_first(row, to);
    }

    fn offer(&self, row: u16, paths: &mut Paths<'_>) {
        let Some(from) = self.owner(row) else { return };
        let Some(length) = paths.length(from) else { return };
        for to in somebody(self.table.row(row)) {
            if paths.would_improve(length, 0, to) {
                paths.improve(length, 0, to, row);
            }
        }
    }
}

//! Who has a copy of a partition.

use synod_capacity::Capacity;

use crate::exchange::{Count, Exchange, Paths};
use crate::mix::derived;
use crate::shares::Share;
use crate::table::{NOBODY, Table, somebody};

/// A table in which nodes make place for others.
pub(crate) struct Copies<'a, C: Capacity> {
    /// Before any of it moved: a copy costs 1 where it was not, and 0 where it was.
    pub(crate) before: &'a Table<C>,
    pub(crate) table: &'a mut Table<C>,
    pub(crate) shares: &'a [Share],
    /// How many copies of a partition a zone may have.
    pub(crate) in_zone: u8,
}

impl<C: Capacity> Copies<'_, C> {
    /// Moves copies from who has too many, and from nobody, to who has too few, where that may take them.
    ///
    /// Each goes to who lacks most, the last copy first, so that owners stay. Among equals the partition
    /// decides, so that partitions which share one node do not share the others, too.
    pub(crate) fn move_directly(&mut self, counts: &mut [Count]) {
        let lacking = counts.iter().map(Count::lacks);
        let mut lacking = lacking.fold(0_u64, |sum, lacks| sum.saturating_add(lacks.into()));
        for row in 0..self.table.rows() {
            for index in (0..self.table.copies()).rev() {
                if lacking == 0 {
                    return;
                }
                let Some(&from) = self.table.row(row).get(usize::from(index)) else { continue };
                let giver = counts.get(usize::from(from));
                if giver.is_some_and(|giver| giver.has <= giver.most) {
                    continue;
                }
                let Some(to) = self.taker(counts, row, from, index) else { continue };
                self.table.replace(row, from, to);
                Count::pass(counts, from, to);
                lacking = lacking.saturating_sub(1);
            }
        }
    }

    /// Who lacks most of those that may take a copy.
    fn taker(&self, counts: &[Count], row: u16, from: u16, index: u8) -> Option<u16> {
        let len = u16::try_from(counts.len()).unwrap_or(NOBODY);
        let random = derived(row.into(), u32::from(index).saturating_add(1)) >> 32;
        // Below the number of nodes.
        let middle = u16::try_from(random.wrapping_mul(len.into()) >> 32).unwrap_or(0);
        let (before, after) = counts.split_at_checked(middle.into()).unwrap_or((counts, &[]));
        let places = (middle..len).chain(0..middle);
        let (mut most, mut taker) = (0, None);
        for (place, count) in places.zip(after.iter().chain(before)) {
            if count.lacks() > most && self.may_take(row, from, place) {
                (most, taker) = (count.lacks(), Some(place));
            }
        }
        taker
    }

    /// Whether one may be where another one is.
    fn may_take(&self, row: u16, from: u16, to: u16) -> bool {
        let zone_of = |place: u16| self.shares.get(usize::from(place)).map(|share| share.zone);
        let zone = zone_of(to);
        let mut together = 0_u8;
        for place in somebody(self.table.row(row)) {
            if place == to {
                return false;
            }
            if place != from && zone_of(place) == zone {
                together = together.saturating_add(1);
            }
        }
        together < self.in_zone
    }

    /// What a copy costs there.
    fn cost_of(&self, row: u16, place: u16) -> i64 {
        i64::from(place != NOBODY && !self.before.row(row).contains(&place))
    }
}

impl<C: Capacity> Exchange for Copies<'_, C> {
    fn rows(&self) -> u16 {
        self.table.rows()
    }

    fn cost(&self, row: u16, from: u16, to: u16) -> Option<i64> {
        let is_there = self.table.row(row).contains(&from);
        let cost = || self.cost_of(row, to).saturating_sub(self.cost_of(row, from));
        (is_there && self.may_take(row, from, to)).then(cost)
    }

    fn exchange(&mut self, row: u16, from: u16, to: u16) {
        self.table.replace(row, from, to);
    }

    fn offer(&self, row: u16, paths: &mut Paths<'_>) {
        for &from in self.table.row(row) {
            let Some(length) = paths.length(from) else { continue };
            let saved = self.cost_of(row, from);
            // Back to where it was: cheaper than anywhere else.
            let back = 0_i64.saturating_sub(saved);
            for to in somebody(self.before.row(row)) {
                if paths.would_improve(length, back, to) && self.may_take(row, from, to) {
                    paths.improve(length, back, (row, from, to));
                }
            }
            let cost = 1_i64.saturating_sub(saved);
            if !paths.may_improve(length, cost) {
                continue;
            }
            for (to, _) in (0..NOBODY).zip(self.shares) {
                if paths.would_improve(length, cost, to) && self.may_take(row, from, to) {
                    paths.improve(length, cost, (row, from, to));
                }
            }
            paths.find_longest();
        }
    }
}

/// Makes nobody's what no table may keep: the copies of nodes without a share, and those in a zone that
/// has as many of the partition already.
pub(crate) fn drop_what_may_not_stay<C: Capacity>(
    table: &mut Table<C>,
    shares: &[Share],
    in_zone: u8,
) {
    let share_of = |place: u16| shares.get(usize::from(place)).filter(|share| share.target > 0);
    for row in 0..table.rows() {
        let mut rest = table.row_mut(row);
        while let [entry, others @ ..] = rest {
            let Some(share) = share_of(*entry) else {
                *entry = NOBODY;
                rest = others;
                continue;
            };
            let mut room = in_zone.saturating_sub(1);
            for other in others.iter_mut() {
                if share_of(*other).is_some_and(|other| other.zone == share.zone) {
                    match room.checked_sub(1) {
                        Some(left) => room = left,
                        None => *other = NOBODY,
                    }
                }
            }
            rest = others;
        }
    }
}

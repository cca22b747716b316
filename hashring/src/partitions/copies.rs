//! Who has a copy of a partition.

use synod_capacity::Capacity;

use crate::partitions::exchange::{Count, Exchange, Paths};
use crate::partitions::shares::Share;
use crate::partitions::table::{NOBODY, Table, somebody};
use crate::partitions::takers::{Takers, point_of};

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
    /// Moves copies from who has too many, and from nobody, to who has too few, where that may take
    /// them.
    ///
    /// Each goes to who lacks most, the last copy first, so that owners stay. Among equals the
    /// partition decides, so that partitions which share one node do not share the others, too.
    pub(crate) fn move_directly<N: Capacity>(
        &mut self,
        counts: &mut [Count],
        mut takers: Takers<N>,
    ) {
        for row in 0..self.table.rows() {
            for copy in (0..self.table.copies()).rev() {
                let Some(&from) = self.table.row(row).get(usize::from(copy)) else { continue };
                let giver = counts.get(usize::from(from));
                if giver.is_some_and(|giver| giver.has <= giver.most) {
                    continue;
                }
                let may_take = |to| self.may_take(row, from, to);
                let taker = takers.take(counts, point_of(row, copy), may_take);
                let entry = self.table.row_mut(row).get_mut(usize::from(copy));
                if let (Some(entry), Some(to)) = (entry, taker) {
                    *entry = to;
                    Count::pass(counts, from, to);
                }
            }
        }
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
        i64::from(place != NOBODY && self.before.row(row).iter().all(|other| *other != place))
    }
}

impl<C: Capacity> Exchange for Copies<'_, C> {
    fn rows(&self) -> u16 {
        self.table.rows()
    }

    fn giver(&self, row: u16, to: u16, accepts: impl Fn(u16, i64) -> bool) -> Option<u16> {
        let places = self.table.row(row);
        if somebody(places).any(|place| place == to) {
            return None;
        }
        let cost = self.cost_of(row, to);
        let accepts = |from| accepts(from, cost.saturating_sub(self.cost_of(row, from)));
        places.iter().copied().find(|&from| accepts(from) && self.may_take(row, from, to))
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
                    paths.improve(length, back, to, row);
                }
            }
            let cost = 1_i64.saturating_sub(saved);
            if !paths.may_improve(length, cost) {
                continue;
            }
            for (to, _) in (0..NOBODY).zip(self.shares) {
                if paths.would_improve(length, cost, to) && self.may_take(row, from, to) {
                    paths.improve(length, cost, to, row);
                }
            }
            paths.find_longest();
        }
    }
}

/// Makes nobody's what no table may keep: the copies of nodes without a share, and those in a zone
/// that has as many of the partition already.
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

#[cfg(test)]
mod tests {
    use synod_capacity::Inline;

    use super::*;

    #[test]
    fn an_empty_table_is_filled_without_a_search() {
        let mut table = Table::<Inline<96>>::new(32, 3).unwrap();
        let before = table.duplicate().unwrap();
        let shares: [Share; 6] = [0, 1, 2, 3, 4, 5].map(|zone| Share::new(1, zone, 0));
        let mut counts = [Count { has: 0, least: 16, most: 16 }; 6];
        let takers = Takers::<Inline<6>>::new(&counts).unwrap();
        let mut copies = Copies { before: &before, table: &mut table, shares: &shares, in_zone: 1 };
        copies.move_directly(&mut counts, takers);
        assert!(counts.iter().all(|count| count.has == 16));
        assert!(!table.entries().contains(&NOBODY));
    }
}

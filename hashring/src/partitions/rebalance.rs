//! Who gets which partition.

use synod_capacity::{Capacity, Full, List};

use crate::partitions::Partitions;
use crate::partitions::copies::{Copies, drop_what_may_not_stay};
use crate::partitions::exchange::{Count, Step, settle};
use crate::partitions::owners::Owners;
use crate::partitions::shares::{Share, Zone, share_out};
use crate::partitions::table::{NOBODY, Table};
use crate::partitions::takers::Takers;

/// What a change of a whole table came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Rebalanced {
    /// How many copies are on nodes that did not have them: what has to be copied.
    pub moved: u32,
    /// How many partitions have another owner.
    pub owners: u32,
    /// How many copies are nobody's, as there are fewer nodes with a weight than copies, or, by
    /// another placement, than it ranks.
    pub missing: u32,
    /// Of how many partitions two copies are in one zone, as there are fewer zones than copies; 0
    /// where there are no zones.
    pub together: u32,
}

impl<N: Copy + Ord, NODES: Capacity, TABLE: Capacity> Partitions<N, NODES, TABLE> {
    /// Gives each node its share of the copies, and of the first ones, and moves as few as that
    /// takes.
    ///
    /// - The shares are proportional to the weights, but no more than a copy of each partition;
    ///   what that leaves goes to the others. Each node has its exact share, rounded down or up: up
    ///   first where it has so many already, then by the greatest rest (to 2⁻¹⁶; of equal ones, the
    ///   lower node).
    /// - The copies of a partition are on different nodes. Where fewer nodes have a weight than
    ///   there are copies, each of them has all partitions, and [`Rebalanced::missing`] says how
    ///   many are not there.
    /// - Each node owns as many partitions as it has, divided by the number of copies, rounded down
    ///   or up: owners change places with other copies for that, which moves nothing.
    /// - Nothing moves where all of this is so already. Else, of all tables with so many copies on
    ///   each node, it finds one to which the fewest copies move. Who has too many gives to who has
    ///   too few, where a partition is on the one and not on the other: with one copy each, that is
    ///   all. Where none is, a third node takes a partition and gives another one, and so on, along
    ///   the path of the fewest moves. (With the shares rounded otherwise, it could sometimes be
    ///   one move fewer.)
    ///
    /// The result depends on the table before, but not on the order in which nodes came, and equal
    /// tables become equal tables on every machine. Which one of those that fit it is, may change
    /// with a version: let one node rebalance, and send the table to the others.
    ///
    /// O(T + n²) for n nodes and a table of T copies, and O(T · n) for each search for paths: most
    /// often one to six of them. Meanwhile it has the table three times.
    ///
    /// Source: fewest moves by paths of least cost, as in Oulamara, "Optimal partition assignment
    /// in Garage".
    ///
    /// # Errors
    ///
    /// [`Full`]: an allocation failed. All is as it was.
    pub fn rebalance(&mut self) -> Result<Rebalanced, Full> {
        let mut zones = List::new();
        for place in (0..NOBODY).zip(self.members()).map(|(place, _)| place) {
            zones.push(place).map_err(|(full, _)| full)?;
        }
        self.rebalance_in(zones)
    }

    /// As [`rebalance`](Self::rebalance), with the copies of a partition in different zones.
    ///
    /// A zone is what fails at once: a rack, a room, a country. The copies of a partition are all
    /// in different zones, if there are enough zones that have nodes with a weight. Else each
    /// partition has two in one zone, whatever one does, and [`Rebalanced::together`] is the number
    /// of partitions; no zone has more copies of a partition then than the least number for which
    /// there are enough nodes.
    ///
    /// The share of a zone is that of its nodes together, but no more than so many copies of each
    /// partition; inside it, shares follow the weights. What is together and need not be is moved
    /// first; fewest moves are those from there on. `zone_of` is asked O(n²) times of n nodes.
    ///
    /// ```
    /// use synod_hashring::{Inline, KeyHash, Partitioning, Partitions};
    ///
    /// let by_hash = Partitioning::v1(KeyHash::v1(0), 12);
    /// let mut table: Partitions<&str, Inline<5>, Inline<24>> = Partitions::new(by_hash, 2)?;
    /// for node in ["a1", "a2", "a3", "a4", "b1"] {
    ///     table.insert(node, 1)?;
    /// }
    /// let report = table.rebalance_apart(|node| node.as_bytes()[0])?;
    /// assert_eq!(report.together, 0);
    /// // One copy of each is in zone b.
    /// assert_eq!(table.load(&"b1"), Some(12));
    /// assert_eq!(table.load(&"a1"), Some(3));
    /// # Ok::<(), synod_hashring::Full>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Full`]: an allocation failed. All is as it was.
    pub fn rebalance_apart<Z: Eq>(&mut self, zone_of: impl Fn(N) -> Z) -> Result<Rebalanced, Full> {
        let mut zones = List::new();
        for (place, member) in (0..NOBODY).zip(self.members()) {
            let zone = zone_of(member.node);
            let mut others = (0..place).zip(self.members());
            let first = others.find(|(_, other)| zone_of(other.node) == zone);
            let first = first.map_or(place, |(first, _)| first);
            zones.push(first).map_err(|(full, _)| full)?;
        }
        self.rebalance_in(zones)
    }

    fn rebalance_in(&mut self, zones: List<u16, NODES>) -> Result<Rebalanced, Full> {
        let mut shares = List::<Share, NODES>::new();
        for (member, zone) in self.members().iter().zip(&zones) {
            let share = Share::new(member.weight, *zone, member.load);
            shares.push(share).map_err(|(full, _)| full)?;
        }
        let mut totals = List::<Zone, NODES>::new();
        totals.resize(shares.len(), &Zone::default())?;
        let rules = share_out(&mut shares, &mut totals, self.count(), self.copies());
        let mut counts = List::<Count, NODES>::new();
        counts.resize(shares.len(), &Count::default())?;
        let mut steps = List::<Step, NODES>::new();
        steps.resize(shares.len(), &Step::NONE)?;
        let mut table = self.table().duplicate()?;
        drop_what_may_not_stay(&mut table, &shares, rules.in_zone);
        let before = table.duplicate()?;

        count(&mut counts, table.entries());
        for (count, share) in counts.iter_mut().zip(&shares) {
            (count.least, count.most) = (share.target, share.target);
        }
        let takers = Takers::<NODES>::new(&counts)?;
        let in_zone = rules.in_zone;
        let mut copies = Copies { before: &before, table: &mut table, shares: &shares, in_zone };
        copies.move_directly(&mut counts, takers);
        settle(&mut copies, &mut counts, &mut steps);
        table.close_gaps();

        let mut owners = Owners { table: &mut table };
        owners.count(self.table(), &mut counts, rules.copies);
        owners.move_directly(&mut counts);
        settle(&mut owners, &mut counts, &mut steps);
        let report = self.report(&table, &shares);
        self.set_table(table);
        Ok(report)
    }

    /// What another table in place of this one comes to.
    fn report(&self, table: &Table<TABLE>, shares: &[Share]) -> Rebalanced {
        let mut report = Rebalanced::default();
        for partition in 0..table.rows() {
            let row = table.row(partition);
            report.add(self.table().row(partition), row);
            report.together = report.together.saturating_add(are_together(row, shares).into());
        }
        report
    }
}

impl Rebalanced {
    /// Adds a partition that was on these nodes, and is on those.
    pub(crate) fn add(&mut self, old: &[u16], new: &[u16]) {
        let count = |is_one: bool, sum: &mut u32| *sum = sum.saturating_add(is_one.into());
        for place in new {
            count(*place != NOBODY && !old.contains(place), &mut self.moved);
            count(*place == NOBODY, &mut self.missing);
        }
        count(old.first() != new.first(), &mut self.owners);
    }
}

/// Whether two of a row are in one zone.
fn are_together(row: &[u16], shares: &[Share]) -> bool {
    let zone_of = |place: &u16| shares.get(usize::from(*place)).map(|share| share.zone);
    let mut rest = row;
    while let [place, others @ ..] = rest {
        let zone = zone_of(place);
        if zone.is_some() && others.iter().any(|other| zone_of(other) == zone) {
            return true;
        }
        rest = others;
    }
    false
}

/// Counts the entries of each node.
fn count(counts: &mut [Count], entries: &[u16]) {
    for count in counts.iter_mut() {
        count.has = 0;
    }
    for entry in entries {
        if let Some(count) = counts.get_mut(usize::from(*entry)) {
            count.has = count.has.saturating_add(1);
        }
    }
}

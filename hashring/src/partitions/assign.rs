//! Partitions are put on nodes: by hand, or by another placement.

use core::{fmt, mem};

use synod_capacity::Capacity;

use crate::partitions::table::NOBODY;
use crate::partitions::{Partitions, Rebalanced};
use crate::placement::Placement;

impl<N: Copy + Ord, NODES: Capacity, TABLE: Capacity> Partitions<N, NODES, TABLE> {
    /// Puts a partition on these nodes, the owner first, and on no others. Of fewer nodes than
    /// copies, the rest is nobody's. O(copies²).
    ///
    /// # Errors
    ///
    /// [`AssignError`] says what is wrong with them. All is as it was.
    pub fn assign(&mut self, partition: u16, nodes: &[N]) -> Result<(), AssignError> {
        if partition >= self.count() {
            return Err(AssignError::NoPartition);
        }
        if nodes.len() > usize::from(self.copies()) {
            return Err(AssignError::TooManyNodes);
        }
        let mut rest = nodes;
        while let [node, others @ ..] = rest {
            if self.find(node).is_err() {
                return Err(AssignError::UnknownNode);
            }
            if others.contains(node) {
                return Err(AssignError::NodeTwice);
            }
            rest = others;
        }
        let places = nodes.iter().filter_map(|node| self.place(node));
        let mut row = [NOBODY; u8::MAX as usize];
        for (entry, place) in row.iter_mut().zip(places) {
            *entry = place;
        }
        self.set_row(partition, &row);
        Ok(())
    }

    /// Writes a row, and counts.
    pub(crate) fn set_row(&mut self, partition: u16, places: &[u16]) {
        for (entry, place) in self.table.row_mut(partition).iter_mut().zip(places) {
            let old = mem::replace(entry, *place);
            let members = self.members.as_mut_slice();
            if let Some(member) = members.get_mut(usize::from(old)) {
                member.load = member.load.saturating_sub(1);
                self.taking = self.taking.saturating_sub(usize::from(member.load == 0));
            }
            if let Some(member) = members.get_mut(usize::from(*place)) {
                self.taking = self.taking.saturating_add(usize::from(member.load == 0));
                member.load = member.load.saturating_add(1);
            }
        }
    }

    /// Gives each partition the first nodes that another placement prefers for it, with the number
    /// of the partition as the key.
    ///
    /// Nodes that are not in the table, or have weight 0 here, are passed over; weights say nothing
    /// more. The result does not depend on the table before. A rule that moves little moves few
    /// partitions; the balance is that of the rule for so many keys. One order of preference a
    /// partition, and O(log n) for each node in it.
    pub fn assign_by(&mut self, placement: &impl Placement<Node = N>) -> Rebalanced {
        let mut report = Rebalanced::default();
        let copies = usize::from(self.copies());
        for partition in 0..self.count() {
            let mut row = [NOBODY; u8::MAX as usize];
            let mut known = 0_usize;
            if copies > 0 {
                placement.first_where_of_point(placement.point(partition), |node| {
                    if self.get(&node).is_some_and(|weight| weight > 0) {
                        known = note(&mut row, known, self.place(&node));
                    }
                    known >= copies
                });
            }
            let row = row.get(..copies).unwrap_or(&[]);
            report.add(self.table().row(partition), row);
            self.set_row(partition, row);
        }
        report
    }
}

/// Writes a place behind the first ones that are known, if it is not among them: how many are known
/// then.
fn note(row: &mut [u16], known: usize, place: Option<u16>) -> usize {
    match (row.split_at_mut_checked(known), place) {
        (Some((before, [free, ..])), Some(place)) if !before.contains(&place) => {
            *free = place;
            known.saturating_add(1)
        }
        _ => known,
    }
}

/// Why a partition cannot be put on nodes. Nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum AssignError {
    /// There is no partition of that number. Numbers are below the count.
    NoPartition,
    /// A node is not there. Insert it first.
    UnknownNode,
    /// A node is there twice. Copies are on different nodes.
    NodeTwice,
    /// More nodes than copies. Leave some out.
    TooManyNodes,
}

impl fmt::Display for AssignError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoPartition => "no such partition",
            Self::UnknownNode => "a node that is not there",
            Self::NodeTwice => "a node twice",
            Self::TooManyNodes => "more nodes than copies",
        })
    }
}

impl core::error::Error for AssignError {}

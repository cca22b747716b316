//! Who fills which entries of a table: nodes that take turns.

use core::mem;

/// What no node has as its place.
pub(crate) const FREE: u16 = u16::MAX;

/// What one node does while a table is filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Turns {
    /// The place of the node among all nodes.
    place: u16,
    /// The entry that it asks for next, and how far the one after that is.
    position: u32,
    skip: u32,
    /// What it gains when it is asked, and has: it takes a turn for every greatest weight, rounded.
    gain: u32,
    credit: i32,
    /// How many turns it took.
    entries: u32,
}

impl Turns {
    pub(crate) const NONE: Self = Self::new(FREE, 0, 0);

    /// Those of a node that asks for the entries from `position` on, at distances of `skip`: both
    /// below the number of entries.
    pub(crate) const fn new(place: u16, position: u32, skip: u32) -> Self {
        Self { place, position, skip, gain: 0, credit: 0, entries: 0 }
    }

    pub(crate) const fn entries(&self) -> u32 {
        self.entries
    }

    /// Whether it takes a turn now.
    #[expect(clippy::cast_possible_truncation, reason = "half the greatest weight, or less")]
    fn is_due(&mut self, greatest: u32) -> bool {
        let greatest = i64::from(greatest);
        let credit = i64::from(self.credit).wrapping_add(self.gain.into());
        let is_due = credit.wrapping_mul(2) >= greatest;
        let left = if is_due { credit.wrapping_sub(greatest) } else { credit };
        self.credit = left as i32;
        is_due
    }

    /// Takes the first free entry that it asks for. As the size is prime, it comes past all of
    /// them.
    fn take(&mut self, table: &mut [u16], size: u32) {
        for _ in 0..size {
            let wanted = usize::try_from(self.position).ok().and_then(|at| table.get_mut(at));
            // Below the size, both of them.
            let left = size.wrapping_sub(self.position);
            self.position = if self.skip < left {
                self.position.wrapping_add(self.skip)
            } else {
                self.skip.wrapping_sub(left)
            };
            if let Some(entry) = wanted.filter(|entry| **entry == FREE) {
                *entry = self.place;
                self.entries = self.entries.saturating_add(1);
                return;
            }
        }
    }
}

/// Weights by how much lighter they are than the greatest: by 2^class, up to nearly twice that.
const CLASSES: usize = 34;
/// The class of those without weight. One less is nobody's, and would be asked once in 2^32 rounds.
const NEVER: usize = CLASSES - 1;

fn class(weight: u32, greatest: u32) -> usize {
    let ratio = greatest.checked_div(weight).and_then(u32::checked_ilog2);
    ratio.and_then(|class| usize::try_from(class).ok()).unwrap_or(NEVER)
}

/// Fills a table anew, of a size that is prime and not less than the number of nodes. There is room
/// in `turns` for those of all nodes.
///
/// In each round, all nodes of class 0 are asked, and those of another class: of class 1 in every
/// second round, of class 2 in every fourth, and so on, none of them in the same. So most who are
/// asked take a turn, whatever the weights are.
pub(crate) fn fill<I>(table: &mut [u16], turns: &mut [Turns], nodes: I)
where
    I: Iterator<Item = (u32, Turns)> + Clone,
{
    table.fill(FREE);
    let greatest = nodes.clone().fold(0, |greatest, (weight, _)| greatest.max(weight));
    let ends = sort(turns, nodes, greatest);
    let size = u32::try_from(table.len()).unwrap_or(u32::MAX);
    let mut free = if greatest > 0 { size } else { 0 };
    for round in 1..=size {
        let other = usize::try_from(round.trailing_zeros()).unwrap_or(NEVER).saturating_add(1);
        for class in [0, other] {
            for node in of_class(turns, &ends, class) {
                if free == 0 {
                    return;
                }
                if node.is_due(greatest) {
                    node.take(table, size);
                    free = free.saturating_sub(1);
                }
            }
        }
    }
}

/// Copies the turns of nodes in the order of their classes: where each class ends.
fn sort<I>(turns: &mut [Turns], nodes: I, greatest: u32) -> [usize; CLASSES]
where
    I: Iterator<Item = (u32, Turns)> + Clone,
{
    let mut ends = [0_usize; CLASSES];
    for (weight, _) in nodes.clone() {
        if let Some(count) = ends.get_mut(class(weight, greatest)) {
            *count = count.saturating_add(1);
        }
    }
    let mut total = 0_usize;
    for end in &mut ends {
        let count = mem::replace(end, total);
        total = total.saturating_add(count);
    }
    for (weight, node) in nodes {
        let class = class(weight, greatest);
        let Some(end) = ends.get_mut(class) else { continue };
        if let Some(free) = turns.get_mut(*end) {
            // Not above the greatest weight.
            let gain = weight.wrapping_shl(u32::try_from(class).unwrap_or(0));
            *free = Turns { gain, ..node };
        }
        *end = end.saturating_add(1);
    }
    ends
}

fn of_class<'a>(turns: &'a mut [Turns], ends: &[usize; CLASSES], class: usize) -> &'a mut [Turns] {
    let start = class.checked_sub(1).and_then(|before| ends.get(before)).copied().unwrap_or(0);
    let end = ends.get(class).copied().unwrap_or(0);
    turns.get_mut(start..end).unwrap_or(&mut [])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Section 3.4 of the paper, table 1, and figure 2.
    #[test]
    fn the_example_of_the_paper() {
        let [b0, b1, b2] = [(0, 3, 4), (1, 0, 2), (2, 3, 1)];
        let of = |(place, offset, skip)| (1, Turns::new(place, offset, skip));
        let mut turns = [Turns::NONE; 3];
        let mut table = [7; 7];
        fill(&mut table, &mut turns, [b0, b1, b2].into_iter().map(of));
        assert_eq!(table, [1, 0, 1, 0, 2, 2, 0]);
        assert_eq!(turns.map(|node| node.entries()), [3, 2, 2]);
        fill(&mut table, &mut turns, [b0, b2].into_iter().map(of));
        assert_eq!(table, [0, 0, 0, 0, 2, 2, 2]);
        fill(&mut table, &mut turns, [b0, b2].into_iter().map(|node| (0, of(node).1)));
        assert_eq!(table, [FREE; 7]);
    }
}

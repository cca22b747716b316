//! Rows of places among nodes.

use synod_capacity::{Capacity, Full, List};

/// The place of nobody.
pub(crate) const NOBODY: u16 = u16::MAX;

/// For each partition a row of places among the nodes, all different; those of [`NOBODY`] come
/// last.
#[derive(Clone)]
pub(crate) struct Table<C: Capacity> {
    entries: List<u16, C>,
    rows: u16,
    copies: u8,
}

impl<C: Capacity> Table<C> {
    /// Rows of nobody.
    pub(crate) fn new(rows: u16, copies: u8) -> Result<Self, Full> {
        let mut entries = List::new();
        entries.resize(usize::from(rows).saturating_mul(copies.into()), &NOBODY)?;
        Ok(Self { entries, rows, copies })
    }

    /// The same again.
    pub(crate) fn duplicate(&self) -> Result<Self, Full> {
        let entries = List::from_slice(self.entries.as_slice())?;
        Ok(Self { entries, rows: self.rows, copies: self.copies })
    }

    pub(crate) const fn rows(&self) -> u16 {
        self.rows
    }

    pub(crate) const fn copies(&self) -> u8 {
        self.copies
    }

    pub(crate) fn entries(&self) -> &[u16] {
        self.entries.as_slice()
    }

    pub(crate) fn entries_mut(&mut self) -> &mut [u16] {
        self.entries.as_mut_slice()
    }

    /// The row of a partition, which is empty where there is none.
    pub(crate) fn row(&self, row: u16) -> &[u16] {
        let copies = usize::from(self.copies);
        let start = usize::from(row).saturating_mul(copies);
        self.entries.get(start..start.saturating_add(copies)).unwrap_or(&[])
    }

    pub(crate) fn row_mut(&mut self, row: u16) -> &mut [u16] {
        let copies = usize::from(self.copies);
        let start = usize::from(row).saturating_mul(copies);
        let row = self.entries.as_mut_slice().get_mut(start..start.saturating_add(copies));
        row.unwrap_or(&mut [])
    }

    /// Puts one place where another one is in a row.
    pub(crate) fn replace(&mut self, row: u16, from: u16, to: u16) {
        if let Some(entry) = self.row_mut(row).iter_mut().find(|entry| **entry == from) {
            *entry = to;
        }
    }

    /// Moves nobody to the end of each row; the others stay in their order.
    pub(crate) fn close_gaps(&mut self) {
        for row in 0..self.rows {
            close_gaps(self.row_mut(row));
        }
    }
}

/// Those of a row that are somebody.
pub(crate) fn somebody(row: &[u16]) -> impl Iterator<Item = u16> + Clone {
    row.iter().copied().filter(|&place| place != NOBODY)
}

fn close_gaps(row: &mut [u16]) {
    let mut rest = row;
    while let [first, others @ ..] = rest {
        if *first == NOBODY {
            let Some(next) = others.iter_mut().find(|place| **place != NOBODY) else { return };
            core::mem::swap(first, next);
        }
        rest = others;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_comes_last() {
        let mut row = [NOBODY, 4, NOBODY, NOBODY, 2, 9, NOBODY];
        close_gaps(&mut row);
        assert_eq!(row, [4, 2, 9, NOBODY, NOBODY, NOBODY, NOBODY]);
        close_gaps(&mut row);
        assert_eq!(row[..4], [4, 2, 9, NOBODY]);
    }
}

//! The latest few of many.

/// The latest `N` items.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub(crate) struct Ring<T, const N: usize> {
    items: [T; N],
    len: u16,
    /// Where the next item goes.
    next: u16,
}

/// The most items of a ring: with more, products of their sums could leave 128 bits.
const MOST: usize = 1 << 10;

impl<T: Copy, const N: usize> Ring<T, N> {
    #[expect(clippy::cast_possible_truncation, reason = "checked in this line")]
    const SIZE: u16 = {
        assert!(N >= 2 && N <= MOST, "a window has 2 to 1024 samples");
        N as u16
    };

    /// None yet; `filler` stands in their places.
    pub(crate) const fn new(filler: T) -> Self {
        Self { items: [filler; N], len: 0, next: 0 }
    }

    pub(crate) const fn len(&self) -> u16 {
        self.len
    }

    /// Takes in an item, and gives the oldest, if it took its place. O(1).
    pub(crate) fn push(&mut self, item: T) -> Option<T> {
        let place = self.items.get_mut(usize::from(self.next))?;
        let old = Some(*place).filter(|_| self.len == Self::SIZE);
        *place = item;
        if old.is_none() {
            self.len = self.len.saturating_add(1);
        }
        self.next = self.next.saturating_add(1);
        if self.next >= Self::SIZE {
            self.next = 0;
        }
        old
    }
}

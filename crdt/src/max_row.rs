//! How many bytes a row takes: what an [`AntiEntropyConfig`](crate::AntiEntropyConfig) asks for.
//!
//! As postcard encodes it: numbers in seven bits a byte, and a byte for each flag or variant.

use crate::{
    AwSet, CausalMap, DwFlag, EwFlag, GCounter, GSet, LwwRegister, LwwSet, MvRegister, PnCounter,
    RwSet,
};

/// The most bytes of a number of 64 bits: a counter, a stamp, an amount.
const NUMBER: usize = 10;
/// A flag, or which of the variants it is.
const TAG: usize = 1;

/// The bytes of a number, and of each smaller one at most.
const fn number(most: u64) -> usize {
    let (mut bytes, mut left): (usize, _) = (1, most >> 7);
    while left > 0 {
        (bytes, left) = (bytes.saturating_add(1), left >> 7);
    }
    bytes
}

impl<E> AwSet<E> {
    /// The most bytes that postcard makes of a row, if it makes at most `element` of an element:
    /// what [`AntiEntropyConfig::max_row`](crate::AntiEntropyConfig::max_row) asks for.
    ///
    /// ```
    /// use synod_crdt::AwSet;
    ///
    /// assert_eq!(AwSet::<u16>::max_row(3), 3);
    /// ```
    #[must_use]
    pub const fn max_row(element: usize) -> usize {
        element
    }
}

impl<E> GSet<E> {
    /// The most bytes that postcard makes of a row, if it makes at most `element` of an element:
    /// what [`AntiEntropyConfig::max_row`](crate::AntiEntropyConfig::max_row) asks for.
    ///
    /// ```
    /// use synod_crdt::GSet;
    ///
    /// assert_eq!(GSet::<u16>::max_row(3), 3);
    /// ```
    #[must_use]
    pub const fn max_row(element: usize) -> usize {
        element
    }
}

impl<E> RwSet<E> {
    /// The most bytes that postcard makes of a row, an element or a tombstone, if it makes at most
    /// `element` of an element: what
    /// [`AntiEntropyConfig::max_row`](crate::AntiEntropyConfig::max_row) asks for.
    ///
    /// ```
    /// use synod_crdt::RwSet;
    ///
    /// assert_eq!(RwSet::<u16>::max_row(3), 4);
    /// ```
    #[must_use]
    pub const fn max_row(element: usize) -> usize {
        element.saturating_add(TAG)
    }
}

impl<E> LwwSet<E> {
    /// The most bytes that postcard makes of a row, an element or a tombstone with its stamp, if it
    /// makes at most `element` of an element: what
    /// [`AntiEntropyConfig::max_row`](crate::AntiEntropyConfig::max_row) asks for.
    ///
    /// ```
    /// use synod_crdt::LwwSet;
    ///
    /// assert_eq!(LwwSet::<u16>::max_row(3), 14);
    /// ```
    #[must_use]
    pub const fn max_row(element: usize) -> usize {
        element.saturating_add(NUMBER).saturating_add(TAG)
    }
}

impl<V> MvRegister<V> {
    /// The most bytes that postcard makes of a row, if it makes at most `value` of a value: what
    /// [`AntiEntropyConfig::max_row`](crate::AntiEntropyConfig::max_row) asks for.
    ///
    /// ```
    /// use synod_crdt::MvRegister;
    ///
    /// assert_eq!(MvRegister::<u16>::max_row(3), 3);
    /// ```
    #[must_use]
    pub const fn max_row(value: usize) -> usize {
        value
    }
}

impl<V> LwwRegister<V> {
    /// The most bytes that postcard makes of a row, a value with its stamp, if it makes at most
    /// `value` of a value: what
    /// [`AntiEntropyConfig::max_row`](crate::AntiEntropyConfig::max_row) asks for.
    ///
    /// ```
    /// use synod_crdt::LwwRegister;
    ///
    /// assert_eq!(LwwRegister::<u16>::max_row(3), 13);
    /// ```
    #[must_use]
    pub const fn max_row(value: usize) -> usize {
        value.saturating_add(NUMBER)
    }
}

impl EwFlag {
    /// The most bytes that postcard makes of a row: none. What
    /// [`AntiEntropyConfig::max_row`](crate::AntiEntropyConfig::max_row) asks for.
    ///
    /// ```
    /// assert_eq!(synod_crdt::EwFlag::max_row(), 0);
    /// ```
    #[must_use]
    pub const fn max_row() -> usize {
        0
    }
}

impl DwFlag {
    /// The most bytes that postcard makes of a row: none. What
    /// [`AntiEntropyConfig::max_row`](crate::AntiEntropyConfig::max_row) asks for.
    ///
    /// ```
    /// assert_eq!(synod_crdt::DwFlag::max_row(), 0);
    /// ```
    #[must_use]
    pub const fn max_row() -> usize {
        0
    }
}

impl GCounter {
    /// The most bytes that postcard makes of a row: none, for it has no rows. What
    /// [`AntiEntropyConfig::max_row`](crate::AntiEntropyConfig::max_row) asks for.
    ///
    /// ```
    /// assert_eq!(synod_crdt::GCounter::max_row(), 0);
    /// ```
    #[must_use]
    pub const fn max_row() -> usize {
        0
    }
}

impl PnCounter {
    /// The most bytes that postcard makes of a row, if it makes at most `id` of the id of a
    /// replica: those of a tombstone, which has an id, two events and an amount. What
    /// [`AntiEntropyConfig::max_row`](crate::AntiEntropyConfig::max_row) asks for.
    /// [`max_row_within`](PnCounter::max_row_within) asks for less if it may.
    ///
    /// ```
    /// use synod_crdt::PnCounter;
    ///
    /// assert_eq!(PnCounter::max_row(3), 34); // ids of 16 bits
    /// ```
    #[must_use]
    pub const fn max_row(id: usize) -> usize {
        Self::max_row_within(id, u64::MAX, u64::MAX)
    }

    /// The same, where no event has a number above `event`, and what each replica counts between
    /// two resets stays within `amount` of 0. That is the host's promise, which it must keep on each
    /// replica: for the events, a [`Ceiling`](synod_clocks::Ceiling) may.
    ///
    /// ```
    /// use synod_crdt::PnCounter;
    ///
    /// // Up to 268 million events, and counts up to 134 million: messages of 64 bytes.
    /// assert_eq!(PnCounter::max_row_within(3, (1 << 28) - 1, (1 << 27) - 1), 16);
    /// ```
    #[must_use]
    pub const fn max_row_within(id: usize, event: u64, amount: u64) -> usize {
        // With its sign in the last bit.
        let amount = number(amount.saturating_mul(2));
        let events = number(event).saturating_mul(2);
        events.saturating_add(amount).saturating_add(id).saturating_add(TAG)
    }
}

impl<K, T> CausalMap<K, T> {
    /// The most bytes that postcard makes of a row, if it makes at most `key` of a key, and at most
    /// `row` of a row of the values, which their kind says: what
    /// [`AntiEntropyConfig::max_row`](crate::AntiEntropyConfig::max_row) asks for.
    ///
    /// ```
    /// use synod_crdt::{CausalMap, LwwRegister};
    ///
    /// type Light = LwwRegister<u32>;
    /// const IN_ROOM: usize = CausalMap::<u16, Light>::max_row(3, Light::max_row(5));
    /// const IN_HOUSE: usize = CausalMap::<u8, CausalMap<u16, Light>>::max_row(1, IN_ROOM);
    /// assert_eq!((IN_ROOM, IN_HOUSE), (18, 19));
    /// ```
    #[must_use]
    pub const fn max_row(key: usize, row: usize) -> usize {
        key.saturating_add(row)
    }
}

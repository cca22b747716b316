//! Messages with entries that are on their way to a follower.

use super::retain::retain;

/// One such message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
struct Flight {
    /// The index of its last entry.
    last: u64,
    bytes: usize,
}

/// Up to `WINDOW` messages, in the order they were sent.
///
/// What is not in use is zero, so that equal windows are equal values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Flights<const WINDOW: usize> {
    flights: [Flight; WINDOW],
    count: usize,
    bytes: usize,
}

impl<const WINDOW: usize> Flights<WINDOW> {
    const EMPTY: Self =
        Self { flights: [Flight { last: 0, bytes: 0 }; WINDOW], count: 0, bytes: 0 };

    pub(super) const fn new() -> Self {
        const { assert!(WINDOW >= 1, "a window has room for 1 message at least") };
        Self::EMPTY
    }

    pub(super) const fn len(&self) -> usize {
        self.count
    }

    /// How many bytes they have together.
    pub(super) const fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) const fn is_full(&self) -> bool {
        self.count >= WINDOW
    }

    /// Notes a message; does nothing if there is no room.
    pub(super) fn push(&mut self, last: u64, bytes: usize) {
        if let Some(slot) = self.flights.get_mut(self.count) {
            *slot = Flight { last, bytes };
            self.count = self.count.saturating_add(1);
            self.bytes = self.bytes.saturating_add(bytes);
        }
    }

    /// Forgets the messages whose entries the follower has.
    pub(super) fn acknowledge(&mut self, matched: u64) {
        let mut bytes = self.bytes;
        self.count = retain(&mut self.flights, self.count, |flight| {
            let under_way = flight.last > matched;
            if !under_way {
                bytes = bytes.saturating_sub(flight.bytes);
            }
            under_way
        });
        self.bytes = bytes;
    }
}

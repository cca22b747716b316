//! A log with payloads.

use core::fmt;

use super::{Entries, Entry, LogId, Payload, TermLog};

/// The log of a [`Replica`](super::Replica): a [`TermLog`] that keeps the payloads, too, in memory.
///
/// [`RingLog`](super::RingLog) has a fixed size and no heap, `HeapLog` (with `alloc`) grows. After
/// a restart the host fills one with what it finds on its disk:
///
/// ```
/// use synod_consensus_core::raft::{Entry, Log, LogId, RingLog, TermLog};
///
/// let mut log = RingLog::<[u8; 2], 8>::new();
/// log.install(LogId { term: 1, index: 40 }); // the snapshot
/// log.append(Entry { term: 2, payload: None }).unwrap(); // and what is behind it
/// log.append(Entry { term: 2, payload: Some(*b"hi") }).unwrap();
/// assert_eq!(log.last_index(), 42);
///
/// log.truncate(41); // the next record on the disk begins at 42
/// log.append(Entry { term: 3, payload: Some(*b"ho") }).unwrap();
/// assert_eq!(log.term(42), Some(3));
/// ```
pub trait Log: TermLog {
    /// What its entries have for the application.
    type Payload: Payload;

    /// Tries to make room for so many more entries. What there is room for then,
    /// [`room`](TermLog::room) says, and can be appended without failing.
    ///
    /// # Errors
    ///
    /// [`LogFull`]; there is as much room as there was.
    fn reserve(&mut self, count: u64) -> Result<(), LogFull>;

    /// Appends an entry.
    ///
    /// # Errors
    ///
    /// [`LogFull`] and the entry, if there is no room.
    #[allow(clippy::type_complexity)] // like every operation that gives back what it did not take
    fn append(
        &mut self,
        entry: Entry<Self::Payload>,
    ) -> Result<(), (LogFull, Entry<Self::Payload>)>;

    /// Appends entries of one term, the payloads of which are these; a blank is `None`. What there
    /// is no room for is dropped.
    fn extend(
        &mut self,
        term: u64,
        payloads: impl ExactSizeIterator<Item = Option<Self::Payload>>,
    ) {
        payloads.for_each(|payload| {
            let _ = self.append(Entry { term, payload });
        });
    }

    /// Drops all entries behind this index.
    fn truncate(&mut self, keep: u64);

    /// Drops all entries up to this index, which a snapshot covers, and remembers the last of them
    /// as that of the [`snapshot`](TermLog::snapshot). Does nothing for an index outside the
    /// log.
    fn compact(&mut self, upto: u64);

    /// Drops all entries. The log begins behind this one, the last that a snapshot covers.
    fn install(&mut self, snapshot: LogId);

    /// The entries from one index to another, both included: those of them that there are.
    fn entries(&self, first: u64, last: u64) -> Entries<'_, Self::Payload>;
}

/// The log has no room. It is as it was. Compact it, and try again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct LogFull;

impl fmt::Display for LogFull {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the log has no room")
    }
}

impl core::error::Error for LogFull {}

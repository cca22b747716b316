//! Where an entry stands.

/// The term and the index of an entry: its name, for there are never two entries of one name.
///
/// The order is that of the Raft paper (section 5.4.1): a log is at least as up to date as another
/// if its last entry is not smaller. The default, of term 0 and index 0, is the place before the
/// first entry.
///
/// ```
/// use synod_consensus_core::raft::LogId;
///
/// let long = LogId { term: 2, index: 90 };
/// let recent = LogId { term: 3, index: 12 };
/// assert!(recent > long);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct LogId {
    /// The term of the leader that created it, from 1.
    pub term: u64,
    /// Its place in the log, from 1.
    pub index: u64,
}

impl LogId {
    /// The place before the first entry.
    pub const START: Self = Self { term: 0, index: 0 };

    /// Whether a log could hold it: the start, or an entry whose term and index are not 0.
    pub(super) const fn is_legal(self) -> bool {
        (self.term == 0) == (self.index == 0)
    }
}

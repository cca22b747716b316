//! Where `raft` keeps its log.

use raft::{
    GetEntriesContext, Result, Storage,
    prelude::{Entry, RaftState, Snapshot},
    storage::MemStorage,
};

/// A storage in memory, whose snapshot is that of its compaction, as ours is: `MemStorage` makes
/// one up to its commit index, and forgets the term at its compaction.
pub struct Disk(pub MemStorage);

impl Disk {
    /// An empty one, of nodes 1 to `voters`.
    pub fn new(voters: u64) -> Self {
        Self(MemStorage::new_with_conf_state(((1..=voters).collect::<Vec<u64>>(), vec![])))
    }

    /// Index and term of the last entry that is compacted.
    pub fn base(&self) -> (u64, u64) {
        let index = self.0.first_index().unwrap() - 1;
        (index, self.0.term(index).unwrap())
    }

    /// The entries behind `base`.
    pub fn tail(&self, base: u64) -> Vec<Entry> {
        let end = self.0.last_index().unwrap() + 1;
        if base + 1 == end {
            return Vec::new(); // which it could not slice
        }
        self.0.entries(base + 1, end, None, GetEntriesContext::empty(false)).unwrap()
    }

    fn snapshot_at(&self, index: u64) -> Snapshot {
        let mut snapshot = Snapshot::default();
        let metadata = snapshot.mut_metadata();
        metadata.index = index;
        metadata.term = self.0.term(index).unwrap();
        metadata.set_conf_state(self.0.initial_state().unwrap().conf_state);
        snapshot
    }

    /// Makes `to` the same from `base` on. It may be this one itself.
    pub fn copy(&self, to: &MemStorage, base: u64) {
        let RaftState { hard_state, .. } = self.0.initial_state().unwrap();
        let (snapshot, tail) = (self.snapshot_at(base), self.tail(base));
        let mut to = to.wl();
        if base > 0 {
            to.apply_snapshot(snapshot).unwrap();
        }
        to.append(&tail).unwrap();
        to.set_hardstate(hard_state);
    }

    /// Another one, with all that this one has.
    pub fn duplicate(&self, voters: u64) -> Self {
        let copy = Self::new(voters);
        self.copy(&copy.0, self.base().0);
        copy
    }
}

impl Storage for Disk {
    fn initial_state(&self) -> Result<RaftState> {
        self.0.initial_state()
    }

    fn entries(
        &self,
        low: u64,
        high: u64,
        max_size: impl Into<Option<u64>>,
        context: GetEntriesContext,
    ) -> Result<Vec<Entry>> {
        self.0.entries(low, high, max_size, context)
    }

    fn term(&self, index: u64) -> Result<u64> {
        self.0.term(index)
    }

    fn first_index(&self) -> Result<u64> {
        self.0.first_index()
    }

    fn last_index(&self) -> Result<u64> {
        self.0.last_index()
    }

    fn snapshot(&self, _: u64, _: u64) -> Result<Snapshot> {
        Ok(self.snapshot_at(self.base().0))
    }
}

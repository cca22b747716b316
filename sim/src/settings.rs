//! What names a run.

use crate::fault::FaultSet;

/// What names a run: equal settings give equal runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Where all chance comes from.
    pub seed: u64,
    /// How many voters.
    pub nodes: usize,
    /// Which faults are allowed; which of them happen depends on the seed.
    pub faults: FaultSet,
    /// How much of the storm to run, in thousandths.
    pub length_permille: u64,
}

impl Settings {
    /// A full run.
    #[must_use]
    pub const fn new(seed: u64, nodes: usize) -> Self {
        Self { seed, nodes, faults: FaultSet::ALL, length_permille: 1_000 }
    }
}

/// A run, and the hash of all that happens in it.
#[derive(Clone, Copy, Debug)]
pub struct Pinned {
    /// The run.
    pub settings: Settings,
    /// Its hash.
    pub hash: u64,
}

//! What it is about.

/// Names one of the things that a cluster agrees on: a decision of [`paxos`](crate::paxos), or a
/// register. Each is apart from all others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Instance {
    /// The cluster.
    pub cluster: u64,
    /// The number in the cluster. A decision is made once: another one has another number.
    pub number: u64,
}

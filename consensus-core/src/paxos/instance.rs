//! Which decision it is about.

/// Names one decision: a cluster makes as many as it likes, each apart from the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Instance {
    /// The cluster.
    pub cluster: u64,
    /// The number of the decision. It is made once: for another one, take another number.
    pub number: u64,
}

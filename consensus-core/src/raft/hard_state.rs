//! What a voter must never forget.

use crate::NodeId;

/// The current term, and the vote in it: one record, written as one (the Raft paper's figure 2 has
/// them as persistent state).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct HardState {
    /// The latest term seen; 0 before the first election.
    pub term: u64,
    /// Who has the vote of that term.
    pub vote: Option<NodeId>,
}

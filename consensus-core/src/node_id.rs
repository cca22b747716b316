//! Who takes part.

use core::fmt;

/// The id of a node, unique in its cluster for ever.
///
/// An id stands for a disk, not for a machine: a node whose disk was lost comes back under a new
/// id, because the old one has made promises that it can no longer keep.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct NodeId(pub u64);

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

//! The number of an attempt to agree.

use core::{cmp::Ordering, fmt, num::NonZeroU64};

use crate::NodeId;

/// The number of an attempt to agree on a value: the later the round the higher, and within a round
/// the higher the id of its proposer. No two proposers share one, and none uses one twice.
///
/// Source: Lamport, "The Part-Time Parliament", ACM TOCS 16(2), 1998, section 2.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Ballot {
    /// The round, from 1.
    pub round: NonZeroU64,
    /// Whose ballot it is.
    pub proposer: NodeId,
}

/// How two compare, either of which may be none: in one place, as each comparison takes a small
/// machine fifty bytes.
#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
pub(crate) fn order(one: &Option<Ballot>, other: &Option<Ballot>) -> Ordering {
    let of = |ballot: &Option<Ballot>| {
        ballot.map_or((0, 0), |ballot| (ballot.round.get(), ballot.proposer.0))
    };
    of(one).cmp(&of(other))
}

impl fmt::Display for Ballot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.round, self.proposer)
    }
}

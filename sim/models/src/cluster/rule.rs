//! What a search must know of the rule by which a cluster elects.

use synod_consensus_core::raft::{ByBallots, ByVotes, Election};
use synod_quorum::Majority;

/// A rule of elections, with majorities.
pub(crate) trait Rule:
    Election<System = Majority, Said: Send + Sync> + Copy + Send + Sync + 'static
{
    /// The first term of the node at place 0.
    const FIRST: u64;
}

impl Rule for ByVotes {
    const FIRST: u64 = 1;
}

impl Rule for ByBallots {
    const FIRST: u64 = 64;
}

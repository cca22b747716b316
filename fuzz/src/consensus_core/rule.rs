//! What is checked of nodes by the rule of their elections.

use std::fmt::Debug;

use arbitrary::Arbitrary;
use serde::{Serialize, de::DeserializeOwned};
use synod_consensus_core::{
    NodeId,
    raft::{Body, ByBallots, ByVotes, Election, LogId},
};
use synod_quorum::Majority;

use super::{
    ballots::Wide,
    host::{ME, Situation, VOTERS},
    one_node::Saying,
};

/// A rule of elections, and what is said to a node by it.
pub(crate) trait Rule:
    Election<System = Majority, Said: Serialize + DeserializeOwned>
{
    type Saying: for<'a> Arbitrary<'a> + Debug + Copy;

    /// A body, from what a node is doing.
    fn body(saying: Self::Saying, situation: Situation<'_>, term: u64) -> Body<Self::Said>;

    /// The term so many after this one in which a peer says something of its own.
    fn later(term: u64, ahead: u8, place: u8) -> u64;
}

impl Rule for ByVotes {
    type Saying = Saying;

    fn body(saying: Saying, situation: Situation<'_>, term: u64) -> Body {
        saying.body(situation, term)
    }

    fn later(term: u64, ahead: u8, _: u8) -> u64 {
        term.saturating_add(ahead.into())
    }
}

impl Rule for ByBallots {
    type Saying = Wide;

    fn body(saying: Wide, situation: Situation<'_>, term: u64) -> Body<Self::Said> {
        saying.body(situation, term)
    }

    fn later(term: u64, ahead: u8, place: u8) -> u64 {
        (0..ahead).fold(term, |term, _| {
            let own = (term & !63) | u64::from(place % 4);
            if own > term { own } else { own.saturating_add(64) }
        })
    }
}

/// Asserts that a ballot belongs to whom it was promised.
pub(crate) fn check_promise<E: Rule>(term: u64, vote: Option<NodeId>) {
    if E::BALLOTS
        && let Some(vote) = vote
    {
        assert_eq!(VOTERS.get((term % 64) as usize), Some(&vote), "its ballot");
    }
}

/// Asserts that a candidate stands in a ballot of its own.
pub(crate) fn check_ballot<E: Rule>(term: u64, last: LogId) {
    assert!(last.term < term);
    if E::BALLOTS {
        assert_eq!(VOTERS.get((term % 64) as usize), Some(&ME));
    }
}

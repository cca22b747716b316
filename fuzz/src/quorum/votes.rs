//! Votes against a map of who said what first.

use std::collections::BTreeMap;

use arbitrary::Arbitrary;
use synod_quorum::{Outcome, Quorums, VoteError, Votes};

use super::{
    definition::Definition,
    selection::{bit, mask, nodes, set},
};

/// A vote.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub(crate) struct Vote {
    node: Voter,
    granted: bool,
}

/// One of the few nodes that are often members, or any node.
#[derive(Arbitrary, Clone, Copy, Debug)]
enum Voter {
    Rank(u8),
    Node(u8),
    Nowhere(usize),
}

impl Voter {
    fn node(self, members: u128) -> usize {
        match self {
            Self::Rank(rank) => nodes(members).nth(usize::from(rank % 8)).unwrap_or(0),
            Self::Node(node) => usize::from(node),
            Self::Nowhere(node) => node,
        }
    }
}

impl Vote {
    /// Records the vote, whatever comes of it.
    pub(crate) fn cast<const WORDS: usize>(self, ballot: &mut Votes<WORDS>) {
        let node = self.node.node(mask(ballot.members()));
        // What it should be is checked elsewhere.
        let _ = ballot.record(node, self.granted);
    }
}

/// Records the votes one by one.
pub(crate) fn check<const WORDS: usize>(
    family: &impl Quorums<WORDS>,
    definition: &Definition,
    voters: u128,
    votes: &[Vote],
) {
    let mut ballot = Votes::<WORDS>::new(set(voters));
    let mut model: BTreeMap<usize, bool> = BTreeMap::new();
    let mut last = ballot.outcome(family);
    for vote in votes.iter().take(40) {
        let node = vote.node.node(voters);
        let before = ballot;
        let recorded = ballot.record(node, vote.granted);
        let due = match model.get(&node) {
            _ if !nodes(voters).any(|voter| voter == node) => Err(VoteError::Stranger),
            None => Ok(true),
            Some(first) if *first == vote.granted => Ok(false),
            Some(_) => Err(VoteError::Contradiction),
        };
        assert_eq!(recorded, due);
        if due == Ok(true) {
            model.insert(node, vote.granted);
        } else {
            assert_eq!(ballot, before);
        }
        let said = |granted| {
            let voters = model.iter().filter(|(_, vote)| **vote == granted);
            voters.fold(0, |mask, (node, _)| mask | bit(*node))
        };
        let (granted, refused) = (said(true), said(false));
        assert_eq!(mask(ballot.members()), voters);
        assert_eq!(mask(ballot.granted()), granted);
        assert_eq!(mask(ballot.refused()), refused);
        assert_eq!(mask(ballot.pending()), voters & !granted & !refused);

        let outcome = ballot.outcome(family);
        assert!(last == Outcome::Pending || outcome == last, "decided once and for all");
        last = outcome;
        let is_won = definition.is_quorum(granted);
        let is_lost = !definition.is_quorum(voters & !refused);
        let due = match (is_won, is_lost) {
            (true, _) => Outcome::Won,
            (_, true) => Outcome::Lost,
            _ => Outcome::Pending,
        };
        assert_eq!(outcome, due);
        assert!(!(is_won && is_lost));
    }
}

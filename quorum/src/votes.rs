//! A vote, as it comes in.

use core::fmt;

use crate::{NodeSet, Quorums};

/// The votes of one ballot: who has granted, who has refused, who has not answered.
///
/// Each member votes once. The same vote again changes nothing; a vote that contradicts the first,
/// and a stranger's, are refused. Take a new value for each ballot (each term), and let no vote of
/// another one in.
///
/// Every operation is O(`WORDS`), and [`outcome`](Self::outcome) two calls of
/// [`Quorums::is_quorum`].
///
/// ```
/// use synod_quorum::{Majority, NodeSet, Outcome, Quorums, VoteError, Votes};
///
/// let system: Majority = Majority::new(NodeSet::first(3)?)?;
/// let mut votes = Votes::new(system.members());
/// assert_eq!(votes.record(0, true), Ok(true));
/// assert_eq!(votes.record(0, true), Ok(false)); // it came twice
/// assert_eq!(votes.outcome(&system), Outcome::Pending);
/// assert_eq!(votes.record(7, true), Err(VoteError::Stranger));
/// assert_eq!(votes.record(0, false), Err(VoteError::Contradiction));
///
/// votes.record(2, true)?;
/// assert_eq!(votes.outcome(&system), Outcome::Won);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Votes<const WORDS: usize = 1> {
    members: NodeSet<WORDS>,
    granted: NodeSet<WORDS>,
    refused: NodeSet<WORDS>,
}

impl<const WORDS: usize> Votes<WORDS> {
    /// A ballot of these members, before any vote.
    #[must_use]
    pub const fn new(members: NodeSet<WORDS>) -> Self {
        Self { members, granted: NodeSet::new(), refused: NodeSet::new() }
    }

    /// Takes the vote of a node. Gives whether it was news.
    ///
    /// # Errors
    ///
    /// [`VoteError`]; nothing has changed.
    pub const fn record(&mut self, node: usize, granted: bool) -> Result<bool, VoteError> {
        if !self.members.contains(node) {
            return Err(VoteError::Stranger);
        }
        let (same, other) = if granted {
            (&mut self.granted, &self.refused)
        } else {
            (&mut self.refused, &self.granted)
        };
        if other.contains(node) {
            return Err(VoteError::Contradiction);
        }
        match same.insert(node) {
            Ok(news) => Ok(news),
            Err(_) => Err(VoteError::Stranger),
        }
    }

    /// How it stands, for the family of these members. Once won or lost, it stays so, whatever
    /// votes still come.
    #[must_use]
    pub fn outcome(&self, quorums: &(impl Quorums<WORDS> + ?Sized)) -> Outcome {
        if quorums.is_quorum(self.granted) {
            Outcome::Won
        } else if !quorums.is_quorum(self.members - self.refused) {
            Outcome::Lost
        } else {
            Outcome::Pending
        }
    }

    /// Who may vote.
    #[must_use]
    pub const fn members(&self) -> NodeSet<WORDS> {
        self.members
    }

    /// Who has granted.
    #[must_use]
    pub const fn granted(&self) -> NodeSet<WORDS> {
        self.granted
    }

    /// Who has refused.
    #[must_use]
    pub const fn refused(&self) -> NodeSet<WORDS> {
        self.refused
    }

    /// Who has not answered.
    #[must_use]
    pub fn pending(&self) -> NodeSet<WORDS> {
        self.members - self.granted - self.refused
    }
}

/// How a ballot stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Outcome {
    /// A quorum has granted.
    Won,
    /// So many have refused that no quorum is left.
    Lost,
    /// It depends on those who have not answered.
    Pending,
}

/// Why a vote was refused. Nothing has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum VoteError {
    /// The node is no member. Ignore it.
    Stranger,
    /// The node has voted the other way before. The first vote stands; a node that does this
    /// has lost its record of it, and must not vote again under its id.
    Contradiction,
}

impl fmt::Display for VoteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Stranger => "a vote from a node that is no member",
            Self::Contradiction => "the node has voted the other way before",
        })
    }
}

impl core::error::Error for VoteError {}

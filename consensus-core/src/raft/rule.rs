//! By which rule a cluster elects its leader.

use core::{fmt, hash::Hash, marker::PhantomData};

use synod_quorum::{Majority, QuorumSystem};

use super::{BallotBody, Never, Said};

/// How many terms there are of each round of ballots: one for each place.
const PLACES: u64 = 64;

/// By which rule a [`Raft`](super::Raft) elects its leader: [`ByVotes`], or [`ByBallots`]. All else
/// is the same for both. There are no others.
#[diagnostic::on_unimplemented(message = "`{Self}` is no rule of elections")]
pub trait Election: Sealed + Clone + fmt::Debug + Eq + Hash {
    /// The system of quorums: what is enough of the voters to elect, and to commit.
    type System: QuorumSystem + Clone + fmt::Debug + Eq + Hash;

    /// What only nodes of this rule say.
    type Said: Said;

    /// Whether a term is a ballot, and belongs to one voter alone.
    const BALLOTS: bool;
}

/// Raft's rule: each voter has one vote a term, for a candidate whose log is at least as up to date
/// as its own, and a majority elects.
///
/// Source: the paper, sections 5.2 and 5.4.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ByVotes {}

/// The rule of Multi-Paxos: a term is a ballot, which belongs to one voter alone; whoever reaches a
/// quorum of phase 1 is elected, and completes its log from the most up to date of that quorum
/// before it leads. See [`multi_paxos`](crate::multi_paxos). `S` is the system of quorums.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ByBallots<S = Majority>(PhantomData<S>);

impl Election for ByVotes {
    type System = Majority;
    type Said = Never;

    const BALLOTS: bool = false;
}

impl<S: QuorumSystem + Clone + fmt::Debug + Eq + Hash> Election for ByBallots<S> {
    type System = S;
    type Said = BallotBody;

    const BALLOTS: bool = true;
}

/// What only these two have.
pub trait Sealed {
    /// The next term in which the voter at this place may stand, if one is left.
    fn next_term(term: u64, place: usize) -> Option<u64>;
}

impl Sealed for ByVotes {
    fn next_term(term: u64, _: usize) -> Option<u64> {
        term.checked_add(1)
    }
}

impl<S> Sealed for ByBallots<S> {
    fn next_term(term: u64, place: usize) -> Option<u64> {
        // A place is below 64.
        let round = term & !(PLACES - 1);
        let own = round | place as u64;
        if own > term { Some(own) } else { own.checked_add(PLACES) }
    }
}

/// Whether this ballot belongs to the voter at this place.
pub(super) const fn belongs_to(term: u64, place: usize) -> bool {
    term & (PLACES - 1) == place as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ballot_belongs_to_one_place() {
        let next = <ByBallots<Majority> as Sealed>::next_term;
        for place in [0, 1, 30, 63] {
            let mut term = 0;
            for _ in 0..100 {
                let later = next(term, place).unwrap();
                assert!(later > term && belongs_to(later, place));
                assert!(later - term <= PLACES, "none of its own is passed over");
                term = later;
            }
        }
        assert_eq!(
            (next(0, 0), next(0, 3), next(3, 3), next(3, 2)),
            (Some(64), Some(3), Some(67), Some(66))
        );
    }

    #[test]
    fn the_last_ballots() {
        let next = <ByBallots<Majority> as Sealed>::next_term;
        assert_eq!((next(u64::MAX - 1, 63), next(u64::MAX, 63)), (Some(u64::MAX), None));
        assert_eq!((next(u64::MAX - 1, 62), next(u64::MAX - 2, 62)), (None, Some(u64::MAX - 1)));
        assert_eq!(<ByVotes as Sealed>::next_term(u64::MAX, 0), None);
    }
}

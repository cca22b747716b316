//! What is seen of a cluster.

use synod_consensus_core::raft::ReadToken;

use super::{
    log::{Entry, Log},
    node::{Note, VOTERS},
};

/// What was seen so far.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct History {
    pub(crate) crashes: u8,
    pub(crate) proposals: u8,
    pub(crate) reads: u8,
    /// Who leads each term.
    leaders: Terms<Option<u8>>,
    /// Who has whose vote in each term.
    votes: Terms<[Option<u8>; VOTERS]>,
    /// What was applied anywhere, by index, and in which term of the first who did so.
    applied: Vec<(Entry, u64)>,
    /// Reads that were taken: where, as what, and how much had been applied anywhere by then.
    open: Vec<(usize, ReadToken, u64)>,
    /// The term of the last leader that has answered a read.
    answered: Option<u64>,
    pub(crate) wrong: Wrong,
}

/// What was seen that must not be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Wrong {
    pub(crate) two_leaders: bool,
    pub(crate) two_votes: bool,
    pub(crate) early: bool,
    pub(crate) lost: bool,
    pub(crate) differs: bool,
    pub(crate) stale: bool,
    pub(crate) refused: bool,
}

impl History {
    /// Whether somebody has led this term.
    pub(crate) fn has_led(&self, term: u64) -> bool {
        self.leaders.iter().any(|(led, leader)| *led == term && leader.is_some())
    }

    /// Whether an entry of this term was applied.
    pub(crate) fn has_applied(&self, term: u64) -> bool {
        self.applied.iter().any(|(entry, _)| entry.term == term)
    }

    /// Whether a leader of this term has answered a read.
    pub(crate) fn has_answered(&self, term: u64) -> bool {
        self.answered == Some(term)
    }

    pub(crate) fn note(&mut self, place: usize, note: &Note) {
        match note {
            Note::Elected(term, log) => self.elect(place, *term, log),
            Note::Voted(term, to) => {
                let votes = of_term(&mut self.votes, *term);
                let before = votes[place].replace(*to as u8);
                self.wrong.two_votes |= before.is_some_and(|before| before != *to as u8);
            }
            Note::Early => self.wrong.early = true,
            Note::Applied(index, entry, term) => self.apply(*index, *entry, *term),
            Note::Asked(token) => {
                self.open.push((place, *token, self.applied.len() as u64));
                self.open.sort_unstable();
            }
            Note::Answered(token, applied) => self.answer(place, *token, *applied),
            Note::Abandoned => self.open.retain(|&(at, ..)| at != place),
            Note::Refused => self.wrong.refused = true,
        }
    }

    fn elect(&mut self, place: usize, term: u64, log: &Log) {
        let before = of_term(&mut self.leaders, term).replace(place as u8);
        self.wrong.two_leaders |= before.is_some_and(|before| before != place as u8);
        // What was committed is in the log of the leaders of all later terms.
        let earlier = self.applied.iter().enumerate().filter(|(_, (_, then))| *then < term);
        self.wrong.lost |=
            earlier.into_iter().any(|(place, (entry, _))| log.0.get(place) != Some(entry));
    }

    fn apply(&mut self, index: u64, entry: Entry, term: u64) {
        let place = index as usize - 1;
        match self.applied.get(place) {
            None if self.applied.len() == place => self.applied.push((entry, term)),
            // Nobody applies anything behind a gap.
            None => self.wrong.differs = true,
            Some(&(known, _)) => self.wrong.differs |= known != entry,
        }
    }

    fn answer(&mut self, place: usize, token: ReadToken, applied: u64) {
        let mut is_asked = false;
        for &(at, asked, least) in &self.open {
            if at == place && asked.term == token.term && asked.round <= token.round {
                self.wrong.stale |= applied < least;
                self.answered = Some(token.term);
                is_asked = true;
            }
        }
        // What was given up is not answered.
        self.wrong.stale |= !is_asked;
        self.open.retain(|&(at, asked, _)| at != place || asked > token);
    }
}

/// What belongs to terms, in their order.
type Terms<T> = Vec<(u64, T)>;

/// What belongs to a term.
fn of_term<T: Default>(terms: &mut Terms<T>, term: u64) -> &mut T {
    let place = terms.binary_search_by_key(&term, |(there, _)| *there).unwrap_or_else(|place| {
        terms.insert(place, (term, T::default()));
        place
    });
    &mut terms[place].1
}

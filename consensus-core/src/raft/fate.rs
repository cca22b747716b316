//! What became of proposals.

use super::{TermLog, term_log::last_of_term};

/// What became of the proposals of one term from one index to another. Each proposal's fate is told
/// at most once for as long as the node runs; after a restart nothing is told of those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Fate {
    /// What became of them.
    pub outcome: Outcome,
    /// The term in which they were proposed.
    pub term: u64,
    /// The index of the first of them.
    pub first: u64,
    /// The index of the last of them.
    pub last: u64,
}

/// What became of a proposal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Outcome {
    /// It is committed, and will be applied everywhere.
    Committed,
    /// Another entry was committed in its place. It will never be applied, and can be proposed
    /// again.
    Superseded,
    /// It may be committed yet, or never. Only the state itself can tell.
    Unknown,
}

impl Fate {
    const fn of(outcome: Outcome, Run { term, first, .. }: Run, last: u64) -> Self {
        Self { outcome, term, first, last }
    }
}

/// A run of proposals whose fate is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Run {
    term: u64,
    first: u64,
    last: u64,
}

/// The proposals whose fate is open: one run, and another that nobody will follow any more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Fates {
    open: Option<Run>,
    lost: Option<Run>,
}

impl Fates {
    /// Whether proposals of this term can be followed without dropping others silently.
    pub(super) fn has_room(&self, term: u64) -> bool {
        self.lost.is_none() || self.open.is_none_or(|open| open.term == term)
    }

    /// Follows these proposals, the next ones of their term.
    pub(super) fn open(&mut self, term: u64, first: u64, last: u64) {
        match &mut self.open {
            Some(open) if open.term == term => open.last = last,
            open => {
                if open.is_some() {
                    self.lost = *open;
                }
                *open = Some(Run { term, first, last });
            }
        }
    }

    /// Whether no fate is known that was not told.
    #[inline]
    pub(super) fn is_idle(&self, commit: u64) -> bool {
        self.lost.is_none() && self.open.is_none_or(|open| open.first > commit)
    }

    /// The next fate that is known.
    #[inline]
    pub(super) fn poll(&mut self, commit: u64, log: &impl TermLog) -> Option<Fate> {
        if let Some(lost) = self.lost.take() {
            return Some(Fate::of(Outcome::Unknown, lost, lost.last));
        }
        let Run { term, first, last } = self.open.filter(|run| run.first <= commit)?;
        let (outcome, last) = self.settle(term, first, last, commit, log);
        Some(Fate { outcome, term, first, last })
    }

    /// The fate of a run whose first proposals' places are committed, and up to where: in registers,
    /// as whoever copies a result from memory would wait for it.
    #[inline(never)] // so that polls without one are quick
    fn settle(
        &mut self,
        term: u64,
        first: u64,
        last: u64,
        commit: u64,
        log: &impl TermLog,
    ) -> (Outcome, u64) {
        let settled = last.min(commit);
        let (outcome, told) = match log.term(first) {
            None => (Outcome::Unknown, settled.min(log.snapshot().index).max(first)),
            Some(there) if there == term => {
                (Outcome::Committed, last_of_term(first, settled, term, log))
            }
            // Once one is superseded, so are all that followed it.
            Some(_) => (Outcome::Superseded, last),
        };
        self.open = told.checked_add(1).filter(|&first| first <= last).map(|first| Run {
            term,
            first,
            last,
        });
        (outcome, told)
    }
}

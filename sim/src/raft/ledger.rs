//! What all logs must agree with: who led when, what it put where, and what is committed.
//!
//! An entry's name is its term and index. The ledger has what the leader of each term put under
//! each name, and what came before its first entry. That every entry appended anywhere is as in the
//! ledger, and follows what it follows there, is the log matching property, by induction.

use alloc::vec::Vec;

use synod_consensus_core::raft::{LogId, TermLog};

use super::{
    entry::{Action, Command, Entry, State, next_hash},
    era,
    log::Log,
};
use crate::violation::{Verdict, ensure, fail};

/// The entries of a term.
#[derive(Debug)]
struct Term {
    term: u64,
    leader: usize,
    /// The index of its first entry.
    start: u64,
    /// The term of the entry before.
    before: u64,
    commands: Vec<Command>,
    /// Whether a stop sign is among them, or before.
    ended: bool,
}

impl Term {
    fn end(&self) -> u64 {
        self.start + self.commands.len() as u64
    }
}

/// What all nodes together have said, and must stand by.
#[derive(Debug)]
pub(super) struct Ledger {
    base: State,
    /// In ascending order.
    terms: Vec<Term>,
    /// Behind the base.
    committed: Vec<Entry>,
    /// Of the state after each committed entry.
    hashes: Vec<u64>,
    /// Leaders' terms, and up to where each has committed; the places grow.
    commits: Vec<(u64, u64)>,
    /// For each node, its latest vote that has left it.
    votes: Vec<(u64, usize)>,
    /// The stop sign, once it is committed.
    stop: Option<LogId>,
}

impl Ledger {
    /// A cluster that starts behind this state.
    #[must_use]
    pub(super) fn new(nodes: usize, base: State) -> Self {
        Self {
            base,
            terms: Vec::new(),
            committed: Vec::new(),
            hashes: Vec::new(),
            commits: Vec::new(),
            votes: alloc::vec![(0, 0); nodes],
            stop: None,
        }
    }

    /// The stop sign, once it is committed.
    #[must_use]
    pub(super) const fn stop(&self) -> Option<LogId> {
        self.stop
    }

    /// The last committed entry.
    #[must_use]
    pub(super) fn committed(&self) -> u64 {
        self.base.last.index + self.committed.len() as u64
    }

    /// How many leaders there have been.
    #[must_use]
    pub(super) fn leaders(&self) -> usize {
        self.terms.len()
    }

    /// The committed entry at an index.
    #[must_use]
    #[allow(clippy::cast_possible_truncation)] // runs fit into memory
    pub(super) fn at(&self, index: u64) -> Option<Entry> {
        let place = index.checked_sub(self.base.last.index)?.checked_sub(1)?;
        self.committed.get(place as usize).copied()
    }

    /// The term of a committed entry, or of the base.
    #[must_use]
    pub(super) fn term_at(&self, index: u64) -> Option<u64> {
        if index == self.base.last.index {
            return Some(self.base.last.term);
        }
        self.at(index).map(|entry| entry.term)
    }

    /// The term in which an entry was committed first.
    #[must_use]
    pub(super) fn committed_in(&self, index: u64) -> Option<u64> {
        let place = self.commits.partition_point(|&(_, upto)| upto < index);
        self.commits.get(place).map(|&(term, _)| term)
    }

    /// The hash of the state after the committed entry at an index.
    #[must_use]
    #[allow(clippy::cast_possible_truncation)] // runs fit into memory
    pub(super) fn hash_at(&self, index: u64) -> Option<u64> {
        if index == self.base.last.index {
            return Some(self.base.hash);
        }
        let place = index.checked_sub(self.base.last.index)?.checked_sub(1)?;
        self.hashes.get(place as usize).copied()
    }

    #[inline]
    fn term(&self, term: u64) -> Option<&Term> {
        // Most questions are about the latest.
        if let Some(latest) = self.terms.last()
            && latest.term == term
        {
            return Some(latest);
        }
        let place = self.terms.binary_search_by_key(&term, |record| record.term).ok()?;
        self.terms.get(place)
    }

    /// A node leads a term, and its log ends with the term's first entry.
    ///
    /// # Errors
    ///
    /// If the term has had another leader, or the node lacks what is committed.
    pub(super) fn lead(&mut self, node: usize, term: u64, log: &Log) -> Verdict {
        let place = self.terms.partition_point(|record| record.term < term);
        if let Some(record) = self.terms.get(place)
            && record.term == term
        {
            fail!("election safety", node, "term {term} is led by {}, too", record.leader);
        }
        let start = log.last_index();
        let before = log.term(start - 1).unwrap_or(0);
        // Those that leaders of later terms have committed are none of its business.
        let earlier = self.commits.iter().rev().find(|&&(committer, _)| committer < term);
        let must = earlier.map_or(self.base.last.index, |&(_, upto)| upto);
        let has = self.holds(must, log);
        ensure!(has, "leader completeness", node, "the leader of {term} lacks {must}, committed");
        let commands = alloc::vec![Command::default()];
        let ended = log.is_ended();
        self.terms.insert(place, Term { term, leader: node, start, before, commands, ended });
        Ok(())
    }

    /// Whether a log has all that is committed, up to an index. (If it has the last, it has all
    /// before, by log matching.)
    #[must_use]
    pub(super) fn holds(&self, upto: u64, log: &Log) -> bool {
        log.snapshot().index >= upto || log.term(upto) == self.term_at(upto)
    }

    /// A leader puts a command behind its log.
    ///
    /// # Errors
    ///
    /// If it does not lead, or the place is taken.
    pub(super) fn propose(&mut self, node: usize, at: LogId, command: Command) -> Verdict {
        let place = self.terms.partition_point(|record| record.term < at.term);
        let record = self.terms.get_mut(place).filter(|record| record.term == at.term);
        let Some(record) =
            record.filter(|record| record.leader == node && record.end() == at.index)
        else {
            fail!("append-only leader", node, "a proposal was given the place {at:?}");
        };
        ensure!(!record.ended, "nothing behind a stop sign", node, "{command:?} at {at:?}");
        record.ended = command.action == Action::Stop;
        record.commands.push(command);
        Ok(())
    }

    /// What was put under this name, and the term of the entry before it.
    #[must_use]
    #[allow(clippy::cast_possible_truncation)] // runs fit into memory
    pub(super) fn entry(&self, name: LogId) -> Option<(Entry, u64)> {
        let record = self.term(name.term)?;
        let place = name.index.checked_sub(record.start)?;
        let command = *record.commands.get(place as usize)?;
        let before = if place == 0 { record.before } else { name.term };
        Some((Entry { term: name.term, command }, before))
    }

    /// Who led a term.
    #[must_use]
    pub(super) fn leader(&self, term: u64) -> Option<usize> {
        self.term(term).map(|record| record.leader)
    }

    /// The term of the entry at an index in the log of the leader of a term.
    #[must_use]
    pub(super) fn in_log_of(&self, leader_of: u64, index: u64) -> Option<u64> {
        let mut term = leader_of;
        loop {
            if index <= self.base.last.index {
                return (index == self.base.last.index).then_some(self.base.last.term);
            }
            let record = self.term(term)?;
            if index >= record.start {
                return (index < record.end() || term < leader_of).then_some(term);
            }
            term = record.before;
        }
    }

    /// A node in some term has committed up to an index: that must agree with what others have.
    ///
    /// Gives whether something was committed for the first time.
    ///
    /// # Errors
    ///
    /// If it does not.
    pub(super) fn commit(
        &mut self,
        (node, term): (usize, u64),
        upto: u64,
        log: &Log,
    ) -> Verdict<bool> {
        let known = self.committed();
        let check = upto.min(known);
        let theirs = log.term(check);
        if check >= log.snapshot().index {
            let ours = self.term_at(check);
            ensure!(
                theirs == ours,
                "state machine safety",
                node,
                "committed {check} of term {theirs:?}; elsewhere it is of {ours:?}"
            );
        }
        for index in known + 1..=upto {
            let Some(entry) = log.get(index) else {
                fail!("commit beyond the log", node, "{index} is not there");
            };
            let is_blank = entry.command.action == Action::Blank;
            let fits = self.stop.is_none() || is_blank;
            ensure!(fits, "nothing behind a stop sign", node, "{entry:?} at {index}");
            if era::ends(&entry) {
                self.stop = Some(LogId { term: entry.term, index });
            }
            let hash = next_hash(self.hashes.last().copied().unwrap_or(self.base.hash), entry);
            self.committed.push(entry);
            self.hashes.push(hash);
        }
        if upto > known {
            self.commits.push((term, upto));
        }
        Ok(upto > known)
    }

    /// A vote leaves a node, for itself or for another.
    ///
    /// # Errors
    ///
    /// If it has voted otherwise in this term, or is past it.
    pub(super) fn vote(&mut self, node: usize, term: u64, votee: usize) -> Verdict {
        let (latest, before) = self.votes[node];
        let fits = term > latest || (term == latest && before == votee);
        ensure!(
            fits,
            "one vote a term",
            node,
            "voted for {votee} in {term}, after {before} in {latest}"
        );
        self.votes[node] = (term, votee);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(terms: &[u64]) -> Log {
        let mut log = Log::new(LogId::START, u64::MAX);
        for &term in terms {
            log.push(Entry { term, command: Command::default() });
        }
        log
    }

    fn invariant<T>(verdict: Verdict<T>) -> Option<&'static str> {
        verdict.err().map(|violation| violation.invariant)
    }

    #[test]
    fn each_rule_is_enforced() {
        let mut ledger = Ledger::new(3, State::new(LogId::START));
        assert_eq!(invariant(ledger.lead(0, 1, &log(&[1]))), None);
        assert_eq!(invariant(ledger.lead(1, 1, &log(&[1]))), Some("election safety"));
        let place = LogId { term: 1, index: 2 };
        assert_eq!(invariant(ledger.propose(0, place, Command::default())), None);
        // The place is taken; and the place is another's.
        let proposal = ledger.propose(0, place, Command::default());
        assert_eq!(invariant(proposal), Some("append-only leader"));
        let proposal = ledger.propose(1, LogId { term: 1, index: 3 }, Command::default());
        assert_eq!(invariant(proposal), Some("append-only leader"));
        assert_eq!(invariant(ledger.commit((0, 1), 2, &log(&[1, 1]))), None);
        assert_eq!(
            invariant(ledger.commit((1, 1), 2, &log(&[1, 3]))),
            Some("state machine safety")
        );
        assert_eq!(
            invariant(ledger.commit((1, 1), 5, &log(&[1, 1]))),
            Some("commit beyond the log")
        );
        assert_eq!(invariant(ledger.lead(2, 4, &log(&[1, 4]))), Some("leader completeness"));
        assert_eq!([ledger.committed_in(2), ledger.committed_in(3)], [Some(1), None]);
        // A leader of an earlier term need not have it.
        assert_eq!(invariant(ledger.lead(2, 0, &log(&[0]))), None);
        assert_eq!(ledger.in_log_of(1, 2), Some(1));
        assert_eq!(ledger.in_log_of(1, 3), None);
    }

    #[test]
    fn one_vote_a_term() {
        let mut ledger = Ledger::new(3, State::new(LogId::START));
        assert_eq!(invariant(ledger.vote(0, 2, 1)), None);
        assert_eq!(invariant(ledger.vote(0, 2, 1)), None);
        assert_eq!(invariant(ledger.vote(0, 2, 2)), Some("one vote a term"));
        assert_eq!(invariant(ledger.vote(0, 1, 2)), Some("one vote a term"));
        assert_eq!(invariant(ledger.vote(0, 3, 2)), None);
    }
}

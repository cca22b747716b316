//! What a family is asked.

use arbitrary::Arbitrary;

use super::{
    selection::{Selection, nodes},
    votes::Vote,
};
use crate::edge::Edge;

/// The circumstances of some decisions.
#[derive(Arbitrary, Debug)]
pub(crate) struct Questions {
    /// Nodes that are there.
    pub(crate) have: Selection,
    /// Nodes that will not come.
    pub(crate) silent: Selection,
    /// What members report, in turn and then from the beginning.
    reports: Vec<Option<Edge>>,
    /// Votes in the order in which they come.
    pub(crate) votes: Vec<Vote>,
    /// Who may vote, if not the members.
    pub(crate) voters: Option<Selection>,
    /// How likely a node is to be down, in 250ths.
    failure: u8,
}

impl Questions {
    /// How likely a node is to be down; hardly ever, or no probability, at the end of the range.
    pub(crate) fn failure(&self) -> f64 {
        match self.failure {
            255 => f64::NAN,
            254 => -f64::MIN_POSITIVE,
            253 => 1e-40,
            252 => f64::MIN_POSITIVE,
            part => f64::from(part) / 250.0,
        }
    }

    /// What each node reports: nothing, or an index. Strangers report, too.
    pub(crate) fn reports(&self, members: u128) -> [Option<u64>; 128] {
        let mut reports = [Some(u64::MAX); 128];
        let given = self.reports.iter().map(|report| report.map(|index| index.0));
        let given: Vec<Option<u64>> = given.chain([None]).take(128).collect();
        for (node, report) in nodes(members).zip(given.iter().cycle()) {
            reports[node] = *report;
        }
        reports
    }
}

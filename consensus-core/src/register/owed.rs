//! What a member owes to others: as much as there can be of each kind.

use core::mem::take;

use super::{Body, Record};
use crate::{Ballot, NodeId};

/// Answers that are yet to be sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Owed {
    /// The proposer whose ballot is promised awaits the promise.
    pub(super) promise: bool,
    /// The proposer whose state is accepted awaits to hear so.
    pub(super) accepted: bool,
    /// The last who asked under which ballot it is, and which question that was.
    pub(super) report: Option<(Ballot, u64)>,
    /// The last ballot that came too late.
    pub(super) rejection: Option<Ballot>,
}

impl Owed {
    /// The next answer, and to whom it goes. Nothing is told of a record that is not durable,
    /// except that a ballot comes too late.
    pub(super) fn next<'a, V, const N: usize>(
        &mut self,
        record: &'a Record<V, N>,
        is_durable: bool,
    ) -> Option<(NodeId, Body<&'a V, N>)> {
        if let (Some(ballot), Some(promised)) = (self.rejection.take(), record.promised) {
            return Some((ballot.proposer, Body::Rejected { ballot, promised }));
        }
        if !is_durable {
            return None;
        }
        if let (true, Some(ballot)) = (take(&mut self.promise), record.promised) {
            let accepted = record.accepted.as_ref();
            return Some((ballot.proposer, Body::Promise { ballot, accepted }));
        }
        let ballot = record.accepted.ballot;
        if let (true, Some(ballot)) = (take(&mut self.accepted), ballot) {
            return Some((ballot.proposer, Body::Accepted { ballot }));
        }
        let (life, round) = self.report.take()?;
        Some((life.proposer, Body::Report { life, round, ballot }))
    }
}

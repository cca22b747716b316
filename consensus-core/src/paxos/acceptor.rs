//! The memory of a decision.

use core::mem::take;

use super::{Body, Message, MessageError, Record, Role, door};
use crate::{Ballot, Instance, NodeId, Proposal, UnknownWrite, one_write::OneWrite};

/// One of those who remember: it promises ballots, and accepts values.
///
/// It has no clock and never speaks first. Each answer that promises something waits until the
/// record that backs it is durable. What several messages have changed is one write, and one write
/// is on its way at a time; of promises that wait for it only that of the highest ballot is told,
/// since the rest are void.
///
/// [The module](super) has the contract of its host. No call panics. All are O(1), apart from
/// comparing two values where a message comes twice.
///
/// Source: Lamport, "Paxos Made Simple", 2001, section 2.2.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Acceptor<V> {
    instance: Instance,
    id: NodeId,
    /// `None` until something is promised.
    record: Option<Record<V>>,
    pub(super) write: OneWrite,
    owed: Owed,
}

impl<V: Eq> Acceptor<V> {
    /// An acceptor that has never promised anything, at the very first start of this instance on
    /// this node. That it is the first, an operator says: an empty disk is no proof of it.
    #[must_use]
    pub const fn bootstrap(instance: Instance, id: NodeId) -> Self {
        Self {
            instance,
            id,
            record: None,
            write: OneWrite::new(),
            owed: Owed { promise: false, accepted: false, report_to: None, rejection: None },
        }
    }

    /// An acceptor after a restart, with the record that was written last. (Where none was ever
    /// durable, nothing was promised: [`bootstrap`](Self::bootstrap).)
    #[must_use]
    pub fn recover(instance: Instance, id: NodeId, record: Record<V>) -> Self {
        Self { record: Some(record), ..Self::bootstrap(instance, id) }
    }

    /// Takes a message from whom the transport says that it is.
    ///
    /// # Errors
    ///
    /// [`MessageError`].
    pub fn handle_message(
        &mut self,
        from: NodeId,
        message: Message<V>,
    ) -> Result<(), MessageError> {
        door::check(&message, self.instance, self.id, Role::Acceptor)?;
        match message.body {
            Body::Prepare { ballot } if ballot.proposer == from => self.prepare(ballot),
            Body::Accept(proposal) if proposal.ballot.proposer == from => {
                return self.accept(proposal);
            }
            Body::Ask => self.owed.report_to = Some(from),
            _ => return Err(MessageError::Malformed),
        }
        Ok(())
    }

    /// A write is durable.
    ///
    /// # Errors
    ///
    /// [`UnknownWrite`].
    pub fn handle_persisted(&mut self, id: u64) -> Result<(), UnknownWrite> {
        self.write.report(id)
    }

    /// The next thing for the host to do; `None` when there is nothing more. Call it until then
    /// after **every** other call.
    pub fn poll_output(&mut self) -> Option<AcceptorOutput<'_, V>> {
        let record = self.record.as_ref()?;
        if let Some(id) = self.write.poll() {
            return Some(AcceptorOutput::Write { id, record });
        }
        let (to, body) = self.owed.next(record, self.write.is_durable())?;
        let message = Message { instance: self.instance, to, body };
        Some(AcceptorOutput::Send { to, message })
    }

    /// The ballot below which nothing is accepted any more. It may not be durable yet.
    #[must_use]
    pub const fn promised(&self) -> Option<Ballot> {
        match &self.record {
            Some(record) => Some(record.promised),
            None => None,
        }
    }

    /// What was accepted under the highest ballot so far. It may not be durable yet, and need not
    /// be what is chosen.
    #[must_use]
    pub const fn accepted(&self) -> Option<&Proposal<V>> {
        match &self.record {
            Some(record) => record.accepted(),
            None => None,
        }
    }

    fn prepare(&mut self, ballot: Ballot) {
        let promised = self.promised();
        if promised > Some(ballot) {
            self.owed.rejection = Some(ballot);
            return;
        }
        self.owed.promise = true;
        if promised < Some(ballot) {
            let accepted = self.record.take().and_then(|record| record.accepted);
            self.record = Some(Record { promised: ballot, accepted });
            if !cfg!(synod_planted = "p02") {
                self.write.touch();
            }
        }
    }

    fn accept(&mut self, proposal: Proposal<V>) -> Result<(), MessageError> {
        let ballot = proposal.ballot;
        let known = self.accepted().filter(|accepted| accepted.ballot == ballot);
        if known.is_some_and(|known| known.value != proposal.value) {
            return Err(MessageError::TwoValues);
        }
        if known.is_some() {
            // Whatever was promised since, this is accepted.
            self.owed.accepted = true;
        } else if self.promised() > Some(ballot) && !cfg!(synod_planted = "p05") {
            self.owed.rejection = Some(ballot);
        } else {
            // The promise of an earlier ballot is void, and that of this one served.
            self.owed.promise = false;
            self.owed.accepted = true;
            let promised = self.promised().map_or(ballot, |promised| promised.max(ballot));
            self.record = Some(Record { promised, accepted: Some(proposal) });
            self.write.touch();
        }
        Ok(())
    }
}

/// What is owed to others: as much as there can be of each kind.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Owed {
    /// The proposer whose ballot is promised awaits the promise.
    promise: bool,
    /// The proposer whose proposal is accepted awaits to hear so.
    accepted: bool,
    /// The learner that was the last to ask, until there is something to report.
    report_to: Option<NodeId>,
    /// The last ballot that came too late.
    rejection: Option<Ballot>,
}

impl Owed {
    /// The next message, and to whom it goes. Nothing is told of a record that is not durable,
    /// except that a ballot comes too late.
    fn next<'a, V>(
        &mut self,
        record: &'a Record<V>,
        is_durable: bool,
    ) -> Option<(NodeId, Body<&'a V>)> {
        let promised = record.promised;
        if let Some(ballot) = self.rejection.take() {
            return Some((ballot.proposer, Body::Rejected { ballot, promised }));
        }
        if !is_durable && !cfg!(synod_planted = "early-answer") {
            return None;
        }
        let accepted = record.accepted.as_ref().map(Proposal::as_ref);
        if take(&mut self.promise) {
            return Some((promised.proposer, Body::Promise { ballot: promised, accepted }));
        }
        let proposal = accepted?;
        let ballot = proposal.ballot;
        if take(&mut self.accepted) {
            return Some((ballot.proposer, Body::Accepted { ballot }));
        }
        Some((self.report_to.take()?, Body::Report(proposal)))
    }
}

/// Something that an acceptor's host is to do, in the order in which it was polled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[must_use]
pub enum AcceptorOutput<'a, V> {
    /// Write this to the disk in place of the record before it, as a whole, and report it with
    /// [`handle_persisted`](Acceptor::handle_persisted) when it would survive a power cut.
    Write {
        /// Its name. Each is one more than the last.
        id: u64,
        /// The record.
        record: &'a Record<V>,
    },
    /// Send this.
    Send {
        /// To whom.
        to: NodeId,
        /// What.
        message: Message<&'a V>,
    },
}

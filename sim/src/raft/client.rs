//! Clients, and what they have seen.

use alloc::vec::Vec;

use super::entry::REGISTERS;
use crate::history::{Kind, Operation};

/// A client: one operation at a time.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Client {
    /// The operation that it waits for; 0 if it waits for none.
    pub(super) operation: u32,
    /// The node that it asks.
    pub(super) target: usize,
    /// What it saw last in each register.
    pub(super) seen: [u32; REGISTERS],
}

/// How far an operation has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It may have happened or happen yet.
    Open,
    /// The client has the answer.
    Done,
    /// It will never happen, and the client was told so.
    Never,
}

/// What a client asked, and what it was told.
#[derive(Clone, Copy, Debug)]
pub(super) struct Request {
    /// Who.
    pub(super) client: usize,
    /// Which register.
    pub(super) register: u8,
    /// When it began and ended, and what it is.
    pub(super) operation: Operation,
    /// How far it has come.
    pub(super) outcome: Outcome,
}

/// All requests; an operation's number is its place, from 1.
#[derive(Debug, Default)]
pub(super) struct Requests {
    list: Vec<Request>,
    /// Counts calls and returns, so that no two are at one time.
    moment: u32,
}

impl Requests {
    /// How many there have been.
    #[must_use]
    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    /// A client begins an operation. What it is is given its number.
    #[allow(clippy::cast_possible_truncation)] // runs are short
    pub(super) fn begin(
        &mut self,
        client: usize,
        register: u8,
        kind: impl FnOnce(u32) -> Kind,
    ) -> u32 {
        let number = self.list.len() as u32 + 1;
        self.moment += 1;
        let operation = Operation { called: self.moment, returned: u32::MAX, kind: kind(number) };
        self.list.push(Request { client, register, operation, outcome: Outcome::Open });
        number
    }

    /// A number that no client waits for.
    pub(super) fn filler(&mut self) -> u32 {
        let number = self.begin(usize::MAX, 0, |_| Kind::Read(None));
        self.list[number as usize - 1].outcome = Outcome::Never;
        number
    }

    /// A request.
    #[must_use]
    pub(super) fn get(&self, number: u32) -> Option<&Request> {
        self.list.get((number as usize).checked_sub(1)?)
    }

    /// An operation has its answer: what the register had.
    pub(super) fn finish(&mut self, number: u32, had: u32) {
        self.moment += 1;
        let moment = self.moment;
        let Some(request) = self.list.get_mut(number as usize - 1) else { return };
        request.outcome = Outcome::Done;
        request.operation.returned = moment;
        match &mut request.operation.kind {
            Kind::Read(seen) | Kind::Swap { seen, .. } | Kind::CompareAndSet { seen, .. } => {
                *seen = Some(had);
            }
            Kind::Write(_) => {}
        }
    }

    /// An operation will never happen.
    pub(super) fn fail(&mut self, number: u32) {
        if let Some(request) = self.list.get_mut(number as usize - 1) {
            request.outcome = Outcome::Never;
        }
    }

    /// The history of a register: what may have happened to it.
    #[must_use]
    pub(super) fn history(&self, register: u8) -> Vec<Operation> {
        let own = self.list.iter().filter(|request| {
            request.register == register
                && match request.outcome {
                    Outcome::Done => true,
                    // A read without an answer says nothing.
                    Outcome::Open => !matches!(request.operation.kind, Kind::Read(_)),
                    Outcome::Never => false,
                }
        });
        own.map(|request| request.operation).collect()
    }
}

//! One register: who takes part, what was proposed, and what its clients have seen.

use alloc::vec::Vec;

use synod_consensus_core::{Ballot, register::Membership};

use super::{
    ledger::Ledger,
    mark::{Mark, Marks},
    op::Op,
};
use crate::{
    history::{Finding, Kind, Operation, check},
    nodes::Nodes,
    violation::{Verdict, ensure},
};

/// What a node is to a register.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Part {
    /// How often it was begun there.
    pub(super) life: u32,
    /// Up to which life its writes are void.
    pub(super) void: u32,
    /// The highest ballot that its disk has ever promised.
    pub(super) promised: Option<Ballot>,
}

/// What became of a call.
#[derive(Clone, Copy, Debug)]
enum Fate {
    /// Nobody knows, or nobody is told.
    Open,
    /// It was never made.
    Never,
    /// It has made this version.
    Made(Ballot),
    /// It has seen this version.
    Saw(Option<Ballot>),
}

/// A call of a client.
#[derive(Clone, Copy, Debug)]
struct Call {
    op: Option<Op>,
    called: u32,
    returned: u32,
    fate: Fate,
}

/// A register.
#[derive(Debug)]
pub(super) struct Story<const N: usize> {
    pub(super) ledger: Ledger<N>,
    pub(super) parts: Vec<Part>,
    /// Its first members.
    pub(super) first: Nodes,
    pub(super) members: Membership<N>,
    calls: Vec<Call>,
    /// How many moments there were.
    moment: u32,
    /// How many changes there were.
    pub(super) tags: u32,
}

/// Where the register of this number is among all.
#[allow(clippy::cast_possible_truncation)] // there are few
pub(super) const fn nth(number: u64) -> usize {
    number as usize
}

/// After how many steps a search for an order is given up.
const STEPS: u64 = 200_000;

impl<const N: usize> Story<N> {
    pub(super) fn new(first: Nodes, members: Membership<N>, nodes: usize) -> Self {
        Self {
            ledger: Ledger::new(members),
            parts: (0..nodes).map(|_| Part::default()).collect(),
            first,
            members,
            calls: Vec::new(),
            moment: 0,
            tags: 0,
        }
    }

    const fn tick(&mut self) -> u32 {
        self.moment += 1;
        self.moment
    }

    /// A client makes a call: a change, or a read. Gives its place.
    pub(super) fn call(&mut self, op: Option<Op>) -> usize {
        let called = self.tick();
        self.calls.push(Call { op, called, returned: u32::MAX, fate: Fate::Open });
        self.calls.len() - 1
    }

    fn end(&mut self, place: usize, fate: Fate) {
        let returned = self.tick();
        if let Some(call) = self.calls.get_mut(place) {
            call.returned = returned;
            call.fate = fate;
        }
    }

    /// It has made this version.
    pub(super) fn made(&mut self, place: usize, version: Ballot) {
        self.end(place, Fate::Made(version));
    }

    /// It has seen this version, and left it.
    pub(super) fn saw(&mut self, place: usize, version: Option<Ballot>) {
        self.end(place, Fate::Saw(version));
    }

    /// It may have been made, but will not be any more.
    pub(super) fn unknown(&mut self, place: usize) {
        self.end(place, Fate::Open);
    }

    /// It was never made, and will not be.
    pub(super) fn never(&mut self, place: usize) {
        self.end(place, Fate::Never);
    }

    /// What clients saw is what one register might have shown. Gives whether that was found out.
    pub(super) fn check(&self, marks: &mut Marks) -> Verdict<bool> {
        let operations: Vec<Operation> =
            self.calls.iter().filter_map(|call| self.operation(call)).collect();
        let never = self.calls.iter().filter(|call| matches!(call.fate, Fate::Never));
        for op in never.filter_map(|call| call.op) {
            let made = self.ledger.made.get(&op.tag);
            ensure!(made.is_none(), "what was never proposed is not made", 0, "{op:?}: {made:?}");
        }
        for call in self.calls.iter().filter(|call| matches!(call.fate, Fate::Open)) {
            let made = call.op.is_some_and(|op| self.ledger.made.contains_key(&op.tag));
            marks.hit_if(made, Mark::MadeInSpite);
        }
        let finding = check(&operations, STEPS);
        ensure!(finding != Finding::NotLinearizable, "linearizable", 0, "{operations:?}");
        Ok(finding == Finding::Linearizable)
    }

    fn operation(&self, call: &Call) -> Option<Operation> {
        let Call { op, called, returned, fate } = *call;
        let kind = match (fate, op) {
            (Fate::Saw(version), _) => Kind::Read(Some(self.name(version))),
            (Fate::Made(version), Some(_)) => self.write(version),
            // It was made if a majority has had it; and if not, nobody can have seen it.
            (Fate::Open, Some(op)) => self.write(*self.ledger.made.get(&op.tag)?),
            _ => return None,
        };
        Some(Operation { called, returned, kind })
    }

    /// It took the place of what was there before; a delete, too: where both go by 0, it may be put
    /// wherever there is nothing, and nowhere else.
    fn write(&self, version: Ballot) -> Kind {
        let made = self.ledger.versions.get(&version);
        let seen = made.map(|made| self.name(made.before));
        Kind::Swap { new: self.name(Some(version)), seen }
    }

    /// A number for a version: that of its change, and 0 for nothing, as at first.
    fn name(&self, version: Option<Ballot>) -> u32 {
        let made = |version| self.ledger.versions.get(&version).map(|made| made.op.tag);
        version.filter(|version| !self.ledger.gone.contains(version)).and_then(made).unwrap_or(0)
    }
}

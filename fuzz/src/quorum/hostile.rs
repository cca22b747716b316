//! Families that keep no promise: they may not make anything panic, or go on without an end.

use std::cell::Cell;

use arbitrary::Arbitrary;
use synod_quorum::{
    Coterie, Flexible, Grid, GridRule, Joint, NodeSet, QuorumSystem, Quorums, ReadWrite, Shape,
    Threshold, Votes, intersection,
};

use super::{
    selection::{first, pool, set},
    votes::Vote,
};

/// Two such families, and what they are asked.
#[derive(Arbitrary, Debug)]
pub struct Scenario {
    outgoing: Script,
    incoming: Script,
    have: u8,
    silent: u8,
    reports: Vec<Option<u64>>,
    votes: Vec<Vote>,
}

/// What a family answers: each time the next, and then from the beginning.
#[derive(Arbitrary, Debug)]
struct Script {
    members: Vec<Members>,
    answers: Vec<u8>,
    shapes: Vec<Claim>,
    weights: Vec<u32>,
    list: Vec<Members>,
}

/// Few nodes, so that a search among them is short, or so many that there is none.
#[derive(Arbitrary, Clone, Copy, Debug)]
enum Members {
    Pool(u8),
    All,
}

impl Members {
    fn set<const WORDS: usize>(self) -> NodeSet<WORDS> {
        set(match self {
            Self::Pool(bits) => pool::<WORDS>(bits),
            Self::All => first(64 * WORDS),
        })
    }
}

/// What a family says that it is made of.
#[derive(Arbitrary, Clone, Copy, Debug)]
enum Claim {
    Count(Members, u8),
    Weight(u64),
    List,
    Grid(u8, u8),
    Unknown,
}

/// A family that plays a script.
#[derive(Debug)]
struct Hostile<'a, const WORDS: usize> {
    script: &'a Script,
    list: Vec<NodeSet<WORDS>>,
    turn: Cell<usize>,
    calls: Cell<usize>,
}

impl Scenario {
    /// Asks everything.
    pub(crate) fn check<const WORDS: usize>(&self) {
        let one = Hostile::<WORDS>::new(&self.outgoing);
        let other = Hostile::<WORDS>::new(&self.incoming);
        let (have, silent) = (set(pool::<WORDS>(self.have)), set(pool::<WORDS>(self.silent)));
        let bounded = |most: usize, ask: &dyn Fn()| {
            one.calls.set(0);
            other.calls.set(0);
            ask();
            let calls = one.calls.get() + other.calls.get();
            assert!(calls <= most, "{calls} calls, and {most} are enough");
        };
        let nodes = 64 * WORDS;
        // A search goes through the subsets of a pool; what is found is reduced node by node.
        let (pool, reduction) = (1 << 8, 2 * nodes);
        let listed = self.outgoing.list.len().max(self.incoming.list.len());
        let proof = (2 * pool).max(2 * (nodes + 1)).max(listed) + reduction;

        self.decide(&one, &bounded, 1, (have, silent));
        bounded(proof, &|| _ = intersection(&one, &other));
        bounded(proof, &|| _ = Flexible::<_, _, WORDS>::new(&one, &other));
        bounded(2 * proof, &|| _ = ReadWrite::<_, _, WORDS>::new(&one, &other));
        if let Ok(coterie) = Coterie::<_, WORDS>::new(&one) {
            self.decide(&coterie, &bounded, 1, (have, silent));
        }
        let joint = Joint::<_, _, WORDS>::new(&one, &other);
        self.decide(&joint, &bounded, 2, (have, silent));
        self.decide(&joint.phase2(), &bounded, 2, (have, silent));
        bounded(2 * proof, &|| _ = intersection(&joint, &joint));
    }

    /// Asks for every decision of a family of so many halves.
    fn decide<const WORDS: usize>(
        &self,
        family: &impl Quorums<WORDS>,
        bounded: &dyn Fn(usize, &dyn Fn()),
        halves: usize,
        (have, silent): (NodeSet<WORDS>, NodeSet<WORDS>),
    ) {
        let (nodes, pool) = (64 * WORDS, 1 << 8);
        bounded(halves, &|| _ = family.is_quorum(have));
        bounded(halves, &|| _ = family.is_blocked_by(silent));
        bounded(halves * nodes, &|| _ = family.critical(silent));
        // Each half for itself, and both together.
        let searches = 2 * halves - 1;
        bounded(halves * searches * (pool + 2), &|| _ = family.shortfall(have, silent));
        let asked = Cell::new(0);
        bounded(halves * nodes, &|| {
            let _ = family.committed(|_| {
                let turn = asked.replace(asked.get() + 1);
                *self.reports.get(turn % self.reports.len().max(1))?
            });
        });
        assert!(asked.get() <= halves * nodes * nodes, "asked {} times", asked.get());

        let mut ballot = Votes::new(have);
        for vote in self.votes.iter().take(10) {
            vote.cast(&mut ballot);
            bounded(2 * halves, &|| _ = ballot.outcome(family));
        }
    }
}

impl<'a, const WORDS: usize> Hostile<'a, WORDS> {
    fn new(script: &'a Script) -> Self {
        let list = script.list.iter().map(|nodes| nodes.set()).collect();
        Self { script, list, turn: Cell::new(0), calls: Cell::new(0) }
    }

    /// The next of some answers.
    fn next<T: Copy>(&self, answers: &[T]) -> Option<T> {
        let turn = self.turn.replace(self.turn.get() + 1);
        answers.get(turn % answers.len().max(1)).copied()
    }
}

impl<const WORDS: usize> Quorums<WORDS> for Hostile<'_, WORDS> {
    fn members(&self) -> NodeSet<WORDS> {
        self.next(&self.script.members).map_or(NodeSet::new(), Members::set)
    }

    fn is_quorum(&self, nodes: NodeSet<WORDS>) -> bool {
        self.calls.set(self.calls.get() + 1);
        match self.next(&self.script.answers) {
            None => false,
            Some(255) => true,
            // Neither monotone nor a function of the nodes.
            Some(answer) => nodes.len() % 3 == usize::from(answer % 3),
        }
    }

    fn shape(&self) -> Shape<'_, WORDS> {
        match self.next(&self.script.shapes) {
            Some(Claim::Count(members, needed)) => {
                Threshold::new(members.set(), needed.into()).map_or(Shape::Unknown, Shape::Count)
            }
            Some(Claim::Weight(needed)) => Shape::Weight { weights: &self.script.weights, needed },
            Some(Claim::List) => Shape::List(&self.list),
            Some(Claim::Grid(rows, columns)) => {
                let grid = Grid::new(rows.into(), columns.into());
                grid.map_or(Shape::Unknown, |grid| Shape::Grid(grid.quorums(GridRule::Both)))
            }
            Some(Claim::Unknown) | None => Shape::Unknown,
        }
    }
}

impl<'h, const WORDS: usize> QuorumSystem<WORDS> for &'h Hostile<'_, WORDS> {
    type Phase1<'a>
        = &'h Hostile<'h, WORDS>
    where
        Self: 'a;
    type Phase2<'a>
        = &'h Hostile<'h, WORDS>
    where
        Self: 'a;

    fn phase1(&self) -> Self::Phase1<'_> {
        self
    }

    fn phase2(&self) -> Self::Phase2<'_> {
        self
    }
}

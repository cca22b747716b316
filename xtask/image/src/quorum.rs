//! `synod-quorum`: what a program would use of it, and the size of its types. The operations are in
//! the modules.

mod analysis;
mod families;
mod sets;
mod systems;

use core::hint::black_box;

use synod_quorum::{
    Coterie, Dissemination, Explicit, Flexible, Grid, GridQuorums, Joint, LiveSets, Majority,
    Masking, NodeSet, Outcome, Profile, QuorumSystem, Quorums, ReadWrite, Shape, Shortfall,
    Threshold, Votes, Weighted,
};

use crate::wire::{decode, encode};

/// Sets of two words, for the operations: their loops are not unrolled to nothing, as those of one
/// word may be.
type Set = NodeSet<2>;
type Count = Threshold<2>;
type Weights = Weighted<70, 2>;
type List = Explicit<5, 2>;
type Reports = [Option<u64>];

/// A family of which nothing is known, so that it takes every body that the trait provides.
struct Opaque<Q>(Q);

impl<const WORDS: usize, Q: Quorums<WORDS>> Quorums<WORDS> for Opaque<Q> {
    fn members(&self) -> NodeSet<WORDS> {
        self.0.members()
    }

    fn is_quorum(&self, nodes: NodeSet<WORDS>) -> bool {
        self.0.is_quorum(nodes)
    }
}

/// What a family decides: the members, whether some nodes are a quorum, what is committed, what is
/// missing, whether the silent block, who is critical, and how many may be silent.
type Decisions<const WORDS: usize> =
    (NodeSet<WORDS>, bool, Option<u64>, Shortfall, bool, NodeSet<WORDS>, Option<usize>);

/// Every decision of a family: all methods of its trait.
#[inline(always)]
fn decide<const WORDS: usize>(
    family: &impl Quorums<WORDS>,
    nodes: NodeSet<WORDS>,
    silent: NodeSet<WORDS>,
    reports: &Reports,
) -> Decisions<WORDS> {
    let _: Shape<'_, WORDS> = black_box(family.shape());
    (
        family.members(),
        family.is_quorum(nodes),
        family.committed(|node| report(reports, node)),
        family.shortfall(nodes, silent),
        family.is_blocked_by(silent),
        family.critical(silent),
        family.resilience().ok(),
    )
}

fn report(reports: &Reports, node: usize) -> Option<u64> {
    reports.get(node).copied().flatten()
}

/// Both phases of a system.
#[inline(always)]
fn phases<const WORDS: usize>(
    system: &impl QuorumSystem<WORDS>,
    nodes: NodeSet<WORDS>,
) -> (bool, bool) {
    (system.phase1().is_quorum(nodes), system.phase2().is_quorum(nodes))
}

/// A ballot, and what is committed: what a voter of consensus asks of its quorums.
#[inline(always)]
fn vote<Q: Quorums>(
    system: &Q,
    votes: &mut Votes,
    (node, granted): (usize, bool),
    reports: &[Option<u64>; 5],
) -> (Outcome, Option<u64>) {
    let _ = black_box(votes.record(node, granted));
    (votes.outcome(system), system.committed(|node| report(reports, node)))
}

configurations! {
    "a majority voter: votes and commit index of 5" => fn(
        system: &mut Majority,
        votes: &mut Votes,
        members: NodeSet,
        ballot: (usize, bool),
        reports: &[Option<u64>; 5],
    ) -> Option<(Outcome, Option<u64>)> {
        *system = Majority::new(members).ok()?;
        *votes = Votes::new(system.members());
        Some(vote(system, votes, ballot, reports))
    }
    "a joint majority voter: votes and commit index of 5" => fn(
        system: &mut Joint<Majority>,
        votes: &mut Votes,
        halves: (NodeSet, NodeSet),
        ballot: (usize, bool),
        reports: &[Option<u64>; 5],
    ) -> Option<(Outcome, Option<u64>)> {
        *system = Joint::new(Majority::new(halves.0).ok()?, Majority::new(halves.1).ok()?);
        *votes = Votes::new(system.members());
        Some(vote(system, votes, ballot, reports))
    }
    "a weighted voter: votes and commit index of 5" => fn(
        system: &mut Coterie<Weighted<5>>,
        votes: &mut Votes,
        weights: [u32; 5],
        ballot: (usize, bool),
        reports: &[Option<u64>; 5],
    ) -> Option<(Outcome, Option<u64>)> {
        *system = Weighted::majority(weights).ok()?;
        *votes = Votes::new(system.members());
        Some(vote(system, votes, ballot, reports))
    }
    "a flexible voter: votes of phase 1 and commit index of phase 2" => fn(
        system: &mut Flexible<Threshold>,
        votes: &mut Votes,
        members: NodeSet,
        needed: (usize, usize),
        ballot: (usize, bool),
        reports: &[Option<u64>; 5],
    ) -> Option<(Outcome, Option<u64>)> {
        let of = |needed| Threshold::new(members, needed).ok();
        *system = Flexible::new(of(needed.0)?, of(needed.1)?).ok()?;
        *votes = Votes::new(members);
        let _ = black_box(votes.record(ballot.0, ballot.1));
        let committed = system.phase2().committed(|node| report(reports, node));
        Some((votes.outcome(&system.phase1()), committed))
    }
    "a grid of 9: reads, writes and what is missing" => fn(
        grid: &Grid, have: NodeSet, silent: NodeSet
    ) -> (bool, bool, Shortfall, Shortfall) {
        let (read, write) = (grid.phase1(), grid.phase2());
        (
            read.is_quorum(have),
            write.is_quorum(have),
            read.shortfall(have, silent),
            write.shortfall(have, silent),
        )
    }
    "a joint majority: postcard, both ways" => fn(
        system: &mut Joint<Majority>, input: &[u8], output: &mut [u8]
    ) -> Option<usize> {
        *system = decode(input)?;
        encode(system, output)
    }
}

sizes! {
    "NodeSet" => NodeSet,
    "NodeSet<2>" => NodeSet<2>,
    "Votes" => Votes,
    "Majority" => Majority,
    "Joint<Majority>" => Joint<Majority>,
    "Threshold" => Threshold,
    "Flexible<Threshold>" => Flexible<Threshold>,
    "ReadWrite<Threshold>" => ReadWrite<Threshold>,
    "Coterie<Threshold>" => Coterie<Threshold>,
    "Weighted<5>" => Weighted<5>,
    "Explicit<4>" => Explicit<4>,
    "Grid" => Grid,
    "GridQuorums" => GridQuorums,
    "Dissemination" => Dissemination,
    "Masking" => Masking,
    "LiveSets" => LiveSets,
    "Profile" => Profile,
}

//! Single-decree Paxos: what the tests of its roles share.

#[path = "paxos/acceptors.rs"]
pub(crate) mod acceptors;
#[path = "paxos/duels.rs"]
pub(crate) mod duels;
#[path = "paxos/learners.rs"]
pub(crate) mod learners;
#[path = "paxos/proposers.rs"]
pub(crate) mod proposers;

use core::num::NonZeroU64;

use synod_consensus_core::{
    Ballot, Instance, Members, NodeId, Proposal,
    paxos::{Body, Config, Message},
};

const INSTANCE: Instance = Instance { cluster: 7, number: 1 };
const ACCEPTORS: [NodeId; 3] = [NodeId(1), NodeId(2), NodeId(3)];
/// Neither proposer is an acceptor.
const ALICE: NodeId = NodeId(8);
const BOB: NodeId = NodeId(9);
const TIMEOUT_US: u64 = 1_000;

fn ballot(round: u64, proposer: NodeId) -> Ballot {
    Ballot { round: NonZeroU64::new(round).unwrap(), proposer }
}

fn proposal(round: u64, proposer: NodeId, value: u32) -> Proposal<u32> {
    Proposal { ballot: ballot(round, proposer), value }
}

fn message(to: NodeId, body: Body<u32>) -> Message<u32> {
    Message { instance: INSTANCE, to, body }
}

fn config(id: NodeId) -> Config {
    Config { timeout_us: TIMEOUT_US, ..Config::new(INSTANCE, id, 1) }
}

fn members() -> Members<3> {
    Members::majority(&ACCEPTORS).unwrap()
}

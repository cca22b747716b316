#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod byzantine;
mod classify;
mod committed;
mod coterie;
#[cfg(feature = "serde")]
mod encoding;
mod explicit;
mod flexible;
mod grid;
mod intersection;
mod joint;
mod live_sets;
mod majority;
mod node_set;
mod quorum_system;
mod quorums;
mod read_write;
mod resilience;
mod shape;
mod shortfall;
mod threshold;
mod votes;
mod weighted;

pub use byzantine::{Dissemination, Masking, TooFewNodes};
pub use classify::{
    ConcurrentWrites, Consistency, Finding, Hints, Otherwise, Partitioned, Profile, classify,
};
pub use coterie::Coterie;
pub use explicit::{Explicit, ExplicitError};
pub use flexible::Flexible;
pub use grid::{Grid, GridError, GridQuorums, GridRule};
pub use intersection::{IntersectionError, intersection};
pub use joint::Joint;
pub use live_sets::{LiveSets, TooManyNodes};
pub use majority::{Majority, NoMembers};
pub use node_set::{NodeSet, Nodes, OutOfRange};
pub use quorum_system::QuorumSystem;
pub use quorums::Quorums;
pub use read_write::{ReadWrite, ReadWriteError};
pub use shape::Shape;
pub use shortfall::Shortfall;
pub use threshold::{Threshold, ThresholdError};
pub use votes::{Outcome, VoteError, Votes};
pub use weighted::{Weighted, WeightedError};

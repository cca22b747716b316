//! The same inputs to ours and to a peer, and the same answers from both.

mod buckets;
mod clocks;
mod consensus;
mod crdt;
mod inputs;
mod members;
mod quorum_set;
mod raft;
mod tables;

//! `synod-crdt` against its peers: the same histories of three replicas, and what is read after
//! each step.
//!
//! States are exchanged whole, as all peers can; deltas too with those that have them.

mod counters;
mod maps;
mod registers;
mod sets;

/// Replicas of a history.
const REPLICAS: usize = 3;

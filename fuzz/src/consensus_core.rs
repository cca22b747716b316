//! Models and checks of `synod-consensus-core`.

pub mod decoding;
pub mod one_node;
pub mod paxos;
pub mod register;
pub mod replica;

mod ballots;
mod host;
mod memory_log;
mod parcel;
mod rule;
mod twin;
mod wire;

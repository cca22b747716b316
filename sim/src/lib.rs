#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]
// A simulator that trips over itself is a failed run, which is what it is for; and each run is far
// too short for its times and counters to overflow.
#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing)]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

pub mod appends;
mod clock;
mod cut;
pub mod diary;
mod disk;
mod engine;
pub mod fault;
mod frame;
pub mod history;
mod machine;
mod mark;
mod network;
mod nodes;
mod packet;
pub mod paxos;
mod plan;
mod queue;
pub mod raft;
pub mod random;
pub mod recording;
pub mod register;
pub mod replay;
#[cfg(feature = "std")]
pub mod replicas;
pub mod report;
#[cfg(feature = "std")]
pub mod second;
pub mod settings;
#[cfg(feature = "std")]
pub mod swarm;
mod trace;
pub mod violation;

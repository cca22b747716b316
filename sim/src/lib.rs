#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]
// A simulator that trips over itself is a failed run, which is what it is for; and each run is far too
// short for its times and counters to overflow.
#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing)]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

pub mod clock;
pub mod cut;
pub mod diary;
pub mod disk;
pub mod engine;
pub mod fault;
pub mod frame;
pub mod history;
pub mod machine;
pub mod network;
pub mod plan;
pub mod queue;
pub mod raft;
pub mod random;
#[cfg(feature = "std")]
pub mod second;
pub mod trace;

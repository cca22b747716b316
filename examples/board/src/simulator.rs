//! The simulator as firmware: what it gives on the host, to the bit.
//!
//! Every board replays what happened to one node of a run on the host. Boards with 64 KiB of memory
//! and more run a whole cluster in its world, with every checker, and reach the host's trace hash.
#![no_std]
#![no_main]

#[cfg(not(board = "microbit"))]
mod heap;
#[path = "../../../sim/src/recording.rs"]
mod recording;
#[path = "../../../sim/src/replay.rs"]
mod replay;
mod runner;
mod stack;
#[path = "../../../sim/src/trace.rs"]
mod trace;
#[cfg(not(board = "microbit"))]
mod world;

use runner::Suite;

const SUITES: &[(&str, Suite)] = &[
    ("sim::replay", &[("one_node_says_what_it_said_on_the_host", replay_the_recording)]),
    #[cfg(not(board = "microbit"))]
    ("sim::world", world::SUITE),
];

/// What the host has recorded; `cargo xtask sim pin` writes it.
const RECORDING: &[u8] = include_bytes!("../../../sim/pinned/node.bin");

fn replay_the_recording() {
    if let Err(differs) = replay::replay_pinned(RECORDING) {
        panic!("{differs}");
    }
}

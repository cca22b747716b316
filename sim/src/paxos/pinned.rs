//! Runs that are the same on every machine. What they give is in `sim/pinned`, where the program
//! writes it: `cargo xtask sim pin`.

use crate::settings::{Pinned, Settings};

/// All pinned runs.
pub const PINNED: [Pinned; HASHES.len()] = [
    Pinned { settings: Settings::new(1, 3), hash: HASHES[0] },
    Pinned { settings: Settings::new(2, 4), hash: HASHES[1] },
    Pinned { settings: Settings::new(0, 5), hash: HASHES[2] },
];

const HASHES: [u64; 3] = include!("../../pinned/paxos.in");

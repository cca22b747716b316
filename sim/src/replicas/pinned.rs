//! Runs that are the same on every machine. What they give is in `sim/pinned`, where the program
//! writes it: `cargo xtask sim pin`.

use crate::settings::{Pinned, Settings};

/// All pinned runs.
pub const PINNED: [Pinned; HASHES.len()] = [
    Pinned { settings: Settings::new(1, 3), hash: HASHES[0] },
    Pinned { settings: Settings::new(2, 5), hash: HASHES[1] },
];

const HASHES: [u64; 2] = include!("../../pinned/replicas.in");

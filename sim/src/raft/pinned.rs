//! Runs that are the same on every machine. What they give is in `sim/pinned`, where the program
//! writes it: `cargo xtask sim pin`.

use alloc::vec::Vec;

use super::world::{WINDOW, record};
use crate::settings::{Pinned, Settings};

/// So short that an interpreter can do it (`cargo xtask miri --full`), and that it fits into 64 KiB
/// of memory (`cargo xtask board`); and yet processes die, entries are replaced, and a snapshot is
/// installed.
pub const SHORT: Pinned = PINNED[0];

/// A whole run of three nodes, for boards with memory.
pub const WHOLE: Pinned = PINNED[1];

/// All pinned runs.
pub const PINNED: [Pinned; HASHES.len()] = [
    Pinned { settings: Settings { length_permille: 20, ..Settings::new(65, 3) }, hash: HASHES[0] },
    Pinned { settings: Settings::new(1, 3), hash: HASHES[1] },
    Pinned { settings: Settings::new(0, 5), hash: HASHES[2] },
    Pinned { settings: Settings::new(2, 7), hash: HASHES[3] },
];

const HASHES: [u64; 4] = include!("../../pinned/hashes.in");

/// The same of Multi-Paxos.
pub const PINNED_BALLOTS: [Pinned; BALLOTS.len()] = [
    Pinned {
        settings: Settings { length_permille: 20, ..Settings::new(115, 3) },
        hash: BALLOTS[0],
    },
    Pinned { settings: Settings::new(1, 3), hash: BALLOTS[1] },
    Pinned { settings: Settings::new(0, 5), hash: BALLOTS[2] },
];

const BALLOTS: [u64; 3] = include!("../../pinned/multi_paxos.in");

/// The run and the node of the recording that every board replays: the node leads and follows, dies
/// with work half done, compacts its log and is sent a snapshot, and its log stays small.
const RECORDED: (Settings, usize) = (Settings { length_permille: 200, ..Settings::new(738, 3) }, 1);

/// The recording, as it is now.
#[must_use]
pub fn record_pinned() -> Vec<u8> {
    record::<3, WINDOW>(&RECORDED.0, RECORDED.1)
}

/// The recording, as it is in `sim/pinned`.
pub const RECORDING: &[u8] = include_bytes!("../../pinned/node.bin");

//! What must hold on every target: run here by `cargo test`, and on boards by `cargo xtask board`.
//!
//! It uses `core`, this crate and `Inline` alone. The firmware includes this file, and runs the
//! suite of each of its modules.
#![allow(clippy::indexing_slicing)] // A test may panic.

use core::cell::Cell;

use synod_capacity::Full;

/// Names the tests of a module once: for `cargo test`, and in `SUITE` for the firmware.
macro_rules! suite {
    ($($test:ident)*) => {
        /// The tests by name.
        #[cfg(not(test))]
        pub const SUITE: &[(&str, fn())] = &[$((stringify!($test), $test)),*];

        #[cfg(test)]
        mod on_the_host {
            $(#[test] fn $test() { super::$test() })*
        }
    };
}

#[cfg(feature = "serde")]
#[path = "portable/encodings.rs"]
pub mod encodings;
#[path = "portable/lists.rs"]
pub mod lists;
#[path = "portable/maps.rs"]
pub mod maps;

/// What a capacity of four says.
const fn full(needed: usize) -> Full {
    Full { needed, capacity: 4 }
}

/// Counts in its cell how often it was dropped.
#[derive(Debug)]
struct Counted<'a>(&'a Cell<u32>);

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get().saturating_add(1));
    }
}

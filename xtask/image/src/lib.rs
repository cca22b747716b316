//! Every public operation of the libraries, each as one exported function.
//!
//! An exported function's arguments are unknown to the optimizer and its results are observed, so
//! what it compiles to is what any caller may meet. `cargo xtask panic-free` links each of them
//! under a panic handler which does not exist; `cargo xtask footprint` measures sets of them.
//!
//! A crate has one module of operations, configurations and sizes, in several files if it is large.
#![no_std]
// An image of one configuration leaves the rest out.
#![cfg_attr(footprint, allow(unused))]

#[macro_use]
mod macros;

mod baseline;
mod capacity;
mod clocks;
mod consensus_core;
mod crdt;
mod dropped;
mod failure_detect;
mod hashring;
mod planted;
mod quorum;
mod text;
mod wire;

use core::panic::PanicInfo;

unsafe extern "Rust" {
    /// Defined nowhere: an image that can panic does not link.
    safe fn __panic_is_reachable() -> !;
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    __panic_is_reachable()
}

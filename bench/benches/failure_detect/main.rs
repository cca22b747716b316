//! `synod-failure-detect` against its peers.
//!
//! A group is an operation, a function an implementation; ours begin with `synod`.

mod accrual;
#[path = "../harness.rs"]
mod harness;
mod members;

fn main() {
    harness::run(&[accrual::bench, members::bench]);
}

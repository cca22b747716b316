//! `synod-crdt` against its peers.
//!
//! A group is an operation, a function an implementation; ours begin with `synod`.

mod counters;
#[path = "../harness.rs"]
mod harness;
mod sets;

fn main() {
    harness::run(&[sets::bench, counters::bench]);
}

//! `synod-clocks` against its peers.
//!
//! A group is an operation, a function an implementation; ours begin with `synod`.

mod causal;
#[path = "../harness.rs"]
mod harness;
mod hybrid;
mod lamport;
mod vector_clock;
mod version_vector;

fn main() {
    harness::run(&[
        hybrid::bench,
        vector_clock::bench,
        version_vector::bench,
        causal::bench,
        lamport::bench,
    ]);
}

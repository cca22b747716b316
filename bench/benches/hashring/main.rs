//! `synod-hashring` against its peers.
//!
//! A group is an operation, a function an implementation; ours begin with `synod`. Each turns its
//! key, a number, into a point by its own hash, unless the group says that it is given the point.

mod buckets;
#[path = "../harness.rs"]
mod harness;
mod rendezvous;
mod rings;
mod tables;

fn main() {
    harness::run(&[rings::bench, buckets::bench, rendezvous::bench, tables::bench]);
}

//! `synod-quorum` against its peers.
//!
//! A group is an operation, a function an implementation; ours begin with `synod`. Each gets its
//! inputs as it holds them in use, made before the clock starts.

mod committed;
mod decisions;
#[path = "../harness.rs"]
mod harness;
mod intersection;
mod progress;
mod votes;

use std::{hint::black_box, time::Instant};

use criterion::Bencher;

fn main() {
    harness::run(&[
        decisions::bench,
        committed::bench,
        progress::bench,
        votes::bench,
        intersection::bench,
    ]);
}

/// Measures `operation` on one input after the other, over and over: so many random ones that no
/// branch predictor learns them.
fn cycle<Input, Output>(
    bencher: &mut Bencher,
    inputs: &[Input],
    mut operation: impl FnMut(&Input) -> Output,
) {
    bencher.iter_custom(|iterations| {
        let mut left = usize::try_from(iterations).unwrap();
        let start = Instant::now();
        while left > 0 {
            let round = left.min(inputs.len());
            for input in &inputs[..round] {
                black_box(operation(black_box(input)));
            }
            left -= round;
        }
        start.elapsed()
    });
}

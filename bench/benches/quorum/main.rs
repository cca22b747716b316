//! `synod-quorum` against its peers.
//!
//! A group is an operation, a function an implementation; ours begin with `synod`. Each gets its
//! inputs as it holds them in use, made before the clock starts.

mod committed;
mod decisions;
mod intersection;
mod progress;
mod votes;

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use criterion::{Bencher, Criterion};

fn main() {
    let mut criterion = Criterion::default()
        .without_plots()
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(700))
        .sample_size(60)
        .nresamples(5_000)
        .configure_from_args();
    decisions::bench(&mut criterion);
    committed::bench(&mut criterion);
    progress::bench(&mut criterion);
    votes::bench(&mut criterion);
    intersection::bench(&mut criterion);
    criterion.final_summary();
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

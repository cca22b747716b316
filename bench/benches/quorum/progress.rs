//! A follower acknowledges an index, and the leader asks for the highest that a quorum holds: what
//! it does all day. A random follower each time, up to the end of a log that grows.
//!
//! - `synod`: an array, written and then asked about as a whole.
//! - `raft`: its tracker, written and then asked likewise.
//! - `quorum-set`: a list of followers, partly sorted, and the last result, both kept up to date:
//!   most acknowledgements cannot change the result and cost little.

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use criterion::{Bencher, Criterion};
use quorum_set::VecProgress;
use synod_bench::{Random, quorums};
use synod_quorum::Quorums;

const STEPS: usize = 1024;

pub fn bench(criterion: &mut Criterion) {
    of_size::<3>(criterion);
    of_size::<5>(criterion);
    of_size::<9>(criterion);
    of_size::<64>(criterion);
}

fn of_size<const N: usize>(criterion: &mut Criterion) {
    let voters = quorums::first(N);
    let steps = steps(N);
    let mut group =
        criterion.benchmark_group(format!("majority acknowledge and commit, {N} voters"));
    let system = quorums::majority::<1>(&voters);
    group.bench_function("synod", |bencher| {
        history(bencher, &steps, &[0; N], |reports, node, index| {
            if let Some(report) = reports.get_mut(node) {
                *report = index;
            }
            black_box(&system).committed(|node| reports.get(node).copied())
        });
    });
    let tracker = quorums::raft_tracker(&voters, None);
    group.bench_function("raft", |bencher| {
        history(bencher, &steps, &tracker, |tracker, node, index| {
            if let Some(progress) = tracker.get_mut(quorums::raft_id(node)) {
                progress.matched = index;
            }
            tracker.maximal_committed_index()
        });
    });
    let progress = VecProgress::new(voters, [], |node| (node, 0));
    group.bench_function("quorum-set", |bencher| {
        history(bencher, &steps, &progress, |progress, node, index| {
            progress.update_progress(&node, index).copied()
        });
    });
    group.finish();
}

/// Who acknowledges which index.
fn steps(voters: usize) -> Vec<(usize, u64)> {
    let mut random = Random::new(voters as u64);
    let mut last = 0;
    let mut step = || {
        last += random.up_to(3);
        (random.number() as usize % voters, last)
    };
    (0..STEPS).map(|_| step()).collect()
}

/// Measures `operation` on each step of the history, again and again from the same start.
fn history<State: Clone, Output>(
    bencher: &mut Bencher,
    steps: &[(usize, u64)],
    start: &State,
    mut operation: impl FnMut(&mut State, usize, u64) -> Output,
) {
    bencher.iter_custom(|iterations| {
        let mut elapsed = Duration::ZERO;
        let mut left = usize::try_from(iterations).unwrap();
        while left > 0 {
            let mut state = start.clone();
            let round = left.min(steps.len());
            let begin = Instant::now();
            for (node, index) in &steps[..round] {
                black_box(operation(black_box(&mut state), *node, *index));
            }
            elapsed += begin.elapsed();
            left -= round;
        }
        elapsed
    });
}

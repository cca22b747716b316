//! The highest index that a quorum holds, of what all voters have acknowledged.
//!
//! What each is given:
//!
//! - `synod`: an array, by position.
//! - `raft`: its hash map of everything that it knows of a follower, as its leader keeps it. No
//!   other look-up can be passed: its trait for one is public in name only.
//! - `array, sorted` is no crate, but what `raft` does without its look-ups: the voters are known
//!   to be all of an array, which is copied and sorted. Whatever sorts can at best be as quick.
//!
//! `quorum-set` keeps what it has committed up to date, and is compared by that, in `progress`.

use std::hint::black_box;

use criterion::Criterion;
use synod_bench::{
    Random,
    quorums::{self, Nodes},
};
use synod_quorum::Quorums;

use crate::cycle;

pub fn bench(criterion: &mut Criterion) {
    majority::<3>(criterion);
    majority::<5>(criterion);
    majority::<9>(criterion);
    majority::<64>(criterion);
    joint::<3>(criterion);
    joint::<5>(criterion);
    joint::<9>(criterion);
    joint::<64>(criterion);
    silent::<5>(criterion);
    silent::<9>(criterion);
}

fn majority<const N: usize>(criterion: &mut Criterion) {
    let voters = quorums::first(N);
    let reports = reports::<N>();
    let mut group = criterion.benchmark_group(format!("majority committed, {N} voters"));
    let system = quorums::majority::<1>(&voters);
    for reports in &reports {
        assert_eq!(system.committed(|node| Some(reports[node])), Some(held_by_majority(*reports)));
    }
    group.bench_function("synod", |bencher| {
        cycle(bencher, &reports, |reports| {
            black_box(&system).committed(|node| reports.get(node).copied())
        });
    });
    let config = quorums::raft_majority(&voters);
    let progress: Vec<_> = reports.iter().map(|reports| all(reports)).collect();
    group.bench_function("raft", |bencher| {
        cycle(bencher, &progress, |progress| black_box(&config).committed_index(false, progress));
    });
    group.bench_function("array, sorted", |bencher| {
        cycle(bencher, &reports, |reports| held_by_majority(*reports));
    });
    group.finish();
}

/// One of the voters is leaving.
fn joint<const N: usize>(criterion: &mut Criterion) {
    let outgoing = quorums::first(N);
    let incoming: Nodes = (1..N).collect();
    let reports = reports::<N>();
    let mut group = criterion.benchmark_group(format!("joint committed, {N} voters"));
    let system = quorums::joint::<1>(&outgoing, &incoming);
    for reports in &reports {
        assert_eq!(system.committed(|node| Some(reports[node])), Some(held_by_both(*reports)));
    }
    group.bench_function("synod", |bencher| {
        cycle(bencher, &reports, |reports| {
            black_box(&system).committed(|node| reports.get(node).copied())
        });
    });
    let config = quorums::raft_joint(&outgoing, &incoming);
    let progress: Vec<_> = reports.iter().map(|reports| all(reports)).collect();
    group.bench_function("raft", |bencher| {
        cycle(bencher, &progress, |progress| black_box(&config).committed_index(false, progress));
    });
    group.bench_function("array, sorted", |bencher| {
        cycle(bencher, &reports, |reports| held_by_both(*reports));
    });
    group.finish();
}

/// A quarter of the voters have not reported. To `raft` they have acknowledged index 0.
fn silent<const N: usize>(criterion: &mut Criterion) {
    let voters = quorums::first(N);
    let mut random = Random::new(N as u64);
    let mut known = |index| (random.up_to(4) > 1).then_some(index);
    let reports: Vec<_> = reports::<N>().iter().map(|all| all.map(&mut known)).collect();
    let mut group =
        criterion.benchmark_group(format!("majority committed, {N} voters, a quarter silent"));
    let system = quorums::majority::<1>(&voters);
    group.bench_function("synod", |bencher| {
        cycle(bencher, &reports, |reports| {
            black_box(&system).committed(|node| reports.get(node).copied().flatten())
        });
    });
    let config = quorums::raft_majority(&voters);
    let zeros = reports.iter().map(|reports| reports.map(|report| report.unwrap_or(0)));
    let progress: Vec<_> = zeros.map(|reports| all(&reports)).collect();
    group.bench_function("raft", |bencher| {
        cycle(bencher, &progress, |progress| black_box(&config).committed_index(false, progress));
    });
    group.finish();
}

fn held_by_majority<const N: usize>(reports: [u64; N]) -> u64 {
    held_by_many(reports, N / 2 + 1)
}

/// By a majority of all, and one of all but the first.
fn held_by_both<const N: usize>(reports: [u64; N]) -> u64 {
    let mut incoming = reports;
    // Whoever is leaving comes after all that count.
    incoming[0] = 0;
    held_by_majority(reports).min(held_by_many(incoming, (N - 1) / 2 + 1))
}

fn held_by_many<const N: usize>(mut reports: [u64; N], needed: usize) -> u64 {
    reports.sort_unstable();
    reports[N - needed]
}

/// Followers within a hundred entries of each other, in any order. Fewer inputs of many voters, so
/// that all that `raft` keeps of them stays in the second-level cache.
fn reports<const N: usize>() -> Vec<[u64; N]> {
    let mut random = Random::new(N as u64);
    let inputs = (8192 / N).min(1024);
    (0..inputs).map(|_| std::array::from_fn(|_| 1_000_000 + random.up_to(100))).collect()
}

fn all(reports: &[u64]) -> quorums::RaftProgress {
    let known: Vec<_> = reports.iter().copied().map(Some).collect();
    quorums::raft_progress(&known)
}

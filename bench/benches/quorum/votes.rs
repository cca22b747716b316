//! A whole election: every voter's vote recorded as it comes in, and the outcome asked for after
//! each. Voters answer in random order, and half of them refuse. `quorum-set` keeps no votes.

use std::hint::black_box;

use criterion::Criterion;
use synod_bench::{Random, quorums};
use synod_quorum::{Quorums, Votes};

use crate::cycle;

pub fn bench(criterion: &mut Criterion) {
    for voters in [3, 5, 9, 64] {
        of_size(criterion, voters);
    }
}

fn of_size(criterion: &mut Criterion, voters: usize) {
    let members = quorums::first(voters);
    let elections = elections(voters);
    let mut group =
        criterion.benchmark_group(format!("election, {voters} votes recorded and tallied"));
    let system = quorums::majority::<1>(&members);
    group.bench_function("synod", |bencher| {
        cycle(bencher, &elections, |election| {
            let mut votes = Votes::new(system.members());
            for (node, granted) in election {
                let _ = black_box(votes.record(*node, *granted));
                black_box(votes.outcome(black_box(&system)));
            }
        });
    });
    let mut tracker = quorums::raft_tracker(&members, None);
    group.bench_function("raft", |bencher| {
        cycle(bencher, &elections, |election| {
            tracker.reset_votes();
            for (node, granted) in election {
                tracker.record_vote(quorums::raft_id(*node), *granted);
                black_box(tracker.tally_votes());
            }
        });
    });
    group.finish();
}

/// Who votes, and whether in favour, in the order of arrival.
fn elections(voters: usize) -> Vec<Vec<(usize, bool)>> {
    let mut random = Random::new(voters as u64);
    let mut election = || {
        let mut votes: Vec<_> = (0..voters).map(|node| (random.number(), node)).collect();
        votes.sort_unstable();
        votes.into_iter().map(|(_, node)| (node, random.number() & 1 == 0)).collect()
    };
    (0..(8192 / voters).min(1024)).map(|_| election()).collect()
}

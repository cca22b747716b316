//! Whether those who answered are a quorum. About half of the voters have, and some strangers.
//!
//! What each is given:
//!
//! - `synod`: a set of bits.
//! - `quorum-set`: the ids in a slice, the quickest of its natural inputs, in ascending order.
//! - `raft`: its hash set of ids, as its leader keeps one.
//! - `raft, bits`: the cheapest look-up that its counting of votes can be passed, into a word.

use std::hint::black_box;

use criterion::Criterion;
use quorum_set::QuorumSet;
use synod_bench::{
    Random,
    quorums::{self, Nodes},
};
use synod_quorum::{NodeSet, Quorums, Weighted};

use crate::cycle;

const INPUTS: usize = 1024;

pub fn bench(criterion: &mut Criterion) {
    for voters in [3, 5, 9, 64] {
        majority(criterion, voters);
    }
    for voters in [3, 5, 9, 64] {
        joint(criterion, voters);
    }
    weighted::<3>(criterion);
    weighted::<5>(criterion);
    weighted::<9>(criterion);
    weighted::<64>(criterion);
}

fn majority(criterion: &mut Criterion, voters: usize) {
    let members = quorums::first(voters);
    let answers = answers(voters);
    let mut group = criterion.benchmark_group(format!("majority is_quorum, {voters} voters"));

    let system = quorums::majority::<1>(&members);
    let sets: Vec<NodeSet> = answers.iter().map(quorums::node_set).collect();
    group.bench_function("synod", |bencher| {
        cycle(bencher, &sets, |set| black_box(&system).is_quorum(*set));
    });
    let ids = ids(&answers);
    group.bench_function("quorum-set", |bencher| {
        cycle(bencher, &ids, |ids| black_box(&members).is_quorum(ids.iter()));
    });
    let tracker = quorums::raft_tracker(&members, None);
    let sets: Vec<_> = answers.iter().map(quorums::raft_set).collect();
    group.bench_function("raft", |bencher| {
        cycle(bencher, &sets, |set| black_box(&tracker).has_quorum(set));
    });
    let config = quorums::raft_majority(&members);
    let words = words(&answers);
    group.bench_function("raft, bits", |bencher| {
        cycle(bencher, &words, |word| {
            black_box(&config).vote_result(|id| (word >> (id - 1) & 1 == 1).then_some(true))
        });
    });
    group.finish();
}

/// One of the voters is leaving.
fn joint(criterion: &mut Criterion, voters: usize) {
    let outgoing = quorums::first(voters);
    let incoming: Nodes = (1..voters).collect();
    let answers = answers(voters);
    let mut group = criterion.benchmark_group(format!("joint is_quorum, {voters} voters"));

    let system = quorums::joint::<1>(&outgoing, &incoming);
    let sets: Vec<NodeSet> = answers.iter().map(quorums::node_set).collect();
    group.bench_function("synod", |bencher| {
        cycle(bencher, &sets, |set| black_box(&system).is_quorum(*set));
    });
    let ids = ids(&answers);
    let configs = vec![outgoing.clone(), incoming.clone()];
    group.bench_function("quorum-set", |bencher| {
        cycle(bencher, &ids, |ids| black_box(&configs).is_quorum(ids.iter()));
    });
    let tracker = quorums::raft_tracker(&outgoing, Some(&incoming));
    let sets: Vec<_> = answers.iter().map(quorums::raft_set).collect();
    group.bench_function("raft", |bencher| {
        cycle(bencher, &sets, |set| black_box(&tracker).has_quorum(set));
    });
    let config = quorums::raft_joint(&outgoing, &incoming);
    let words = words(&answers);
    group.bench_function("raft, bits", |bencher| {
        cycle(bencher, &words, |word| {
            black_box(&config).vote_result(|id| (word >> (id - 1) & 1 == 1).then_some(true))
        });
    });
    group.finish();
}

/// No peer weighs its voters.
fn weighted<const N: usize>(criterion: &mut Criterion) {
    let mut random = Random::new(N as u64);
    let weights = std::array::from_fn(|_| random.up_to(9) as u32);
    let system = Weighted::<N>::majority(weights).unwrap();
    let sets: Vec<NodeSet> = answers(N).iter().map(quorums::node_set).collect();
    let mut group = criterion.benchmark_group(format!("weighted is_quorum, {N} voters"));
    group.bench_function("synod", |bencher| {
        cycle(bencher, &sets, |set| black_box(&system).is_quorum(*set));
    });
    group.finish();
}

/// Each voter, and each of two strangers where there is room, has answered or not.
fn answers(voters: usize) -> Vec<Nodes> {
    let mut random = Random::new(voters as u64);
    let nodes = (voters + 2).min(64);
    let mut some = || {
        let word = random.number();
        (0..nodes).filter(|node| word >> node & 1 == 1).collect()
    };
    (0..INPUTS).map(|_| some()).collect()
}

fn ids(answers: &[Nodes]) -> Vec<Vec<usize>> {
    answers.iter().map(|nodes| nodes.iter().copied().collect()).collect()
}

fn words(answers: &[Nodes]) -> Vec<u64> {
    answers.iter().map(|nodes| quorums::node_set::<1>(nodes).to_words()[0]).collect()
}

//! `synod-consensus-core` against its peers.
//!
//! A group is how many commands are proposed at once, a function an implementation; ours begin with
//! `synod`. One measurement is one batch, until all three logs have it and no message is on its
//! way.

#[path = "../harness.rs"]
mod harness;

use std::hint::black_box;

use criterion::{Criterion, Throughput};
use synod_bench::{
    clusters::{self, Cluster, Noraft, Omnipaxos, RaftIo, RaftRs, Synod},
    registers::Registers,
};

fn main() {
    harness::run(&[replication, registers]);
}

fn replication(criterion: &mut Criterion) {
    for batch in [1, 256] {
        let mut clusters: [(&str, Box<dyn Cluster>); 7] = [
            ("synod ring", Box::new(Synod::ring())),
            ("synod heap", Box::new(Synod::heap())),
            ("synod multi-paxos", Box::new(Synod::multi_paxos())),
            ("raft", Box::new(RaftRs::new())),
            ("omnipaxos", Box::new(Omnipaxos::new(batch))),
            ("noraft", Box::new(Noraft::new())),
            ("raft-io", Box::new(RaftIo::new())),
        ];
        let name = format!("raft, 3 nodes commit a batch of 16-byte commands, {batch}");
        let mut group = criterion.benchmark_group(name);
        group.throughput(Throughput::Elements(batch as u64));
        let commands = clusters::commands(0, batch);
        for (name, cluster) in &mut clusters {
            group.bench_function(*name, |bencher| {
                bencher.iter(|| cluster.commit(black_box(&commands)));
            });
        }
        group.finish();
    }
}

/// A value that is changed, beside logs that take a command: nobody else has a register.
fn registers(criterion: &mut Criterion) {
    let command = clusters::commands(0, 1);
    let mut group = criterion.benchmark_group("register, 3 nodes change 16 bytes");
    group.throughput(Throughput::Elements(1));
    let mut registers = Registers::default();
    group.bench_function("synod", |bencher| {
        bencher.iter(|| registers.change(0, black_box(command[0])));
    });
    let mut registers = Registers::default();
    group.bench_function("synod read", |bencher| bencher.iter(|| registers.read(0)));
    let mut turn = 0;
    group.bench_function("synod by turns", |bencher| {
        bencher.iter(|| {
            turn = (turn + 1) % 3;
            registers.change(turn, black_box(command[0]));
        });
    });
    let mut log = Synod::ring();
    group.bench_function("raft of synod", |bencher| {
        bencher.iter(|| log.commit(black_box(&command)))
    });
    let mut log = Omnipaxos::new(1);
    group.bench_function("omnipaxos", |bencher| bencher.iter(|| log.commit(black_box(&command))));
    group.finish();
}

//! The clusters of the benchmarks all do the same: every log has every command.

use synod_bench::clusters::{Cluster, Noraft, Omnipaxos, RaftIo, RaftRs, Synod, commands};

fn replicates(mut cluster: impl Cluster, batch: usize) {
    let (mut number, mut seen) = (0, 0);
    // Beyond some compactions.
    while number < 10_000 {
        let commands = commands(number, batch);
        cluster.commit(&commands);
        number += batch as u64;
        let (logs, committed) = cluster.look(batch);
        assert_eq!(committed, number);
        for log in logs {
            assert!(commands.ends_with(&log), "after {number}");
            seen += log.len();
        }
    }
    assert!(seen > 20_000, "{seen}"); // but for what was compacted
}

macro_rules! all {
    ($($name:ident: $cluster:expr;)*) => {
        $(#[test]
        fn $name() {
            for batch in [1, 256] {
                replicates($cluster(batch), batch);
            }
        })*
    };
}

all! {
    synod_ring: |_| Synod::ring();
    synod_heap: |_| Synod::heap();
    raft: |_| RaftRs::new();
    omnipaxos: Omnipaxos::new;
    noraft: |_| Noraft::new();
    raft_io: |_| RaftIo::new();
}

//! What can be simulated, in one shape for all that runs many seeds of it.

use synod_sim::{
    diary::Diary,
    fault::Fault,
    paxos, raft, register, replicas,
    report::Report,
    settings::{Pinned, Settings},
};

/// A driver of the simulator.
#[derive(Debug)]
pub(crate) struct Machine {
    /// What the program calls it.
    pub(crate) name: &'static str,
    /// Runs one seed.
    pub(crate) run: fn(&Settings, Option<Diary>) -> Outcome,
    /// What may be seen, and whether a batch may do without it.
    pub(crate) marks: fn() -> Vec<(&'static str, bool)>,
    /// What is counted besides.
    pub(crate) counts: &'static [&'static str],
    /// A batch of so many seeds must have seen everything.
    pub(crate) enough: u64,
    /// Of how many nodes.
    pub(crate) nodes: fn(usize) -> bool,
    /// Which faults it must have seen, too.
    pub(crate) faults: fn(Fault) -> bool,
    /// Runs that are the same on every target.
    pub(crate) pinned: &'static [Pinned],
    /// Where their hashes are.
    pub(crate) hashes: &'static str,
}

/// What a run has shown, whatever was simulated.
pub(crate) type Outcome = Report<Vec<u64>, Vec<u64>>;

/// All of them.
pub(crate) static MACHINES: [Machine; 4] = [
    Machine {
        name: "raft",
        run: |settings, diary| {
            raft::run(settings, diary).map(
                |marks| marks.as_slice().to_vec(),
                |counts| vec![counts.operations, counts.leaders, counts.undecided],
            )
        },
        marks: || raft::Mark::ALL.iter().map(|mark| (mark.name(), mark.is_optional())).collect(),
        counts: &["operations of clients", "leaders", "histories undecided"],
        enough: 1_000,
        // Rows and hubs need these numbers.
        nodes: |nodes| matches!(nodes, 3 | 5),
        faults: |_| true,
        pinned: &raft::PINNED,
        hashes: "hashes.in",
    },
    Machine {
        name: "replicas",
        run: |settings, _| {
            replicas::run(settings).map(|marks| marks.as_slice().to_vec(), |()| Vec::new())
        },
        marks: || {
            replicas::Mark::ALL.iter().map(|mark| (mark.name(), mark.is_optional())).collect()
        },
        counts: &[],
        enough: 500,
        nodes: |nodes| nodes > 1,
        faults: |_| false,
        pinned: &replicas::PINNED,
        hashes: "replicas.in",
    },
    Machine {
        name: "paxos",
        run: |settings, diary| {
            paxos::run(settings, diary)
                .map(|marks| marks.as_slice().to_vec(), |counts| vec![counts.begun, counts.decided])
        },
        marks: || paxos::Mark::ALL.iter().map(|mark| (mark.name(), mark.is_optional())).collect(),
        counts: &["decisions begun", "decided"],
        enough: 1_000,
        nodes: |nodes| matches!(nodes, 3..=5),
        // There is no log, and nothing to apply.
        faults: |fault| !matches!(fault, Fault::SmallLog | Fault::LateApply),
        pinned: &paxos::PINNED,
        hashes: "paxos.in",
    },
    Machine {
        name: "register",
        run: |settings, diary| {
            register::run(settings, diary).map(
                |marks| marks.as_slice().to_vec(),
                |counts| {
                    let register::Counts { changes, reads, reconfigured, forgotten, .. } = counts;
                    vec![changes, reads, reconfigured, forgotten, counts.undecided]
                },
            )
        },
        marks: || {
            register::Mark::ALL.iter().map(|mark| (mark.name(), mark.is_optional())).collect()
        },
        counts: &["changes", "reads", "changes of members", "forgotten", "histories undecided"],
        enough: 1_000,
        nodes: |nodes| matches!(nodes, 3..=5),
        // There is no log, and nothing to apply.
        faults: |fault| !matches!(fault, Fault::SmallLog | Fault::LateApply),
        pinned: &register::PINNED,
        hashes: "register.in",
    },
];

//! What can be simulated, in one shape for all that runs many seeds of it.

use synod_sim::{
    diary::Diary,
    fault::{Fault, Tally},
    paxos, raft, replicas,
    settings::{Pinned, Settings},
    violation::Violation,
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

/// What a run has shown.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) violation: Option<Box<Violation>>,
    pub(crate) calls: u64,
    pub(crate) simulated_us: u64,
    pub(crate) hash: u64,
    pub(crate) tally: Tally,
    pub(crate) marks: Vec<u64>,
    pub(crate) counts: Vec<u64>,
    pub(crate) diary: Option<Diary>,
}

/// All of them.
pub(crate) static MACHINES: [Machine; 3] = [
    Machine {
        name: "raft",
        run: run_raft,
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
        run: run_replicas,
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
        run: run_paxos,
        marks: || paxos::Mark::ALL.iter().map(|mark| (mark.name(), mark.is_optional())).collect(),
        counts: &["decisions begun", "decided"],
        enough: 1_000,
        nodes: |nodes| matches!(nodes, 3..=5),
        // There is no log, and nothing to apply.
        faults: |fault| !matches!(fault, Fault::SmallLog | Fault::LateApply),
        pinned: &paxos::PINNED,
        hashes: "paxos.in",
    },
];

fn run_raft(settings: &Settings, diary: Option<Diary>) -> Outcome {
    let report = raft::run(settings, diary);
    Outcome {
        violation: report.violation,
        calls: report.calls,
        simulated_us: report.simulated_us,
        hash: report.hash,
        tally: report.tally,
        marks: raft::Mark::ALL.iter().map(|&mark| report.marks.of(mark)).collect(),
        counts: vec![report.operations, report.leaders, report.undecided],
        diary: report.diary,
    }
}

fn run_replicas(settings: &Settings, _: Option<Diary>) -> Outcome {
    let report = replicas::run(settings);
    Outcome {
        violation: report.violation,
        calls: report.calls,
        simulated_us: report.simulated_us,
        hash: report.hash,
        tally: report.tally,
        marks: replicas::Mark::ALL.iter().map(|&mark| report.marks.of(mark)).collect(),
        counts: Vec::new(),
        diary: None,
    }
}

fn run_paxos(settings: &Settings, diary: Option<Diary>) -> Outcome {
    let report = paxos::run(settings, diary);
    Outcome {
        violation: report.violation,
        calls: report.calls,
        simulated_us: report.simulated_us,
        hash: report.hash,
        tally: report.tally,
        marks: paxos::Mark::ALL.iter().map(|&mark| report.marks.of(mark)).collect(),
        counts: vec![report.opened, report.decided],
        diary: report.diary,
    }
}

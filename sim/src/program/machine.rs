//! What can be simulated, in one shape for all that runs many seeds of it.

use synod_sim::{
    diary::Diary,
    fault::Fault,
    paxos,
    raft::{self, Mark},
    register, replicas,
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

/// What a cluster may be seen to do, and what a batch may do without: what does not belong to its
/// rule of elections, for one.
fn marks_of(belongs: fn(Mark) -> bool) -> Vec<(&'static str, bool)> {
    let of = |&mark: &Mark| (mark.name(), mark.is_optional() || !belongs(mark));
    Mark::ALL.iter().map(of).collect()
}

/// All of them.
pub(crate) static MACHINES: [Machine; 5] = [
    Machine {
        name: "raft",
        run: |settings, diary| {
            raft::run(settings, diary).map(
                |marks| marks.as_slice().to_vec(),
                |counts| vec![counts.operations, counts.leaders, counts.undecided],
            )
        },
        marks: || marks_of(Mark::is_of_votes),
        counts: &["operations of clients", "leaders", "histories undecided"],
        enough: 1_000,
        // Rows and hubs need these numbers.
        nodes: |nodes| matches!(nodes, 3 | 5),
        faults: |_| true,
        pinned: &raft::PINNED,
        hashes: "hashes.in",
    },
    Machine {
        name: "multi-paxos",
        run: |settings, diary| {
            raft::run_ballots(settings, diary).map(
                |marks| marks.as_slice().to_vec(),
                |counts| {
                    let raft::Counts { operations, leaders, undecided, stops } = counts;
                    vec![operations, leaders, undecided, stops]
                },
            )
        },
        marks: || marks_of(Mark::is_of_ballots),
        counts: &["operations of clients", "leaders", "histories undecided", "stop signs"],
        enough: 1_000,
        // Rows and hubs need these numbers.
        nodes: |nodes| matches!(nodes, 3 | 5),
        faults: |_| true,
        pinned: &raft::PINNED_BALLOTS,
        hashes: "multi_paxos.in",
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

//! Random runs of processes that send and receive, with the true order of cause and effect worked
//! out from the run itself: every clock is held against it.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, clippy::expect_used)] // A test may panic.
#![allow(clippy::arithmetic_side_effects, clippy::cast_possible_truncation)]
#![allow(clippy::std_instead_of_core, clippy::std_instead_of_alloc)] // Nor need it be no_std.

use std::collections::BTreeSet;

use proptest::{collection, prelude::*};
use synod_clocks::{
    Causality, HybridClock, HybridStamp, Inline, LamportClock, LamportStamp, VectorClock,
    VersionVector,
};

const PROCESSES: usize = 4;

/// A step of a run, by the process `at`.
#[derive(Clone, Debug)]
enum Step {
    /// An internal event, or the sending of a message that any later step may receive.
    Act { at: usize, wall_us: u64 },
    /// The receipt of the message of an earlier event, chosen by `message`.
    Receive { at: usize, message: prop::sample::Index, wall_us: u64 },
}

/// An event, stamped by every clock, with the set of events that caused it.
struct Event {
    causes: BTreeSet<usize>,
    lamport: LamportStamp<usize>,
    vector: VectorClock<PROCESSES>,
    version: VersionVector<usize, Inline<PROCESSES>>,
    hybrid: HybridStamp,
}

/// The clocks of one process, and what it knows.
#[derive(Clone)]
struct Process {
    known: BTreeSet<usize>,
    lamport: LamportClock<usize>,
    vector: VectorClock<PROCESSES>,
    version: VersionVector<usize, Inline<PROCESSES>>,
    hybrid: HybridClock,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    // A wall clock of a few microseconds, so that ties and steps back are common.
    let act = (0..PROCESSES, 0..6_u64).prop_map(|(at, wall_us)| Step::Act { at, wall_us });
    let receive = (0..PROCESSES, any::<prop::sample::Index>(), 0..6_u64)
        .prop_map(|(at, message, wall_us)| Step::Receive { at, message, wall_us });
    collection::vec(prop_oneof![act, receive], 0..40)
}

fn run(steps: &[Step]) -> Vec<Event> {
    let mut processes: Vec<Process> = (0..PROCESSES)
        .map(|id| Process {
            known: BTreeSet::new(),
            lamport: LamportClock::new(id),
            vector: VectorClock::new(),
            version: VersionVector::new(),
            hybrid: HybridClock::new(10),
        })
        .collect();
    let mut events: Vec<Event> = Vec::new();
    for step in steps {
        let (at, message, wall_us) = match step {
            Step::Act { at, wall_us } => (*at, None, *wall_us),
            Step::Receive { at, message, wall_us } if !events.is_empty() => {
                (*at, Some(message.index(events.len())), *wall_us)
            }
            Step::Receive { .. } => continue,
        };
        let process = &mut processes[at];
        let (lamport, hybrid) = match message.map(|index| (index, &events[index])) {
            Some((index, sent)) => {
                process.known.extend(&sent.causes);
                process.known.insert(index);
                process.vector.merge(&sent.vector);
                process.version.merge(&sent.version).unwrap();
                let lamport = process.lamport.receive(sent.lamport).unwrap();
                (lamport, process.hybrid.receive(wall_us, sent.hybrid).unwrap())
            }
            None => (process.lamport.tick().unwrap(), process.hybrid.tick(wall_us).unwrap()),
        };
        process.vector.increment(at).unwrap();
        process.version.increment(at).unwrap();
        events.push(Event {
            causes: process.known.clone(),
            lamport,
            vector: process.vector,
            version: process.version.clone(),
            hybrid,
        });
        process.known.insert(events.len() - 1);
    }
    events
}

proptest! {
    #[test]
    fn every_clock_respects_cause_and_effect(steps in steps()) {
        let events = run(&steps);
        for (i, a) in events.iter().enumerate() {
            for (j, b) in events.iter().enumerate() {
                let truth = match (b.causes.contains(&i), a.causes.contains(&j)) {
                    _ if i == j => Causality::Equal,
                    (true, false) => Causality::Before,
                    (false, true) => Causality::After,
                    (false, false) => Causality::Concurrent,
                    (true, true) => unreachable!("no event causes its cause"),
                };
                prop_assert_eq!(a.vector.causality(&b.vector), truth, "vector, exact");
                prop_assert_eq!(a.version.causality(&b.version), truth, "version, exact");
                if truth == Causality::Before {
                    prop_assert!(a.lamport < b.lamport, "Lamport, one way");
                    prop_assert!(a.hybrid < b.hybrid, "hybrid, one way");
                }
                prop_assert_eq!(a.lamport == b.lamport, i == j, "Lamport stamps are unique");
            }
        }
    }
}

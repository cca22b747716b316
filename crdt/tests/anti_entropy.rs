//! Replicas kept equal by the machine, over a network that loses, duplicates and reorders: random
//! histories, every message within its size.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // A test may panic.
#![allow(clippy::arithmetic_side_effects, clippy::cast_possible_truncation)]
#![cfg(all(feature = "serde", feature = "alloc"))]

use proptest::prelude::*;
use synod_crdt::{
    AntiEntropy, AntiEntropyConfig, AwSet, Causal, CausalContext, Heap, Inline, Message, Output,
};

type Set = Causal<u16, AwSet<u16>, Inline<9>, Inline<96>>;
type Machine = AntiEntropy<u16, Inline<9>, Inline<8>, 4>;
type Received = Message<CausalContext<u16, Heap>, Causal<u16, AwSet<u16>, Heap, Heap>>;

const MAX_MESSAGE: usize = 64;

fn machine(me: u16, boot: u32, all: u16) -> Machine {
    let peers: Vec<u16> = (0..all).filter(|peer| *peer != me).collect();
    let config = AntiEntropyConfig {
        me,
        boot,
        max_message: MAX_MESSAGE,
        max_id: 3,
        max_row: 3,
        resend_us: 100,
    };
    Machine::new(config, &peers).unwrap()
}

struct Cluster {
    now_us: u64,
    sets: Vec<Set>,
    machines: Vec<Machine>,
    /// From, to, bytes.
    network: Vec<(u16, u16, Vec<u8>)>,
    boots: u32,
}

impl Cluster {
    fn new(count: u16) -> Self {
        let machines = (0..count).map(|me| machine(me, 1, count)).collect();
        let sets = (0..count).map(|_| Set::new()).collect();
        let mut cluster = Self { now_us: 0, sets, machines, network: Vec::new(), boots: 1 };
        for node in 0..usize::from(count) {
            cluster.drain(node);
        }
        cluster
    }

    fn drain(&mut self, node: usize) {
        while let Some(output) = self.machines[node].poll_output(&self.sets[node]) {
            match output {
                Output::Send { to, message } => {
                    let mut buffer = [0; MAX_MESSAGE];
                    let bytes = postcard::to_slice(&message, &mut buffer).expect("it fits");
                    let bytes = bytes.to_vec();
                    self.network.push((node as u16, to, bytes));
                }
                Output::Outdated { .. } => panic!("nobody lost anything"),
            }
        }
    }

    fn deliver(&mut self, index: usize, keep: bool) {
        if self.network.is_empty() {
            return;
        }
        let index = index % self.network.len();
        let (from, to, bytes) =
            if keep { self.network[index].clone() } else { self.network.swap_remove(index) };
        let node = usize::from(to);
        let message: Received = postcard::from_bytes(&bytes).unwrap();
        let set = &mut self.sets[node];
        // Stale or full: it comes again, or is not needed.
        let _refused = self.machines[node].handle_message(self.now_us, from, &message, set);
        self.drain(node);
    }

    fn time_passes(&mut self) {
        let next = self.machines.iter().filter_map(Machine::poll_timeout).min();
        let Some(next) = next else { return };
        self.now_us = self.now_us.max(next);
        for node in 0..self.machines.len() {
            self.machines[node].handle_timeout(self.now_us);
            self.drain(node);
        }
    }

    fn settle(&mut self) {
        for _ in 0..20_000 {
            if self.network.is_empty() {
                if self.machines.iter().all(Machine::is_idle) {
                    return;
                }
                self.time_passes();
            }
            self.deliver(0, false);
        }
        let contexts: Vec<_> = self.sets.iter().map(Set::context).collect();
        panic!(
            "no end: {contexts:?} {:?}",
            self.sets.iter().map(Set::row_count).collect::<Vec<_>>()
        );
    }
}

#[derive(Clone, Debug)]
enum Step {
    Insert { node: usize, element: u16 },
    Remove { node: usize, element: u16 },
    Deliver { index: usize, keep: bool },
    Lose { index: usize },
    Timeout,
    Restart { node: usize },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let node = 0..8_usize;
    let step = prop_oneof![
        4 => (node.clone(), 0..12_u16).prop_map(|(node, element)| Step::Insert { node, element }),
        3 => (node.clone(), 0..12_u16).prop_map(|(node, element)| Step::Remove { node, element }),
        12 => (any::<usize>(), prop::bool::weighted(0.2))
            .prop_map(|(index, keep)| Step::Deliver { index, keep }),
        3 => any::<usize>().prop_map(|index| Step::Lose { index }),
        2 => Just(Step::Timeout),
        1 => node.prop_map(|node| Step::Restart { node }),
    ];
    prop::collection::vec(step, 0..if cfg!(miri) { 12 } else { 200 })
}

proptest! {
    #[test]
    fn all_become_equal(count in 2..=if cfg!(miri) { 3 } else { 8_u16 }, steps in steps()) {
        let mut cluster = Cluster::new(count);
        for step in steps {
            match step {
                Step::Insert { node, element } => {
                    let node = node % cluster.sets.len();
                    let delta = cluster.sets[node].write(node as u16).insert(element).unwrap();
                    cluster.machines[node].record(&delta);
                    cluster.drain(node);
                }
                Step::Remove { node, element } => {
                    let node = node % cluster.sets.len();
                    let delta = cluster.sets[node].write(node as u16).remove(&element).unwrap();
                    cluster.machines[node].record(&delta);
                    cluster.drain(node);
                }
                Step::Deliver { index, keep } => cluster.deliver(index, keep),
                Step::Lose { index } => {
                    if !cluster.network.is_empty() {
                        let index = index % cluster.network.len();
                        cluster.network.swap_remove(index);
                    }
                }
                Step::Timeout => cluster.time_passes(),
                Step::Restart { node } => {
                    // The state is durable; the machine starts anew.
                    let node = node % cluster.sets.len();
                    cluster.boots += 1;
                    cluster.machines[node] = machine(node as u16, cluster.boots, count);
                    cluster.drain(node);
                }
            }
        }
        cluster.settle();
        for set in &cluster.sets {
            prop_assert_eq!(set, &cluster.sets[0]);
        }
        for (machine, set) in cluster.machines.iter().zip(&cluster.sets) {
            prop_assert_eq!(&machine.stable(set), set.context());
            prop_assert!(machine.has_recovered(set));
        }
    }
}

//! Up to eight replicas over a network that loses, duplicates and reorders: random histories.

use proptest::prelude::*;
use synod_crdt::{
    AntiEntropy, AntiEntropyConfig, Causal, CausalContext, Heap, Inline, Message, Output,
    ReceiveError, RwSet,
};

type Set = Causal<u16, RwSet<u16>, Inline<9>, Inline<96>>;
type Machine = AntiEntropy<u16, Inline<9>, Inline<8>, 4>;
type Received = Message<u16, CausalContext<u16, Heap>, Causal<u16, RwSet<u16>, Heap, Heap>>;

const MAX_MESSAGE: usize = 64;

fn machine(me: u16, boot: u32, all: u16) -> Machine {
    let peers: Vec<u16> = (0..all).filter(|peer| *peer != me).collect();
    let config = AntiEntropyConfig {
        cluster: 5,
        me,
        boot,
        max_message: MAX_MESSAGE,
        max_id: 3,
        max_row: 4,
        resend_us: 100,
    };
    Machine::new(config, &peers).unwrap()
}

#[derive(Clone)]
struct Letter {
    from: usize,
    to: usize,
    bytes: Vec<u8>,
    /// The place in the order of sending.
    order: usize,
    /// The sender's state as it was sent.
    state: Set,
}

struct Cluster {
    now_us: u64,
    sets: Vec<Set>,
    machines: Vec<Machine>,
    network: Vec<Letter>,
    sent: usize,
    /// What each (first index) has heard last, in the order of sending, of each.
    heard: Vec<Vec<Option<(usize, Set)>>>,
    boots: u32,
}

impl Cluster {
    fn new(count: u16) -> Self {
        let all = usize::from(count);
        let mut cluster = Self {
            now_us: 0,
            sets: vec![Set::new(); all],
            machines: (0..count).map(|me| machine(me, 1, count)).collect(),
            network: Vec::new(),
            sent: 0,
            heard: vec![vec![None; all]; all],
            boots: 1,
        };
        for node in 0..all {
            cluster.drain(node);
        }
        cluster
    }

    fn drain(&mut self, node: usize) {
        while let Some(output) = self.machines[node].poll_output(&self.sets[node]) {
            let Output::Send { to, message } = output else { panic!("nobody lost anything") };
            let mut buffer = [0; MAX_MESSAGE];
            let bytes = postcard::to_slice(&message, &mut buffer).expect("it fits").to_vec();
            self.sent += 1;
            let (to, order, state) = (usize::from(to), self.sent, self.sets[node].clone());
            self.network.push(Letter { from: node, to, bytes, order, state });
        }
        self.check_stable(node);
    }

    /// What is stable was known to each peer, and nothing else, when it last spoke.
    fn check_stable(&self, node: usize) {
        let stable = self.machines[node].stable(&self.sets[node]);
        if stable.is_empty() {
            return;
        }
        assert_eq!(stable, *self.sets[node].context());
        for peer in (0..self.sets.len()).filter(|peer| *peer != node) {
            let (_, last) = self.heard[node][peer].as_ref().expect("it has spoken");
            assert_eq!(*last, self.sets[node]);
        }
    }

    fn change(&mut self, node: usize, element: u16, is_added: bool) {
        let (me, node) = (node as u16, node);
        let writer = self.sets[node].write(me);
        let delta = if is_added { writer.insert(element) } else { writer.remove(element) };
        self.machines[node].record(&delta.unwrap());
        self.drain(node);
    }

    fn collect(&mut self, node: usize) {
        let stable = self.machines[node].stable(&self.sets[node]);
        let delta = self.sets[node].collect(&stable);
        self.machines[node].record(&delta);
        self.drain(node);
    }

    fn deliver(&mut self, index: usize, keep: bool) {
        if self.network.is_empty() {
            return;
        }
        let index = index % self.network.len();
        let letter =
            if keep { self.network[index].clone() } else { self.network.swap_remove(index) };
        let Letter { from, to, bytes, order, state } = letter;
        let message: Received = postcard::from_bytes(&bytes).unwrap();
        let set = &mut self.sets[to];
        // Stale or full: it comes again, or is not needed.
        let _refused = self.machines[to].handle_message(self.now_us, from as u16, &message, set);
        let last = &mut self.heard[to][from];
        if last.as_ref().is_none_or(|(earlier, _)| *earlier < order) {
            *last = Some((order, state));
        }
        self.drain(to);
    }

    fn overhear(&mut self, index: usize, node: usize) {
        if self.network.is_empty() {
            return;
        }
        let Letter { from, to, bytes, .. } = &self.network[index % self.network.len()];
        if *to == node {
            return;
        }
        let message: Received = postcard::from_bytes(bytes).unwrap();
        let before = self.sets[node].clone();
        let set = &mut self.sets[node];
        let result = self.machines[node].handle_message(self.now_us, *from as u16, &message, set);
        assert_eq!(result, Err(ReceiveError::NotForMe));
        assert_eq!(before, self.sets[node]);
        self.drain(node);
    }

    fn restart(&mut self, node: usize) {
        // The state is durable; the machine starts anew.
        self.boots += 1;
        self.machines[node] = machine(node as u16, self.boots, self.sets.len() as u16);
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
                if self.machines.iter().all(|machine| machine.poll_timeout().is_none()) {
                    assert!(self.machines.iter().all(Machine::is_idle));
                    return;
                }
                self.time_passes();
            }
            self.deliver(0, false);
        }
        panic!("no end: {:?}", self.sets);
    }
}

#[derive(Clone, Debug)]
enum Step {
    Change {
        node: usize,
        element: u16,
        is_added: bool,
    },
    Collect {
        node: usize,
    },
    Deliver {
        index: usize,
        keep: bool,
    },
    Lose {
        index: usize,
    },
    /// A frame on the air is heard by who it is not for.
    Overhear {
        index: usize,
        node: usize,
    },
    Timeout,
    Settle,
    Restart {
        node: usize,
    },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let node = 0..8_usize;
    let step = prop_oneof![
        7 => (node.clone(), 0..12_u16, any::<bool>())
            .prop_map(|(node, element, is_added)| Step::Change { node, element, is_added }),
        2 => node.clone().prop_map(|node| Step::Collect { node }),
        14 => (any::<usize>(), prop::bool::weighted(0.2))
            .prop_map(|(index, keep)| Step::Deliver { index, keep }),
        3 => any::<usize>().prop_map(|index| Step::Lose { index }),
        2 => (any::<usize>(), node.clone())
            .prop_map(|(index, node)| Step::Overhear { index, node }),
        2 => Just(Step::Timeout),
        1 => Just(Step::Settle),
        1 => node.prop_map(|node| Step::Restart { node }),
    ];
    prop::collection::vec(step, 0..if cfg!(miri) { 12 } else { 200 })
}

proptest! {
    #[test]
    fn all_become_equal(count in 2..=if cfg!(miri) { 3 } else { 8_usize }, steps in steps()) {
        let mut cluster = Cluster::new(count as u16);
        for step in steps {
            match step {
                Step::Change { node, element, is_added } => {
                    cluster.change(node % count, element, is_added);
                }
                Step::Collect { node } => cluster.collect(node % count),
                Step::Deliver { index, keep } => cluster.deliver(index, keep),
                Step::Lose { index } => {
                    if !cluster.network.is_empty() {
                        let index = index % cluster.network.len();
                        cluster.network.swap_remove(index);
                    }
                }
                Step::Overhear { index, node } => cluster.overhear(index, node % count),
                Step::Timeout => cluster.time_passes(),
                Step::Settle => cluster.settle(),
                Step::Restart { node } => cluster.restart(node % count),
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

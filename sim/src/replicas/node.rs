//! One replica: its state, its machine, and what is on its disk.

use alloc::{
    collections::{BTreeMap, VecDeque},
    vec::Vec,
};

use synod_clocks::Ceiling;
use synod_crdt::{AntiEntropy, AntiEntropyConfig, Capacity, Dot, Inline};

use super::{
    settings::Scale,
    shadow::Shadow,
    subject::{Row, State, Subject},
};

/// The machine of a replica.
pub(super) type Machine<R, const J: usize> = AntiEntropy<u16, R, Inline<8>, J>;

/// The id of a node. Large ones take the most bytes.
#[allow(clippy::cast_possible_truncation)] // there are few
pub(super) const fn id(node: usize) -> u16 {
    u16::MAX - node as u16
}

/// A state, and what it is by definition.
pub(super) struct Copy<S: Subject, R: Capacity, N: Capacity> {
    pub(super) state: State<S, R, N>,
    pub(super) shadow: Shadow<Row<S>>,
    /// How many changes there had been in the group when it was made.
    pub(super) changes: usize,
    /// Whether it may not be written to, as it may be older than what its peers know.
    pub(super) is_old: bool,
}

impl<S: Subject, R: Capacity, N: Capacity> Copy<S, R, N> {
    pub(super) const fn new() -> Self {
        Self { state: State::<S, R, N>::new(), shadow: Shadow::new(), changes: 0, is_old: false }
    }
}

impl<S: Subject, R: Capacity, N: Capacity> Clone for Copy<S, R, N> {
    fn clone(&self) -> Self {
        let (state, shadow) = (self.state.clone(), self.shadow.clone());
        Self { state, shadow, ..*self }
    }
}

/// A record on its way to the disk.
pub(super) enum Record<S: Subject, R: Capacity, N: Capacity> {
    State(Copy<S, R, N>),
    Bound(u64),
}

/// A message that waits until the first so many records are durable.
pub(super) struct Waiting {
    pub(super) records: u64,
    pub(super) to: usize,
    pub(super) bytes: Vec<u8>,
}

/// A replica on its machine.
pub(super) struct Node<S: Subject, R: Capacity, N: Capacity, const J: usize> {
    pub(super) now: Copy<S, R, N>,
    /// None while its process is down.
    pub(super) machine: Option<Machine<R, J>>,
    pub(super) boot: u32,
    /// When it started.
    pub(super) since_us: u64,
    pub(super) durable: Copy<S, R, N>,
    pub(super) bound: u64,
    pub(super) backup: Option<Copy<S, R, N>>,
    pub(super) ceiling: Ceiling,
    pub(super) begun: u64,
    pub(super) finished: u64,
    pub(super) outbox: VecDeque<Waiting>,
    /// Whether events of its own may be missing that it issued, or never did.
    pub(super) has_gaps: bool,
    /// The latest event of its own that it was told of, as it did not know it.
    pub(super) told: u64,
    /// When it got what is alive.
    pub(super) since: BTreeMap<Dot<u16>, u64>,
}

impl<S: Subject, R: Capacity, N: Capacity, const J: usize> Node<S, R, N, J> {
    pub(super) fn new(scale: &Scale) -> Self {
        Self {
            now: Copy::new(),
            machine: None,
            boot: 0,
            since_us: 0,
            durable: Copy::new(),
            bound: 0,
            backup: None,
            ceiling: Ceiling::new(scale.block),
            begun: 0,
            finished: 0,
            outbox: VecDeque::new(),
            has_gaps: false,
            told: 0,
            since: BTreeMap::new(),
        }
    }

    /// A machine for this start.
    pub(super) fn boot(&mut self, at: usize, nodes: usize, scale: &Scale) -> Option<()> {
        self.boot += 1;
        self.told = 0;
        let config = AntiEntropyConfig {
            cluster: CLUSTER,
            me: id(at),
            boot: self.boot,
            max_message: max_message::<S>(scale),
            max_id: 3,
            max_row: S::MAX_ROW,
            resend_us: scale.unit_us,
        };
        let peers: Vec<u16> = (0..nodes).filter(|&peer| peer != at).map(id).collect();
        self.machine = Some(Machine::new(config, &peers).ok()?);
        Some(())
    }

    /// Its process dies. What is left is on the disk.
    pub(super) fn stop(&mut self) {
        self.machine = None;
        self.outbox.clear();
        (self.begun, self.finished) = (0, 0);
    }

    /// What is written when the state has changed, or is saved.
    pub(super) fn copy(&self, changes: usize) -> Copy<S, R, N> {
        Copy { changes, ..self.now.clone() }
    }

    /// Notes when it got what is alive.
    pub(super) fn note_births(&mut self, now_us: u64) {
        let alive = &self.now.shadow.alive;
        self.since.retain(|dot, _| alive.contains_key(dot));
        for dot in alive.keys() {
            self.since.entry(*dot).or_insert(now_us);
        }
    }
}

/// The least that any configuration allows, and some more.
pub(super) fn max_message<S: Subject>(scale: &Scale) -> usize {
    LEAST + 3 + S::MAX_ROW + scale.more_bytes
}

/// What a message takes besides an id and a row.
const LEAST: usize = 51;
/// The group of all nodes.
pub(super) const CLUSTER: u64 = 5;

//! What a run of Raft is like, drawn from its seed.

use synod_consensus_core::{
    NodeId,
    raft::{Config, LogId, Message},
};

use crate::{fault::Fault, plan::Plan, random::Random, settings::Settings};

/// Which cluster the nodes are of.
pub(super) const CLUSTER: u64 = 7;

/// The sizes and paces of a run.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale {
    /// The election timeout, by which all times are scaled.
    pub(super) unit_us: u64,
    /// How long the storm lasts.
    pub(super) storm_us: u64,
    /// How many clients there are.
    pub(super) clients: usize,
    /// How long a client thinks between two operations, at most.
    pub(super) think_us: u64,
    /// How long a client waits for an answer.
    pub(super) patience_us: u64,
    /// How many operations clients begin before the storm is over.
    pub(super) operations: usize,
    /// How many of a hundred operations are reads.
    pub(super) reads: u64,
    /// How many entries the log in memory has room for.
    pub(super) capacity: u64,
    /// How many entries make a snapshot worth it.
    pub(super) compact_at: u64,
    /// How late entries are applied, at most.
    pub(super) apply_us: u64,
    /// Whether records may be written in part, in the order of their fields.
    pub(super) torn_fields: bool,
    /// Once in so many times, what was applied is written at once; never if 0.
    pub(super) flush_one_in: u64,
    /// The name before the first entry.
    pub(super) base: LogId,
    /// The settings of the nodes, but for their ids and seeds.
    pub(super) config: Config,
}

impl Scale {
    /// The scale of a seed.
    #[must_use]
    pub(super) fn draw(settings: &Settings) -> Self {
        let mut random = Random::stream(settings.seed, 4);
        let unit_us = random.magnitude(20_000, 500_000);
        let mut config = Config::new(CLUSTER, NodeId(0), 0);
        config.election_timeout_us = unit_us;
        config.heartbeat_us = unit_us / random.range(2, 12);
        config.max_entry_bytes = 64;
        let least = Message::MAX_BYTES + Message::MAX_ENTRY_OVERHEAD + config.max_entry_bytes;
        config.max_message_bytes = least + random.index(600);
        config.window_entries = random.magnitude(1, 300);
        config.window_bytes = 1 + random.index(4_000);
        let small = 12 + random.magnitude(1, 120);
        let storm_us = unit_us * random.magnitude(20, 160);
        Self {
            unit_us,
            storm_us: storm_us / 1_000 * settings.length_permille,
            clients: 1 + random.index(10),
            think_us: random.magnitude(unit_us / 50, unit_us * 2),
            patience_us: random.magnitude(unit_us / 2, unit_us * 8),
            operations: 80 + random.index(320),
            reads: random.below(90),
            capacity: small,
            compact_at: 1 + random.below(small / 2),
            apply_us: random.magnitude(1, unit_us / 4),
            torn_fields: random.one_in(2),
            flush_one_in: random.below(20),
            base: LogId::START,
            config,
        }
        .limited(settings, &mut random)
    }

    /// What depends on the faults of the run.
    fn limited(mut self, settings: &Settings, random: &mut Random) -> Self {
        let plan = Plan::draw(settings.seed, settings.faults, self.unit_us);
        if !plan.has(Fault::SmallLog) {
            self.capacity = u64::MAX;
            self.compact_at = random.magnitude(4, 400);
        }
        if plan.has(Fault::Maxima) {
            let index = u64::MAX - random.magnitude(2, 2_000);
            let term = match random.below(3) {
                0 => u64::MAX - random.below(30),
                1 => 1 + random.below(9),
                _ => u64::MAX - 100_000,
            };
            self.base = LogId { term, index: if random.one_in(2) { index } else { 5 } };
        }
        self
    }

    /// Whether terms or indices begin so late that a run may use them up.
    pub(super) const fn is_near_maxima(&self) -> bool {
        self.base.term > u64::MAX / 2 || self.base.index > u64::MAX / 2
    }
}

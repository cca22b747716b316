//! What a run of replicas is like, drawn from its seed.

use core::num::NonZeroU64;

use crate::{random::Random, settings::Settings};

/// What survives when a replica's process dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Policy {
    /// All that it ever said: its state is durable before a message leaves.
    State,
    /// A bound of its events, and now and then a state.
    Bound,
    /// As with [`State`](Self::State), but sometimes an old copy is restored in its place.
    Backup,
}

/// The sizes and paces of a run.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale {
    /// After how long a message is repeated, by which all times are scaled.
    pub(super) unit_us: u64,
    pub(super) storm_us: u64,
    pub(super) policy: Policy,
    /// How many bytes more a message may take than the least.
    pub(super) more_bytes: usize,
    /// How long a replica thinks between two changes, at most.
    pub(super) think_us: u64,
    /// How many changes there are, at most.
    pub(super) changes: usize,
    /// How many keys and elements there are.
    pub(super) keys: u64,
    pub(super) elements: u64,
    /// How many of a hundred changes add something.
    pub(super) additions: u64,
    /// How long it is between two collections, about.
    pub(super) collect_us: u64,
    /// How long it is between two states that are saved, or put aside as a backup, about.
    pub(super) save_us: u64,
    /// The block of a ceiling.
    pub(super) block: NonZeroU64,
}

impl Scale {
    /// The scale of a seed.
    #[must_use]
    pub(super) fn draw(settings: &Settings) -> Self {
        let mut random = Random::stream(settings.seed, 5);
        let unit_us = random.magnitude(20_000, 500_000);
        let storm_us = unit_us * random.magnitude(10, 100);
        let policy = match random.below(8) {
            0..=3 => Policy::State,
            4..=6 => Policy::Bound,
            _ => Policy::Backup,
        };
        Self {
            unit_us,
            storm_us: storm_us / 1_000 * settings.length_permille,
            policy,
            more_bytes: random.index(4) * random.index(100),
            think_us: random.magnitude(unit_us / 4, unit_us * 4),
            changes: 20 + random.index(120),
            keys: random.range(1, 3),
            elements: random.range(1, 6),
            additions: random.range(30, 80),
            collect_us: random.magnitude(unit_us, unit_us * 32),
            save_us: random.magnitude(unit_us, unit_us * 64),
            block: NonZeroU64::MIN.saturating_add(random.below(12)),
        }
    }
}

//! What a run of registers is like, drawn from its seed.

use crate::{nodes::Nodes, random::Random, settings::Settings};

/// The sizes and paces of a run.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale {
    /// After how long a machine asks again, by which all times are scaled.
    pub(super) unit_us: u64,
    pub(super) storm_us: u64,
    /// How many registers there are.
    pub(super) registers: u64,
    /// How many calls of clients there are, at most, before the storm is over.
    pub(super) calls: u64,
    /// How long it is until the next one, at most.
    pub(super) pause_us: u64,
    /// How late a write is reported, at most.
    pub(super) report_us: u64,
    /// Of a hundred calls: how many are reads, and how many are about members.
    pub(super) reads: u64,
    pub(super) members: u64,
    /// Of a hundred calls: how many delete, forget and cancel, each.
    pub(super) rare: u64,
}

/// The scale of a seed.
#[must_use]
pub(super) fn draw(settings: &Settings) -> Scale {
    let mut random = Random::stream(settings.seed, 7);
    let unit_us = random.magnitude(20_000, 500_000);
    let storm_us = unit_us * random.magnitude(10, 100);
    Scale {
        unit_us,
        storm_us: storm_us / 1_000 * settings.length_permille,
        registers: 1 + random.below(3),
        calls: random.magnitude(10, 200),
        pause_us: random.magnitude(unit_us / 16, unit_us * 4),
        report_us: random.magnitude(1, unit_us / 4),
        reads: random.range(10, 50),
        members: if random.one_in(4) { 0 } else { random.range(2, 15) },
        rare: random.below(8),
    }
}

/// Some of so many nodes, at least one.
pub(super) fn some(nodes: usize, random: &mut Random) -> Nodes {
    let mut some = Nodes(random.below(1 << nodes));
    some.insert(random.index(nodes));
    some
}

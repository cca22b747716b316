//! What a run of Paxos is like, drawn from its seed.

use super::rule::Rule;
use crate::{random::Random, settings::Settings};

/// The sizes and paces of a run.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale {
    /// After how long a machine asks again, by which all times are scaled.
    pub(super) unit_us: u64,
    pub(super) storm_us: u64,
    /// How many decisions there are, at most, before the storm is over.
    pub(super) decisions: u64,
    /// How many are under way at once, at most.
    pub(super) at_once: usize,
    /// How long it is until the next one begins, at most.
    pub(super) pause_us: u64,
    /// How many of a hundred nodes propose.
    pub(super) proposers: u64,
    /// How much later than others a node takes part, at most.
    pub(super) join_us: u64,
    /// How long it is between two looks at a decision, about.
    pub(super) watch_us: u64,
    /// How late a write is reported, at most.
    pub(super) report_us: u64,
}

/// The scale of a seed, and what is enough.
#[must_use]
pub(super) fn draw(settings: &Settings) -> (Scale, Rule) {
    let mut random = Random::stream(settings.seed, 6);
    let rule = Rule::draw(settings.nodes, &mut random);
    let unit_us = random.magnitude(20_000, 500_000);
    let storm_us = unit_us * random.magnitude(10, 100);
    let scale = Scale {
        unit_us,
        storm_us: storm_us / 1_000 * settings.length_permille,
        decisions: 2 + random.below(14),
        at_once: 1 + random.index(4),
        pause_us: random.magnitude(unit_us / 8, unit_us * 8),
        proposers: random.range(10, 100),
        join_us: random.magnitude(unit_us / 64, unit_us * 4),
        watch_us: random.magnitude(unit_us * 2, unit_us * 32),
        report_us: random.magnitude(1, unit_us / 4),
    };
    (scale, rule)
}

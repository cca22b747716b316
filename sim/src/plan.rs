//! How a run is to go wrong: a random subset of faults with random intensities.

use crate::{
    fault::{Fault, FaultSet},
    random::Random,
};

/// The intensities of a run (swarm testing: Groce et al., ISSTA 2012). Each is drawn from a stream
/// of its own, so that switching one kind off leaves the others as they were.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    /// The kinds that may happen.
    pub(crate) faults: FaultSet,
    /// How many messages in a million are dropped.
    pub(crate) drop_ppm: u32,
    /// How many in a million come twice.
    pub(crate) duplicate_ppm: u32,
    /// How many in a million are very late.
    pub(crate) heavy_ppm: u32,
    /// How many in a million are corrupted.
    pub(crate) corrupt_ppm: u32,
    /// The least delay of a link.
    pub(crate) delay_us: u64,
    /// How much longer than the least a delay may be.
    pub(crate) jitter_us: u64,
    /// How many messages a link holds.
    pub(crate) link_capacity: u32,
    /// How much too fast or too slow a clock may run, in millionths.
    pub(crate) drift_ppm: u32,
    /// How long a write takes, about.
    pub(crate) write_us: u64,
    /// After how many effects a process dies at one, on average.
    pub(crate) crash_point_mean: u64,
    /// How long a process stays down, at most.
    pub(crate) down_us: u64,
    /// The time between two faults of each kind, on average.
    pub(crate) every_us: [u64; Fault::ALL.len()],
    /// How long a fault of each kind lasts, on average.
    pub(crate) lasting_us: [u64; Fault::ALL.len()],
}

impl Plan {
    /// The plan of a seed, of those faults that are allowed. `unit_us` is the patience of the
    /// machines: their election timeout, or the like.
    #[must_use]
    #[allow(clippy::cast_possible_truncation)] // all intensities are small
    pub(crate) fn draw(seed: u64, allowed: FaultSet, unit_us: u64) -> Self {
        let faults = subset(seed, allowed);
        let mut random = Random::stream(seed, 2);
        // In some runs hardly anything lasts: leaders come and go.
        let longest = if random.one_in(3) { unit_us * 4 } else { unit_us * 24 };
        let mut every_us = [0; Fault::ALL.len()];
        let mut lasting_us = [0; Fault::ALL.len()];
        for (&fault, (every, lasting)) in
            Fault::ALL.iter().zip(every_us.iter_mut().zip(&mut lasting_us))
        {
            let (shortest, rarest) = match fault {
                Fault::Replay | Fault::Hostile => (unit_us / 64, unit_us * 2),
                Fault::Flap => (unit_us / 2, unit_us * 8),
                _ => (unit_us / 2, longest),
            };
            *every = random.magnitude(shortest, rarest);
            *lasting = random.magnitude(unit_us / 16, longest / 2);
        }
        let mut chance = |fault, most| {
            let ppm = random.magnitude(100, most) as u32;
            if faults.has(fault) { ppm } else { 0 }
        };
        let drop_ppm = chance(Fault::Drop, 300_000);
        let duplicate_ppm = chance(Fault::Duplicate, 200_000);
        let heavy_ppm = chance(Fault::HeavyTail, 100_000);
        let corrupt_ppm = chance(Fault::Corrupt, 20_000);
        let drift_ppm = chance(Fault::Drift, 100_000);
        let delay_us = random.magnitude((unit_us / 2_000).max(1), unit_us / 30);
        let capacity = random.magnitude(1, 64) as u32;
        Self {
            faults,
            drop_ppm,
            duplicate_ppm,
            heavy_ppm,
            corrupt_ppm,
            delay_us,
            jitter_us: delay_us * random.below(4),
            link_capacity: if faults.has(Fault::Overflow) { capacity } else { u32::MAX },
            drift_ppm,
            write_us: random.magnitude((unit_us / 5_000).max(1), unit_us / 30),
            crash_point_mean: random.magnitude(200, 6_000),
            down_us: random.magnitude(unit_us / 16, longest / 4),
            every_us,
            lasting_us,
        }
    }

    /// Whether a kind may happen.
    #[must_use]
    pub(crate) const fn has(&self, fault: Fault) -> bool {
        self.faults.has(fault)
    }

    /// How long until the next fault of this kind.
    pub(crate) fn wait_us(&self, fault: Fault, random: &mut Random) -> u64 {
        1 + random.below(2 * self.every_us[fault as usize])
    }

    /// How long a fault of this kind is to last.
    pub(crate) fn spell_us(&self, fault: Fault, random: &mut Random) -> u64 {
        1 + random.below(2 * self.lasting_us[fault as usize])
    }
}

/// Each kind with a probability of its own, which is nearly always or nearly never in some runs.
fn subset(seed: u64, allowed: FaultSet) -> FaultSet {
    let mut random = Random::stream(seed, 1);
    let share = [100_000, 300_000, 500_000, 800_000][random.index(4)];
    let mut faults = FaultSet(0);
    for &fault in Fault::ALL {
        let likely = match fault {
            // With these, other things cannot be checked; so they are rare.
            Fault::Maxima => share / 10,
            _ => share,
        };
        if random.ppm(likely) && allowed.has(fault) {
            faults = faults.with(fault);
        }
    }
    faults
}

//! How long to wait after a defeat.

use crate::{NodeId, random::Random};

/// Doublings, at most.
const MAX_DOUBLINGS: u32 = 6;

/// Waits that are drawn from a range twice as long after each defeat, so that of proposers who
/// defeat each other one is soon alone for long enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct BackOff {
    random: Random,
    doublings: u32,
}

impl BackOff {
    pub(crate) const fn new(seed: u64, id: NodeId) -> Self {
        Self { random: Random::new(seed, id), doublings: 0 }
    }

    /// Begins anew, after a success.
    pub(crate) const fn reset(&mut self) {
        self.doublings = 0;
    }

    /// How long to wait this time: below `base_us`, then below twice as much, up to 64 times.
    pub(crate) fn draw(&mut self, base_us: u64) -> u64 {
        // By doubling, as a saturating product would cost small cores flash.
        let mut range_us = base_us;
        for _ in 0..self.doublings {
            range_us = range_us.saturating_add(range_us);
        }
        self.doublings = self.doublings.saturating_add(1).min(MAX_DOUBLINGS);
        self.random.below(range_us)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_double_up_to_an_end() {
        let drawn = |defeats: usize| {
            let of_seed = |seed| {
                let mut back_off = BackOff::new(seed, NodeId(1));
                (0..defeats).map(|_| back_off.draw(1_000)).last().unwrap()
            };
            (0..300).map(of_seed).max().unwrap()
        };
        assert!((950..1_000).contains(&drawn(1)));
        assert!((1_900..2_000).contains(&drawn(2)));
        assert!((60_000..64_000).contains(&drawn(7)));
        assert!((60_000..64_000).contains(&drawn(8)));
        assert!(BackOff::new(0, NodeId(1)).draw(u64::MAX) < u64::MAX);
    }

    #[test]
    fn a_success_begins_anew() {
        let mut back_off = BackOff::new(0, NodeId(1));
        for _ in 0..1_000 {
            let _ = back_off.draw(1_000);
            back_off.reset();
            assert!(back_off.draw(1_000) < 1_000);
            back_off.reset();
        }
    }
}

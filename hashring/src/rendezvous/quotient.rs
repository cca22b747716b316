//! Scores over weights.

use core::cmp::Ordering;

use crate::rendezvous::negative_log::negative_log;
use crate::rendezvous::preference::Rank;

/// The logarithm of a node's score over its weight: the lower one comes first.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Quotient {
    log: u64,
    /// Not 0, except of the last one.
    weight: u32,
    score: u64,
    place: u32,
}

impl Quotient {
    pub(crate) fn new(score: u64, weight: u32, place: u32) -> Self {
        Self { log: negative_log(score), weight, score, place }
    }

    pub(crate) const fn place(&self) -> u32 {
        self.place
    }
}

impl Rank for Quotient {
    // As if by a division by 0.
    const LAST: Self = Self { log: 1 << 63, weight: 0, score: 0, place: u32::MAX };
}

impl Ord for Quotient {
    /// By quotients of the logarithm and the weight, without a division.
    fn cmp(&self, other: &Self) -> Ordering {
        let quotients = product(self.log, other.weight).cmp(&product(other.log, self.weight));
        let scores = || other.score.cmp(&self.score);
        quotients.then_with(scores).then(self.place.cmp(&other.place))
    }
}

impl PartialOrd for Quotient {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// A product of 96 bits: the upper 64, then the lower 32.
#[expect(clippy::cast_possible_truncation, reason = "the lower half")]
const fn product(log: u64, weight: u32) -> (u64, u32) {
    let lower = (log as u32 as u64).wrapping_mul(weight as u64);
    let upper = (log >> 32).wrapping_mul(weight as u64).wrapping_add(lower >> 32);
    (upper, lower as u32)
}

/// A rank that is to be beaten, so that most nodes are seen not to without a logarithm.
///
/// It rests on −ln u ≥ 1 − u. Both sides are in units of 2⁻³² here: the left one of this rank is
/// rounded up, the right one of another node down.
#[derive(Clone, Copy)]
pub(crate) struct Limit {
    log: u32,
    weight: u32,
}

impl Limit {
    /// Excludes nothing.
    pub(crate) const NONE: Self = Self { log: 0, weight: 0 };
    /// ln 2 in units of 2^-32, and a millionth more. That is more than the logarithm of the other
    /// node can be off by, which is 2^-56, and counts where its 1 − u is at least 2^-32.
    const LN_2: u64 = 2_977_047_000;

    pub(crate) fn of(rank: Quotient) -> Self {
        // Where −log₂ u is 1 or more, 1 − u says little.
        match u32::try_from(rank.log >> 25) {
            Ok(log) => {
                let log = u64::from(log).wrapping_add(1).wrapping_mul(Self::LN_2) >> 32;
                // Below 2^32 · 0.7.
                Self { log: (log as u32).wrapping_add(1), weight: rank.weight }
            }
            Err(_) => Self::NONE,
        }
    }

    /// Whether a node of a score and a weight surely comes after it.
    pub(crate) fn excludes(self, score: u64, weight: u32) -> bool {
        let rest = !score >> 32;
        rest.wrapping_mul(self.weight.into()) > u64::from(self.log).wrapping_mul(weight.into())
    }
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)] // A test may panic.
mod tests {
    use super::*;
    use crate::split_mix::SplitMix;

    fn rank(score: u64, weight: u32) -> Quotient {
        Quotient::new(score, weight, 0)
    }

    /// Numbers of all sizes: near 0, near the largest one, and near `other`.
    fn number(random: &mut SplitMix, other: u64) -> u64 {
        let small = random.next().wrapping_shr(random.next_u32());
        match random.next() & 3 {
            0 => small,
            1 => !small,
            2 => other.wrapping_add(small),
            _ => other.wrapping_sub(small),
        }
    }

    /// Also where logarithms and weights are such that the products nearly meet.
    #[test]
    fn who_is_excluded_comes_after() {
        let mut random = SplitMix::new(3);
        let (mut excluded, mut later) = (0_u32, 0_u32);
        let mut check = |limit: Quotient, other: Quotient| {
            let is_excluded = Limit::of(limit).excludes(other.score, other.weight);
            assert!(!is_excluded || limit < other);
            excluded = excluded.saturating_add(is_excluded.into());
            later = later.saturating_add((limit < other).into());
        };
        for _ in 0..if cfg!(miri) { 100 } else { 100_000 } {
            let score = number(&mut random, 1 << 63);
            let other = number(&mut random, score);
            let weight = (random.next_u32() >> (random.next_u32() & 31)).max(1);
            let near = negative_log(other).checked_div(negative_log(score) >> 31).unwrap_or(1);
            let near = u128::from(near).wrapping_mul(weight.into()) >> 31;
            let off = random.next_u32() & 7;
            let near = u32::try_from(near).unwrap_or(u32::MAX).saturating_add(off);
            check(rank(score, weight), rank(other, near.saturating_sub(3).max(1)));
            check(rank(score, weight), rank(other, random.next_u32().max(1)));
        }
        check(Quotient::LAST, rank(0, 1));
        // It is good for something.
        assert!(excluded > later / 4, "{excluded} of {later}");
    }

    #[test]
    fn of_equal_ones_the_higher_score_comes_first_then_the_lower_node() {
        let of = |score, weight, place| Quotient::new(score, weight, place);
        let order = [
            of(u64::MAX, 1, 9),
            of(u64::MAX - 2, 1, 4),
            of(u64::MAX - 2, 1, 5),
            of(u64::MAX - 4, u32::MAX, 0),
            of(1 << 63, 7, 1),
            of(1 << 63, 7, 3),
            of(0, 1, 0),
            Quotient::LAST,
        ];
        assert!([1, 2, 3].iter().all(|&at| order[at].log == 0));
        assert!(order.windows(2).all(|pair| pair[0] < pair[1]));
    }

    #[test]
    fn products_are_exact() {
        let mut random = SplitMix::new(4);
        for _ in 0..100 {
            let (log, weight) = (number(&mut random, 1 << 63), random.next_u32());
            let (upper, lower) = product(log, weight);
            let found = u128::from(upper) << 32 | u128::from(lower);
            assert_eq!(found, u128::from(log).wrapping_mul(weight.into()));
        }
        assert_eq!(product(u64::MAX, u32::MAX), (0xffff_fffe_ffff_ffff, 1));
    }
}

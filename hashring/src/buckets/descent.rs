//! JumpBackHash as a function: from the last bucket at which a point moves, back to one below the
//! count.

use crate::buckets::ranking::Buckets;
use crate::split_mix::SplitMix;
use crate::split_mix::derived;

/// The published algorithm; `None` where there are no buckets.
pub(crate) fn published(point: u64, count: u32) -> Option<u32> {
    let first = SplitMix::new(point).next();
    // One bit for each range in which the point moves.
    let ranges = (half(first, true) ^ half(first, false)) & mask(count);
    // The count is looked at where a point moves nowhere, which is seldom: then it may be 0.
    let Some(range) = Range::highest(ranges) else { return (count > 0).then_some(0) };
    let last = range.last(half(first, is_odd(ranges)));
    Some(if last < count { last } else { published_further(point, count, ranges) })
}

/// Where the last bucket of the highest range is not below the count. Apart, as it takes registers
/// that most points do not need.
#[inline(never)]
fn published_further(point: u64, count: u32, mut ranges: u32) -> u32 {
    let mut random = SplitMix::new(point);
    let first = random.next();
    while let Some(range) = Range::highest(ranges) {
        let draw = half(first, is_odd(ranges));
        if let Some(bucket) = range.descend(draw, count, &mut random) {
            return bucket;
        }
        ranges ^= range.least;
    }
    0
}

/// The same, with random numbers of its own for each range: what is published takes all ranges from
/// one number, by which buckets at different counts depend on each other. A [`Ranking`] relies on
/// that they do not.
pub(crate) struct Independent;

impl Buckets for Independent {
    fn bucket(point: u64, count: u32) -> u32 {
        let mut ranges = half(SplitMix::new(point).next(), true) & mask(count);
        while let Some(range) = Range::highest(ranges) {
            // Nobody else derives from such an index.
            let mut random = SplitMix::new(derived(point, !range.least));
            let draw = half(random.next(), true);
            if let Some(bucket) = range.descend(draw, count, &mut random) {
                return bucket;
            }
            ranges ^= range.least;
        }
        0
    }
}

/// The half of a number that `upper` says.
#[expect(clippy::cast_possible_truncation, reason = "the half that is wanted")]
const fn half(number: u64, upper: bool) -> u32 {
    // A shift, as a branch would often be mispredicted.
    (number >> ((upper as u32) << 5)) as u32
}

/// As many bits as the number of the last bucket has: none where there is but one bucket.
const fn mask(count: u32) -> u32 {
    // In two steps, as one of 32 bits would be none.
    let unused = count.saturating_sub(1).leading_zeros();
    u32::MAX.wrapping_shr(unused / 2).wrapping_shr(unused.div_ceil(2))
}

/// The buckets of one range [2^i, 2^(i + 1)).
struct Range {
    least: u32,
}

impl Range {
    /// The highest of a set of ranges, each of which is a bit.
    const fn highest(ranges: u32) -> Option<Self> {
        match ranges.checked_ilog2() {
            Some(exponent) => Some(Self { least: 1_u32.wrapping_shl(exponent) }),
            None => None,
        }
    }

    /// The last bucket of the range at which the point moves, whatever the count.
    const fn last(&self, draw: u32) -> u32 {
        self.least | draw & self.least.wrapping_sub(1)
    }

    /// Goes back from there to the last one below `count`.
    fn descend(&self, draw: u32, count: u32, random: &mut SplitMix) -> Option<u32> {
        let last = self.last(draw);
        if last < count {
            return Some(last);
        }
        let mask = self.least | self.least.wrapping_sub(1);
        loop {
            let number = random.next();
            let lower = half(number, false) & mask;
            if lower < count {
                return (lower >= self.least).then_some(lower);
            }
            let upper = half(number, true) & mask;
            if upper < count {
                return (upper >= self.least).then_some(upper);
            }
        }
    }
}

const fn is_odd(ranges: u32) -> bool {
    ranges.count_ones() & 1 == 1
}

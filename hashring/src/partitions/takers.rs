//! Who takes what others have too many of.

use core::cmp::Reverse;

use synod_capacity::{Capacity, Full, List};

use crate::partitions::exchange::Count;
use crate::split_mix::derived;

/// The nodes that lack entries, those that lack most first.
pub(crate) struct Takers<C: Capacity>(List<u16, C>);

impl<C: Capacity> Takers<C> {
    /// O(n²) of n nodes at worst.
    pub(crate) fn new(counts: &[Count]) -> Result<Self, Full> {
        let mut takers = List::new();
        for (place, count) in (0..u16::MAX).zip(counts).filter(|(_, count)| count.lacks() > 0) {
            let lacks = |other: &u16| counts.get(usize::from(*other)).map(Count::lacks);
            let at = takers.partition_point(|other| lacks(other) >= Some(count.lacks()));
            takers.insert(at, place).map_err(|(full, _)| full)?;
        }
        Ok(Self(takers))
    }

    /// Takes one of those that lack most, of those that may: of several, whom a point says. It
    /// lacks one less then.
    pub(crate) fn take(
        &mut self,
        counts: &[Count],
        point: u64,
        may_take: impl Fn(u16) -> bool,
    ) -> Option<u16> {
        let lacks = |place: &u16| counts.get(usize::from(*place)).map_or(0, Count::lacks);
        let mut start = 0_usize;
        loop {
            let first = lacks(self.0.get(start)?);
            if first == 0 {
                return None;
            }
            let end = self.0.partition_point(|place| Reverse(lacks(place)) <= Reverse(first));
            // Below 2^16, so that the middle is before the end.
            let equals = u64::try_from(end.saturating_sub(start)).unwrap_or(0);
            let middle = (point >> 32).wrapping_mul(equals) >> 32;
            let middle = start.saturating_add(usize::try_from(middle).unwrap_or(0));
            for index in (middle..end).chain(start..middle) {
                let taker = *self.0.get(index)?;
                if may_take(taker) {
                    // Behind those that it is less than now.
                    let last = *self.0.get(end.checked_sub(1)?)?;
                    *self.0.get_mut(index)? = last;
                    *self.0.get_mut(end.checked_sub(1)?)? = taker;
                    return Some(taker);
                }
            }
            start = end;
        }
    }
}

/// A point for a copy, which has nothing to do with that of another one.
pub(crate) const fn point_of(row: u16, copy: u8) -> u64 {
    derived(row as u64, (copy as u32).saturating_add(1))
}

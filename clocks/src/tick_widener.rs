//! From a hardware counter that wraps to a time that does not.

use core::num::{NonZeroU32, NonZeroU64};

/// An adapter from a hardware counter that wraps to the 64-bit `now_us` that every reactive machine
/// takes.
///
/// A 32-bit counter of milliseconds wraps after 49.7 days, one of microseconds after 71.6 minutes.
/// The adapter counts the ticks between two readings modulo the counter's width, so it must be
/// given a reading at least once a wrap, also in times when nothing happens:
/// [`poll_timeout`](Self::poll_timeout) tells the latest moment.
///
/// Promises: the time never runs backwards and is exact (what does not make a whole microsecond is
/// carried, not lost), for 584,000 years; then it stands still at `u64::MAX`. Cannot detect a wrap
/// that was missed, nor a counter that runs backwards or was reset, which looks like one that is
/// about to wrap.
///
/// For a counter that counts down, such as the 24-bit SysTick of Cortex-M with a reload value of
/// `0xFF_FFFF`, pass its complement, `!tick`.
///
/// O(1), with one division of 64 bits, which a Cortex-M0 does in software: 1.6 KiB of flash, shared
/// with any other such division.
///
/// ```
/// use core::num::NonZeroU32;
/// use synod_clocks::TickWidener;
///
/// let mut clock = TickWidener::new(NonZeroU32::new(1_000).unwrap(), u32::MAX - 1);
/// assert_eq!(clock.widen(u32::MAX), 1_000);
/// assert_eq!(clock.widen(1), 3_000); // across the wrap
/// assert_eq!(clock.poll_timeout(), Some(3_000 + u64::from(u32::MAX) * 1_000));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct TickWidener {
    ticks_per_second: NonZeroU32,
    last_tick: u32,
    now_us: u64,
    /// What is beyond `now_us`, in microseconds divided by `ticks_per_second`.
    remainder: u32,
    /// The largest value of the counter, all ones.
    max_tick: u32,
}

impl TickWidener {
    /// A time that is 0 when a 32-bit counter shows `tick`.
    #[must_use]
    pub const fn new(ticks_per_second: NonZeroU32, tick: u32) -> Self {
        Self { ticks_per_second, last_tick: tick, now_us: 0, remainder: 0, max_tick: u32::MAX }
    }

    /// A time that is 0 when a counter of `bits` bits shows `tick`, or `None` if `bits` is not from
    /// 1 to 32. Higher bits of a reading are ignored.
    #[must_use]
    pub const fn with_bits(ticks_per_second: NonZeroU32, bits: u32, tick: u32) -> Option<Self> {
        let Some(unused) = u32::BITS.checked_sub(bits) else { return None };
        let Some(max_tick) = u32::MAX.checked_shr(unused) else { return None };
        Some(Self { ticks_per_second, last_tick: tick, now_us: 0, remainder: 0, max_tick })
    }

    /// The time at which the counter shows `tick`, in microseconds since the start.
    pub fn widen(&mut self, tick: u32) -> u64 {
        let (elapsed_us, remainder) = self.after(tick.wrapping_sub(self.last_tick) & self.max_tick);
        self.last_tick = tick;
        self.now_us = self.now_us.saturating_add(elapsed_us);
        self.remainder = remainder;
        self.now_us
    }

    /// The time of the last reading.
    #[must_use]
    pub const fn now_us(&self) -> u64 {
        self.now_us
    }

    /// The latest time at which the next reading must be taken; `None` once time stands still.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<u64> {
        self.now_us.checked_add(self.after(self.max_tick).0)
    }

    /// Whole microseconds, and the remainder, that `ticks` more make.
    fn after(&self, ticks: u32) -> (u64, u32) {
        let rate = NonZeroU64::from(self.ticks_per_second);
        // Below 2^32 * 10^6 + 2^32, far from overflow.
        let scaled =
            u64::from(ticks).saturating_mul(1_000_000).saturating_add(u64::from(self.remainder));
        let remainder = u32::try_from(scaled % rate).unwrap_or(0);
        (scaled / rate, remainder)
    }
}

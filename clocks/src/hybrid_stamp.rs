//! The stamps of a hybrid clock.

use core::fmt;

/// A hybrid logical stamp in 64 bits: 52 bits of wall-clock microseconds, then a 12-bit counter.
///
/// Stamps order as their bits do: by wall-clock time, then by counter. The wall clock counts
/// microseconds from an origin that the whole system shares; from the Unix epoch it reaches
/// September 2112. Within a microsecond the counter tells 4,096 events apart, and one more carries
/// into the microseconds, so that a successor is always the next integer. Stamps of two nodes can
/// be equal; [`at`](Self::at) tells them apart.
///
/// Source: the compact form of Kulkarni et al., OPODIS 2014, with other widths.
///
/// ```
/// use synod_clocks::HybridStamp;
///
/// let stamp = HybridStamp::from_wall_us(1_700_000_000_000_000).unwrap();
/// assert_eq!((stamp.wall_us(), stamp.counter()), (1_700_000_000_000_000, 0));
/// assert_eq!(HybridStamp::from_bits(stamp.to_bits() + 1).counter(), 1);
/// assert_eq!(HybridStamp::from_wall_us(1 << 52), None);
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct HybridStamp(u64);

impl HybridStamp {
    /// The number of low bits that hold the counter.
    pub const COUNTER_BITS: u32 = 12;
    /// The smallest stamp, which no clock issues.
    pub const MIN: Self = Self(0);
    /// The largest stamp, after which none can be issued.
    pub const MAX: Self = Self(u64::MAX);

    /// The first stamp of a microsecond, or `None` from 2^52 µs on.
    #[must_use]
    pub const fn from_wall_us(wall_us: u64) -> Option<Self> {
        if wall_us <= Self::MAX.wall_us() {
            Some(Self(wall_us << Self::COUNTER_BITS))
        } else {
            None
        }
    }

    /// The stamp with these bits. All are legal.
    #[must_use]
    pub const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    /// The 64 bits. Their order is that of the stamps; in big-endian bytes, too.
    #[must_use]
    pub const fn to_bits(self) -> u64 {
        self.0
    }

    /// The wall-clock part, in microseconds.
    #[must_use]
    pub const fn wall_us(self) -> u64 {
        self.0 >> Self::COUNTER_BITS
    }

    /// The counter part, below 4,096.
    #[must_use]
    pub const fn counter(self) -> u16 {
        (self.0 & ((1 << Self::COUNTER_BITS) - 1)) as u16
    }

    /// The stamp after this one, if there is one.
    pub(crate) const fn successor(self) -> Option<Self> {
        match self.0.checked_add(1) {
            Some(bits) => Some(Self(bits)),
            None => None,
        }
    }

    /// The stamp made unique in the system by the id of the node that issued it.
    #[must_use]
    pub const fn at<Id: Copy>(self, node: Id) -> WideHybridStamp<Id> {
        WideHybridStamp { stamp: self, node }
    }
}

impl fmt::Debug for HybridStamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HybridStamp({self})")
    }
}

/// Microseconds, a dot, the counter.
impl fmt::Display for HybridStamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.wall_us(), self.counter())
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for HybridStamp {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "{=u64}.{=u16}", self.wall_us(), self.counter());
    }
}

/// A hybrid stamp and the node that issued it: unique in the system, and totally ordered.
///
/// Stamps order by time and then by node, so that "the last writer wins" has one winner
/// everywhere, as long as node ids are unique and no clock issues a stamp twice. It is wide beside
/// the 64 bits of the stamp alone: 16 bytes with an id of up to 8.
///
/// ```
/// use synod_clocks::HybridStamp;
///
/// let stamp = HybridStamp::from_bits(7);
/// assert!(stamp.at('a') < stamp.at('b'));
/// assert!(stamp.at('b') < HybridStamp::from_bits(8).at('a'));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct WideHybridStamp<Id> {
    /// The time of the event.
    pub stamp: HybridStamp,
    /// The node that issued it.
    pub node: Id,
}

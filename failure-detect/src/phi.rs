//! A threshold of φ.

/// A threshold of φ, in tenths from 0.1 to 16.
///
/// φ = −log₁₀ of the probability that a heartbeat comes later than now, if the peer is alive: with
/// a threshold of 3, about one heartbeat in a thousand comes later, and its peer is suspected
/// wrongly, as far as the model is right.
///
/// ```
/// use synod_failure_detect::Phi;
///
/// const GIVE_UP: Phi = Phi::from_tenths(80).unwrap(); // φ = 8
/// assert!(Phi::MIN < GIVE_UP && GIVE_UP < Phi::MAX);
/// assert_eq!(GIVE_UP.tenths(), 80);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Phi(u8);

impl Phi {
    /// φ = 0.1.
    pub const MIN: Self = Self(1);

    /// φ = 16.
    pub const MAX: Self = Self(160);

    /// So many tenths, if they are from 1 to 160.
    #[must_use]
    pub const fn from_tenths(tenths: u8) -> Option<Self> {
        if tenths >= Self::MIN.0 && tenths <= Self::MAX.0 { Some(Self(tenths)) } else { None }
    }

    /// In tenths.
    #[must_use]
    pub const fn tenths(self) -> u8 {
        self.0
    }
}

/// φ = 8, as in Akka and Cassandra.
impl Default for Phi {
    fn default() -> Self {
        Self(80)
    }
}

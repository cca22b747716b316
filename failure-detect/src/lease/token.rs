//! Numbers that order those who held a lease.

use core::{fmt, num::NonZeroU64};

/// The number under which a lease is held: whoever holds it later has a larger one.
///
/// It goes along with every write, and what is written to refuses a smaller one than it has seen
/// ([`FencedResource`](crate::FencedResource)). 0 is never issued.
///
/// ```
/// use synod_failure_detect::FencingToken;
///
/// let [earlier, later] = [33, 34].map(|number| FencingToken::new(number).unwrap());
/// assert!(earlier < later);
/// assert_eq!(FencingToken::new(0), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct FencingToken(NonZeroU64);

impl FencingToken {
    /// The token of this number, unless it is 0.
    #[must_use]
    pub const fn new(number: u64) -> Option<Self> {
        match NonZeroU64::new(number) {
            Some(number) => Some(Self(number)),
            None => None,
        }
    }

    /// Its number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0.get()
    }
}

impl fmt::Display for FencingToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

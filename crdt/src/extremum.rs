//! Values that only rise, or only fall.

use core::convert::Infallible;

use crate::Merge;

/// A value of which the largest wins.
///
/// ```
/// use synod_crdt::{Max, Merge};
///
/// let mut hottest = Max(21);
/// assert_eq!(hottest.merge(&Max(24)), Ok(true));
/// assert_eq!(hottest, Max(24));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Max<T>(pub T);

/// A value of which the smallest wins.
///
/// ```
/// use synod_crdt::{Merge, Min};
///
/// let mut coldest = Min(21);
/// assert_eq!(coldest.merge(&Min(24)), Ok(false));
/// assert_eq!(coldest, Min(21));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Min<T>(pub T);

impl<T: Clone + Ord> Merge for Max<T> {
    type Error = Infallible;

    fn merge(&mut self, other: &Self) -> Result<bool, Infallible> {
        let news = other.0 > self.0;
        if news {
            self.clone_from(other);
        }
        Ok(news)
    }

    fn validate(&self, _other: &Self) -> Result<(), Infallible> {
        Ok(())
    }
}

impl<T: Clone + Ord> Merge for Min<T> {
    type Error = Infallible;

    fn merge(&mut self, other: &Self) -> Result<bool, Infallible> {
        let news = other.0 < self.0;
        if news {
            self.clone_from(other);
        }
        Ok(news)
    }

    fn validate(&self, _other: &Self) -> Result<(), Infallible> {
        Ok(())
    }
}

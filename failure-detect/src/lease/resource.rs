//! What is protected, and refuses whoever comes late.

use core::fmt;

use crate::FencingToken;

/// The guard beside the data: it refuses a token that is smaller than one that it has seen.
///
/// This is what makes a lock protect data. A holder may be stopped between its last look at the
/// clock and the arrival of its write, for any length of time; another holder writes meanwhile,
/// under a larger token, and then the late write is refused here.
///
/// [`highest`](Self::highest) is a part of the data: a host that stores the data stores it in the
/// same write, and begins with [`recover`](Self::recover). Where the data is kept elsewhere, that
/// place has to compare: as a condition of the update, for example.
///
/// ```
/// use synod_failure_detect::{FencedResource, FencingToken, StaleToken};
///
/// let [first, second] = [33, 34].map(|number| FencingToken::new(number).unwrap());
/// let mut file = FencedResource::new();
/// assert_eq!(file.admit(first), Ok(()));
/// assert_eq!(file.admit(second), Ok(()));
/// assert_eq!(file.admit(second), Ok(())); // its holder goes on
/// assert_eq!(file.admit(first), Err(StaleToken { highest: second }));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct FencedResource {
    highest: Option<FencingToken>,
}

impl FencedResource {
    /// Nobody has written yet.
    #[must_use]
    pub const fn new() -> Self {
        Self::recover(None)
    }

    /// As it was stored with the data.
    #[must_use]
    pub const fn recover(highest: Option<FencingToken>) -> Self {
        Self { highest }
    }

    /// Asks whether a write under this token may be done: call it before each, with nothing in
    /// between that lets another write happen.
    ///
    /// # Errors
    ///
    /// [`StaleToken`]: another holder came after this one. Nothing was changed.
    pub fn admit(&mut self, token: FencingToken) -> Result<(), StaleToken> {
        match self.highest {
            Some(highest) if token < highest => Err(StaleToken { highest }),
            _ => {
                self.highest = Some(token);
                Ok(())
            }
        }
    }

    /// The largest token that was admitted, to be stored with the data.
    #[must_use]
    pub const fn highest(&self) -> Option<FencingToken> {
        self.highest
    }
}

/// The writer has lost its lease, and another one wrote since. Do not write; tell it so. Nothing
/// was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct StaleToken {
    /// The largest token that was admitted.
    pub highest: FencingToken,
}

impl fmt::Display for StaleToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the holder of token {} came after this one", self.highest)
    }
}

impl core::error::Error for StaleToken {}

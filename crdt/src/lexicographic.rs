//! A version, and what converges within it.

use core::cmp::Ordering;

use crate::Merge;

/// A pair of which the larger `version` wins, with its `value`; values of one version are merged.
///
/// Whoever raises the version starts the value anew. A join only if `version` is totally ordered,
/// which is why it must be `Ord`.
///
/// Source: the lexicographic product of a chain and a lattice, in Baquero, Almeida, Cunha,
/// Ferreira, "Composition in State-based Replicated Data Types", Bulletin of the EATCS 123, 2017.
///
/// ```
/// use synod_crdt::{Lexicographic, Max, Merge};
///
/// let mut season = Lexicographic { version: 2026, value: Max(70) };
/// assert_eq!(season.merge(&Lexicographic { version: 2026, value: Max(80) }), Ok(true));
/// assert_eq!(season.merge(&Lexicographic { version: 2027, value: Max(10) }), Ok(true));
/// assert_eq!(season.value, Max(10));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Lexicographic<A, B> {
    /// The larger wins.
    pub version: A,
    /// What is merged within a version.
    pub value: B,
}

impl<A: Clone + Ord, B: Clone + Merge> Merge for Lexicographic<A, B> {
    type Error = B::Error;

    fn merge(&mut self, other: &Self) -> Result<bool, B::Error> {
        match self.version.cmp(&other.version) {
            Ordering::Greater => Ok(false),
            Ordering::Equal => self.value.merge(&other.value),
            Ordering::Less => {
                self.clone_from(other);
                Ok(true)
            }
        }
    }

    fn validate(&self, other: &Self) -> Result<(), B::Error> {
        match self.version.cmp(&other.version) {
            Ordering::Equal => self.value.validate(&other.value),
            Ordering::Less | Ordering::Greater => Ok(()),
        }
    }
}

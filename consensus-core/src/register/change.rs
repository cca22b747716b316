//! What may become of a register's value.

use crate::Ballot;

/// A change of a register's value: a function of the value before.
///
/// It may be asked more than once, each time with the latest value, if other changes come first: it
/// takes effect once, or not at all. It stays on the node that proposes it; what is sent is the
/// value that comes of it.
///
/// Source: Rystsov, "CASPaxos: Replicated State Machines without logs", 2018, section 2.
///
/// ```
/// use synod_consensus_core::{Ballot, register::{Change, Effect}};
///
/// struct Deposit(u64);
///
/// impl Change for Deposit {
///     type Value = u64;
///
///     fn apply(&self, balance: Option<&u64>, _: Option<Ballot>) -> Effect<u64> {
///         match balance.unwrap_or(&0).checked_add(self.0) {
///             Some(sum) => Effect::Put(sum),
///             None => Effect::Keep,
///         }
///     }
/// }
///
/// assert_eq!(Deposit(30).apply(Some(&12), None), Effect::Put(42));
/// ```
pub trait Change {
    /// What the register holds.
    type Value: Eq;

    /// What becomes of this value, which has this version; neither is there before the first
    /// change.
    fn apply(&self, value: Option<&Self::Value>, version: Option<Ballot>) -> Effect<Self::Value>;
}

/// What becomes of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Effect<V> {
    /// It stays as it is.
    Keep,
    /// This one takes its place.
    Put(V),
    /// There is none any more.
    Delete,
}

/// The changes that most registers need.
///
/// ```
/// use synod_consensus_core::register::{Change, Effect, Update};
///
/// assert_eq!(Update::Put(7).apply(None, None), Effect::Put(7));
/// // Only if nobody was before.
/// let first = Update::PutIf { version: None, value: 7 };
/// assert_eq!(first.apply(None, None), Effect::Put(7));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Update<V> {
    /// Put this value, whatever was before.
    Put(V),
    /// Put this value if the register has this version, as an outcome or a read told it; `None` if
    /// it was never written, or was [forgotten](super::Register::forget) since. To try it again is
    /// harmless, whatever became of it the first time, unless it was forgotten in between.
    PutIf {
        /// The version.
        version: Option<Ballot>,
        /// The value.
        value: V,
    },
    /// Have no value.
    Delete,
}

impl<V: Clone + Eq> Change for Update<V> {
    type Value = V;

    fn apply(&self, _: Option<&V>, version: Option<Ballot>) -> Effect<V> {
        match self {
            Self::Put(value) => Effect::Put(value.clone()),
            Self::PutIf { version: expected, value } if *expected == version => {
                Effect::Put(value.clone())
            }
            Self::PutIf { .. } => Effect::Keep,
            Self::Delete => Effect::Delete,
        }
    }
}

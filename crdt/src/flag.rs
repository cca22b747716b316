//! The flags.

use core::cmp::Ordering;

use crate::{
    Delta, Reader, State, WriteError, Writer,
    kind::{Kind, Nest, Sealed},
    path::Path,
    replace::Fate,
};

/// A flag, at first disabled, that is enabled if it is enabled and disabled concurrently: the kind
/// of a [`Causal`](crate::Causal) state, or of values in a [`CausalMap`](crate::CausalMap).
///
/// - Read, with a [`Reader`](crate::Reader): `is_enabled`, `is_empty`.
/// - Write, with a [`Writer`](crate::Writer): `enable`, `disable`, `reset`.
///
/// It takes one row for each concurrent enabling, and none when disabled. All methods are O(log n)
/// and the number of rows; on `Inline` capacities O(n) in the rows of the state.
///
/// Source: `EWFlag` in Almeida, Shoker, Baquero, JPDC 2018.
///
/// ```
/// use synod_crdt::{Causal, EwFlag, Inline, Merge};
///
/// type Alarm = Causal<u8, EwFlag, Inline<4>, Inline<4>>;
/// let (mut left, mut right) = (Alarm::new(), Alarm::new());
/// right.merge(&left.write(1).enable()?)?;
/// right.write(2).disable()?;
/// left.write(1).enable()?; // concurrently
/// right.merge(&left)?;
/// assert!(right.read().is_enabled());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct EwFlag(());

/// A flag, at first enabled, that is disabled if it is enabled and disabled concurrently: the kind
/// of a [`Causal`](crate::Causal) state, or of values in a [`CausalMap`](crate::CausalMap).
///
/// - Read, with a [`Reader`](crate::Reader): `is_enabled`, `is_empty`.
/// - Write, with a [`Writer`](crate::Writer): `enable`, `disable`, `reset`.
///
/// It takes one row for each concurrent disabling, and none when enabled; so a map's key is present
/// while its flag is disabled, and a reset enables the flag. All methods are O(log n) and the
/// number of rows; on `Inline` capacities O(n) in the rows of the state.
///
/// Source: `DWFlag` in Almeida, Shoker, Baquero, JPDC 2018.
///
/// ```
/// use synod_crdt::{Causal, DwFlag, Inline, Merge};
///
/// type Motor = Causal<u8, DwFlag, Inline<4>, Inline<4>>;
/// let (mut left, mut right) = (Motor::new(), Motor::new());
/// assert!(left.read().is_enabled());
/// left.write(1).disable()?;
/// right.write(2).enable()?; // concurrently
/// left.merge(&right)?;
/// assert!(!left.read().is_enabled());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct DwFlag(());

impl Sealed for EwFlag {}

impl<Id> Kind<Id> for EwFlag {
    type Row = ();
}

impl<Id> Nest<Id> for EwFlag {}

impl<S: State, P: Path<S, EwFlag>> Reader<'_, S, EwFlag, P> {
    /// Whether the flag is enabled.
    #[must_use]
    pub fn is_enabled(self) -> bool {
        self.rows(|()| Ordering::Equal).next().is_some()
    }
}

impl<'a, S: State, P: Path<S, EwFlag>> Writer<'a, S, EwFlag, P> {
    /// Enables the flag. If it is enabled already, that is news nevertheless: it survives what has
    /// not seen it.
    ///
    /// # Errors
    ///
    /// [`WriteError`]; nothing was changed.
    pub fn enable(self) -> Result<Delta<'a, S>, WriteError> {
        self.replace(|()| Ordering::Equal, |_, ()| Fate::Goes, Some(()))
    }

    /// Disables the flag, as far as its enabling was observed.
    ///
    /// # Errors
    ///
    /// [`WriteError`]; nothing was changed. Only `Heap` can fail.
    pub fn disable(self) -> Result<Delta<'a, S>, WriteError> {
        self.reset()
    }
}

impl Sealed for DwFlag {}

impl<Id> Kind<Id> for DwFlag {
    type Row = ();
}

impl<Id> Nest<Id> for DwFlag {}

impl<S: State, P: Path<S, DwFlag>> Reader<'_, S, DwFlag, P> {
    /// Whether the flag is enabled.
    #[must_use]
    pub fn is_enabled(self) -> bool {
        self.rows(|()| Ordering::Equal).next().is_none()
    }
}

impl<'a, S: State, P: Path<S, DwFlag>> Writer<'a, S, DwFlag, P> {
    /// Disables the flag. If it is disabled already, that is news nevertheless: it survives what
    /// has not seen it.
    ///
    /// # Errors
    ///
    /// [`WriteError`]; nothing was changed.
    pub fn disable(self) -> Result<Delta<'a, S>, WriteError> {
        self.replace(|()| Ordering::Equal, |_, ()| Fate::Goes, Some(()))
    }

    /// Enables the flag, as far as its disabling was observed.
    ///
    /// # Errors
    ///
    /// [`WriteError`]; nothing was changed. Only `Heap` can fail.
    pub fn enable(self) -> Result<Delta<'a, S>, WriteError> {
        self.reset()
    }
}

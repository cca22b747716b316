//! Members that the host named.

use synod_capacity::{Full, Inline, List};

/// How many are remembered.
const MOST: usize = 4;

/// Members that the host named: they are tried while they are no members.
pub(super) struct Seeds<Id>(List<Id, Inline<MOST>>);

impl<Id: Copy + Eq> Seeds<Id> {
    pub(super) const fn new() -> Self {
        Self(List::new())
    }

    /// Remembers one.
    ///
    /// # Errors
    ///
    /// There is no room. Nothing was changed.
    pub(super) fn add(&mut self, id: Id) -> Result<(), Full> {
        if self.0.as_slice().contains(&id) {
            return Ok(());
        }
        self.0.push(id).map_err(|(full, _)| full)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Id> + '_ {
        self.0.iter().copied()
    }
}

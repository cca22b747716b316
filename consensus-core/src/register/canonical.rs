//! States without time and chance.

use super::{Change, Register};
use crate::{Canonical, back_off::BackOff};

impl<C: Change + Clone, const N: usize> Register<C, N>
where
    C::Value: Clone,
{
    /// The state without time and the state of chance.
    #[must_use]
    pub fn canonical(&self) -> Canonical<Self> {
        let mut register = self.clone();
        register.now_us = 0;
        register.deadline_us = 0;
        register.back_off = BackOff::new(0, self.id);
        Canonical(register)
    }
}

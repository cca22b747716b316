//! A state without what makes every run unlike every other.

use super::{Change, Register};
use crate::{Canonical, back_off::BackOff};

impl<C: Change + Clone, const N: usize> Register<C, N>
where
    C::Value: Clone,
{
    /// The state without time, the state of chance, and how many writes there were.
    #[must_use]
    pub fn canonical(&self) -> Canonical<Self> {
        let mut register = self.clone();
        register.now_us = 0;
        register.deadline_us = 0;
        register.write = self.write.canonical();
        register.back_off = BackOff::new(0, self.id);
        Canonical(register)
    }
}

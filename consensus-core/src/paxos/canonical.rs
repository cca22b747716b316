//! States without time and chance.

use super::{Learner, Proposer};
use crate::{Canonical, back_off::BackOff, random::Random};

impl<V: Clone, S: Clone, const N: usize> Proposer<V, N, S> {
    /// The state without time and the state of chance.
    #[must_use]
    pub fn canonical(&self) -> Canonical<Self> {
        let mut proposer = self.clone();
        proposer.now_us = 0;
        proposer.deadline_us = 0;
        proposer.back_off = BackOff::new(0, self.id);
        Canonical(proposer)
    }
}

impl<V: Clone, S: Clone, const N: usize> Learner<V, N, S> {
    /// The state without time and the state of chance.
    #[must_use]
    pub fn canonical(&self) -> Canonical<Self> {
        let mut learner = self.clone();
        learner.now_us = 0;
        learner.deadline_us = 0;
        learner.random = Random::new(0, self.id);
        Canonical(learner)
    }
}

//! A state without what makes every run unlike every other.

use super::{Election, Raft, state::State};
use crate::{Canonical, random::Random};

impl<const VOTERS: usize, const WINDOW: usize, E: Election> Raft<VOTERS, WINDOW, E> {
    /// The state without absolute time, the state of chance, and how many writes there were. Whether
    /// a leader may still be alive, which depends on time, is kept as if time stood still.
    #[must_use]
    pub fn canonical(&self) -> Canonical<Self> {
        let mut raft = self.clone();
        raft.quiet_until_us = u64::from(self.quiet_until_us > self.now_us);
        raft.now_us = 0;
        raft.deadline_us = 0;
        raft.random = Random::new(0, raft.config.id);
        raft.config.seed = 0;
        raft.writes = self.writes.canonical();
        if let State::Follower(following) = &mut raft.state {
            following.ask_again_at_us = 0;
        }
        if let State::Leader(leading) = &mut raft.state {
            leading.heartbeat_at_us = 0;
            leading.issued = self.writes.unreported(leading.issued);
        }
        Canonical(raft)
    }
}

//! All that was ever sent.

use synod_consensus_core::{Instance, NodeId};

/// What all of it is about.
pub(super) const INSTANCE: Instance = Instance { cluster: 7, number: 1 };

/// A message that says what it is about, and for whom it is.
pub(super) trait Addressed: Copy {
    fn address(&self) -> (Instance, NodeId);
}

/// A message, and who sent it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sent<M> {
    pub(super) from: NodeId,
    pub(super) message: M,
}

/// All that was ever sent.
#[derive(Debug)]
pub(super) struct Wire<M> {
    pub(super) sent: Vec<Sent<M>>,
    /// How many of these were delivered in their turn, or lost.
    done: usize,
}

impl<M> Default for Wire<M> {
    fn default() -> Self {
        Self { sent: Vec::new(), done: 0 }
    }
}

impl<M: Addressed> Wire<M> {
    pub(super) fn send(&mut self, from: NodeId, to: NodeId, message: M) {
        assert_eq!(message.address(), (INSTANCE, to));
        self.sent.push(Sent { from, message });
    }

    /// The next one whose turn it is.
    pub(super) fn next(&mut self) -> Option<Sent<M>> {
        let next = self.sent.get(self.done).copied()?;
        self.done += 1;
        Some(next)
    }

    /// All that is on its way is lost.
    pub(super) fn lose(&mut self) {
        self.done = self.sent.len();
    }

    /// One that was sent, the latest first.
    pub(super) fn recent(&self, index: u8) -> Option<Sent<M>> {
        self.sent.iter().rev().nth(index.into()).copied()
    }
}

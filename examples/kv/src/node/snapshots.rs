//! The snapshots of a node, and when they take the place of entries.

use synod_consensus_core::raft::{LogId, TermLog as _};
use tracing::{debug, warn};

use super::Node;
use crate::{
    node::{engine::Rule, service::Service},
    state::State,
};

/// The snapshots of a node. They are clones of its state, which share what has not changed.
#[derive(Debug)]
pub(super) struct Snapshots {
    /// The state as it was at the log's snapshot.
    pub current: State,
    /// One that was installed, until it is written.
    pub installed: Option<State>,
    /// A clone of some time ago: the next that takes the place of entries.
    pub next: Option<(LogId, State)>,
    /// One that is being written in place of entries.
    pub compacting: Option<State>,
}

impl Snapshots {
    /// Those of a node that has just started.
    pub(super) const fn new(current: State) -> Self {
        Self { current, installed: None, next: None, compacting: None }
    }
}

impl<E: Rule> Node<E> {
    /// Has a snapshot written in place of entries, each time the log has grown: by the snapshot's own
    /// size, so that not more is written for snapshots than for entries. The snapshot is one of the
    /// time before, so that a follower that is a little behind finds in the log what it lacks.
    pub(super) fn compact(&mut self) {
        let now_us = self.now_us();
        let Service { state, applied, applied_bytes, .. } = &mut self.service;
        let is_busy = self.snapshots.compacting.is_some() || self.snapshots.installed.is_some();
        let has_grown = *applied_bytes >= self.compact_bytes.max(state.bytes()).max(1);
        if !has_grown || is_busy || self.post.needs_log(now_us) {
            return;
        }
        *applied_bytes = 0;
        if let Some((last, former)) = self.snapshots.next.replace((*applied, state.clone())) {
            debug!(index = last.index, "the log is compacted");
            self.snapshots.compacting = Some(former.clone());
            self.disk.compact(last, former);
        }
    }

    /// A snapshot is on the disk in place of the entries up to this one.
    pub(super) fn note_compacted(&mut self, last: LogId) {
        let state = self.snapshots.compacting.take();
        // An installed snapshot may have overtaken it.
        if last.index > self.replica.log().snapshot().index
            && let Some(state) = state
        {
            match self.replica.compact(last.index) {
                Ok(_) => self.snapshots.current = state,
                Err(error) => warn!(index = last.index, %error, "the log is not compacted"),
            }
        }
    }
}

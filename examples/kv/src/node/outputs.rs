//! What a node does because its replica says so.

use synod_clocks::HybridStamp;
use synod_consensus_core::raft::{Leadership, Role, replica::Output};
use tracing::{debug, info, warn};

use super::Node;
use crate::{
    node::{service::Service, storage::Record, wire::Packet},
    state::State,
};

impl Node {
    /// Does what the replica says. A snapshot that has `arrived` belongs to the message before.
    pub(super) fn drain(&mut self, mut arrived: Option<State>) {
        let now_us = self.now_us();
        let Self { replica, service, snapshots, disk, post, .. } = self;
        while let Some(output) = replica.poll_output() {
            match output {
                Output::Send { to, frame } => {
                    // Raft is used to losses; what was dropped is sent again.
                    post.send(to, &Packet::Raft(frame));
                }
                Output::Snapshot { to, message } => {
                    post.send_snapshot(now_us, to, *message, &snapshots.current);
                }
                Output::Install { last } => {
                    info!(index = last.index, "a snapshot is installed");
                    let state = arrived.take().unwrap_or_default();
                    snapshots.current = state.clone();
                    snapshots.installed = Some(state.clone());
                    service.install(last, state);
                }
                Output::Write(write) => {
                    let snapshot = write
                        .snapshot
                        .zip(snapshots.installed.take_if(|_| write.snapshot.is_some()));
                    let entries = write
                        .entries
                        .iter()
                        .map(|(id, proposal)| (id, proposal.cloned()))
                        .collect();
                    disk.write(
                        write.id,
                        Record { hard_state: write.hard_state, snapshot, entries },
                    );
                }
                Output::Apply(entries) => {
                    let upto = entries.last();
                    service.apply(&entries);
                    if let Err(error) = replica.handle_applied(upto) {
                        warn!(upto, %error, "entries were applied that were not to be");
                    }
                }
                // Commands are followed by their tickets, from leader to leader.
                Output::Fate(_) => {}
                Output::Read(token) => {
                    service.reads.confirm(token);
                    while let Some((_, from, request)) =
                        self.asked.pop_front_if(|(asked, ..)| *asked <= token)
                    {
                        let index = service.applied.index;
                        post.send(from, &Packet::ReadAt { request, index });
                    }
                }
                Output::LogFull => {
                    warn!("there is no memory for more of the log");
                    service.applied_bytes = usize::MAX; // so that it is compacted at once
                }
                Output::Leadership(Leadership { role, term, leader }) => {
                    let leader = leader.map(|leader| leader.0);
                    info!(?role, term, leader, "leadership");
                    service.reads.ask_again();
                    self.ticked = HybridStamp::MIN;
                    if role != Role::Leader {
                        self.asked.clear();
                    }
                }
            }
        }
        service.reads.answer(service.applied.index, &service.state);
    }

    /// Has a snapshot written in place of the log, if that has grown: beyond the snapshot's own size,
    /// so that not more is written for snapshots than for entries.
    pub(super) fn compact(&mut self) {
        let Service { state, applied, applied_bytes, .. } = &self.service;
        let is_busy = self.snapshots.compacting.is_some() || self.snapshots.installed.is_some();
        let is_long = *applied_bytes >= self.compact_bytes.max(state.bytes()).max(1);
        if is_long && !is_busy && !self.post.needs_log(self.now_us()) {
            debug!(index = applied.index, "the log is compacted");
            self.snapshots.compacting = Some(state.clone());
            self.disk.compact(*applied, state.clone());
            self.service.applied_bytes = 0;
        }
    }
}

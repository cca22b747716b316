//! What a node does because its replica says so.

use synod_consensus_core::raft::{Leadership, Role, replica::Output};
use tracing::{info, warn};

use super::Node;
use crate::{
    node::{engine::Rule, storage::Record, wire::Packet},
    state::State,
};

impl<E: Rule> Node<E> {
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
                    // No other message has one.
                    let Some(state) = arrived.take() else { continue };
                    info!(index = last.index, "a snapshot is installed");
                    // By the time it is written, the state will have gone on.
                    snapshots.current = state.clone();
                    snapshots.installed = Some(state.clone());
                    snapshots.next = None;
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
                    // All that they must see is applied. The same index will do for other nodes. (Those
                    // of an earlier term of this leader went when it ceased to lead.)
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
                    // All that is applied goes, as soon as the disk is not busy with another one.
                    snapshots.next = Some((service.applied, service.state.clone()));
                    service.applied_bytes = usize::MAX;
                }
                Output::Leadership(Leadership { role, term, leader }) => {
                    let leader = leader.map(|leader| leader.0);
                    info!(?role, term, leader, "leadership");
                    service.reads.ask_again();
                    // A connection may have been lost while nobody was known to lead.
                    service.outbox.send_again();
                    self.ticked = 0;
                    if role != Role::Leader {
                        self.asked.clear();
                    }
                }
            }
        }
        service.reads.answer(service.applied.index, &service.state);
    }
}

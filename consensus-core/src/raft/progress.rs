//! What voters have reached, and what quorums of them have.

use synod_quorum::{QuorumSystem, Quorums};

use super::{Election, Raft};

/// What is counted of each voter.
#[derive(Clone, Copy)]
pub(super) enum Progress {
    /// Up to where its log is the leader's, and durable.
    Log,
    /// The latest round that it has answered.
    Reads,
    /// The length of the log of those who have answered the latest round: the shorter, the higher.
    Shortness,
}

impl<const VOTERS: usize, const WINDOW: usize, E: Election> Raft<VOTERS, WINDOW, E> {
    /// The highest number that a quorum of phase 2 has reached, if this node has reached `own`.
    #[cfg_attr(target_pointer_width = "64", inline)]
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))] // flash is dearer than time
    pub(super) fn reached(&self, own: u64, progress: Progress) -> Option<u64> {
        self.voters.system().phase2().committed(self.report(own, progress))
    }

    /// What this voter has reached, and each other.
    pub(super) fn report(&self, own: u64, progress: Progress) -> impl Fn(usize) -> Option<u64> {
        move |position| {
            if position == self.me {
                return Some(own);
            }
            let peer = self.peers.get(position)?;
            match progress {
                Progress::Log => Some(peer.matched),
                Progress::Reads => Some(peer.round),
                Progress::Shortness => (peer.round == self.reads.round()).then_some(!peer.matched),
            }
        }
    }
}

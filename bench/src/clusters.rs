//! Clusters of three nodes in one thread, each around another implementation of consensus.
//!
//! All do the same: the leader takes a batch of commands, messages are delivered until there are
//! none, each node keeps all commands in its own log in memory, which is durable at once, and drops
//! what is applied from its front every so often.

mod noraft;
mod omnipaxos;
mod raft_io;
mod raft_rs;
mod synod;

pub use self::{
    noraft::Noraft, omnipaxos::Omnipaxos, raft_io::RaftIo, raft_rs::RaftRs, synod::Synod,
};

/// What is replicated.
pub type Command = [u8; 16];

/// How many commands are applied before logs are compacted.
pub const COMPACT_EACH: u64 = 1024;

/// Three nodes, the first of which leads.
pub trait Cluster {
    /// Lets the leader commit these commands, and returns when no message is on its way.
    fn commit(&mut self, commands: &[Command]);

    /// The last `count` commands in each of the three logs, as far as they are not compacted, and
    /// how many commands the leader has committed.
    fn look(&self, count: usize) -> ([Vec<Command>; 3], u64);
}

/// `count` commands, the first of which has the number `first`.
pub fn commands(first: u64, count: usize) -> Vec<Command> {
    (first..).take(count).map(|number| (u128::from(number) << 64 | 0x5eed).to_le_bytes()).collect()
}

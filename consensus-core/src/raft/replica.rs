//! A node and its log, together: whole messages, with payloads that are borrowed and not copied.

mod compaction;
mod delegated;
mod error;
mod frame;
mod messages;
mod output;
mod proposals;

pub use compaction::CompactError;
pub use error::FrameError;
pub use frame::{Frame, OwnedFrame};
pub use output::{Output, Write};

use core::hash::{Hash, Hasher};

use synod_quorum::Majority;

use super::{ByVotes, Change, Config, Election, Entry, Log, Message, Raft, Recovered, StartError};
use crate::{Members, NodeId};

/// A [`Raft`] and the [`Log`] that it is about.
///
/// It keeps rule 2 of [the host's contract](super) by itself; the others are the host's still. A
/// host drives it like this, after **every** call. (What an output lends is borrowed from the
/// replica: take what you need of it, such as its id, before the next call.)
///
/// ```
/// # use synod_consensus_core::{NodeId, raft::{Config, Replica, RingLog}};
/// use synod_consensus_core::raft::replica::Output;
///
/// # let config = Config::new(7, NodeId(1), 42);
/// # let (mut disk, mut state) = (Vec::new(), Vec::<[u8; 4]>::new());
/// let log = RingLog::<[u8; 4], 16>::new();
/// let mut node = Replica::<_, 3, 8>::bootstrap(config, &[NodeId(1)], 0, log)?;
/// node.handle_timeout(node.poll_timeout().unwrap());
/// while let Some(output) = node.poll_output() {
///     match output {
///         Output::Send { to, frame } => { /* encode the frame, and send it */ }
///         Output::Snapshot { to, message } => { /* send it with the snapshot */ }
///         Output::Write(write) => {
///             disk.push(write.hard_state);
///             let id = write.id;
///             node.handle_persisted(id)?; // at once here; or later
///         }
///         Output::Apply(entries) => {
///             let upto = entries.last();
///             state.extend(entries.payloads().flatten()); // and answer clients
///             node.handle_applied(upto)?;
///         }
///         Output::Install { last } => { /* the snapshot takes the place of the state */ }
///         Output::Fate(fate) => { /* superseded: propose again */ }
///         Output::Read(token) => { /* answer reads */ }
///         Output::LogFull | Output::Leadership(_) => {}
///     }
/// }
/// assert_eq!(node.status().committed, 1); // a cluster of one leads itself
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Replica<L, const VOTERS: usize, const WINDOW: usize, E: Election = ByVotes> {
    raft: Raft<VOTERS, WINDOW, E>,
    log: L,
    /// What was lent last. It is no part of the state.
    message: Message<E::Said>,
}

impl<L: PartialEq, const VOTERS: usize, const WINDOW: usize, E: Election> PartialEq
    for Replica<L, VOTERS, WINDOW, E>
{
    fn eq(&self, other: &Self) -> bool {
        (&self.raft, &self.log) == (&other.raft, &other.log)
    }
}

impl<L: Eq, const VOTERS: usize, const WINDOW: usize, E: Election> Eq
    for Replica<L, VOTERS, WINDOW, E>
{
}

impl<L: Hash, const VOTERS: usize, const WINDOW: usize, E: Election> Hash
    for Replica<L, VOTERS, WINDOW, E>
{
    fn hash<H: Hasher>(&self, state: &mut H) {
        (&self.raft, &self.log).hash(state);
    }
}

impl<L: Log, const VOTERS: usize, const WINDOW: usize, E: Election<System = Majority>>
    Replica<L, VOTERS, WINDOW, E>
{
    /// A node at its very first start, with an empty log: see [`Raft::bootstrap`].
    ///
    /// # Errors
    ///
    /// [`StartError`].
    pub fn bootstrap(
        config: Config,
        voters: &[NodeId],
        now_us: u64,
        log: L,
    ) -> Result<Self, StartError> {
        let raft = Raft::bootstrap(config, voters, now_us, &log)?;
        Ok(Self { message: raft.empty_message(), raft, log })
    }

    /// A node after a restart, with what it finds on its disk: see [`Raft::recover`].
    ///
    /// ```
    /// use synod_consensus_core::{NodeId, raft::{
    ///     Config, Entry, HardState, Log, Recovered, Replica, RingLog,
    /// }};
    ///
    /// let mut log = RingLog::<[u8; 4], 16>::new();
    /// log.append(Entry { term: 2, payload: Some(*b"seen") }).unwrap();
    /// let hard_state = HardState { term: 3, vote: None };
    /// let found = Recovered { hard_state, applied: 0 };
    /// let voters = [NodeId(1), NodeId(2), NodeId(3)];
    /// let config = Config::new(7, NodeId(2), 42);
    /// let node = Replica::<_, 3, 8>::recover(config, &voters, 0, found, log)?;
    /// assert_eq!(node.status().last.index, 1);
    /// # Ok::<(), synod_consensus_core::raft::StartError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`StartError`].
    pub fn recover(
        config: Config,
        voters: &[NodeId],
        now_us: u64,
        recovered: Recovered,
        log: L,
    ) -> Result<Self, StartError> {
        let raft = Raft::recover(config, voters, now_us, recovered, &log)?;
        Ok(Self { message: raft.empty_message(), raft, log })
    }
}

impl<L: Log, const VOTERS: usize, const WINDOW: usize, E: Election> Replica<L, VOTERS, WINDOW, E> {
    /// The same as [`bootstrap`](Self::bootstrap), with quorums of your own: see
    /// [`Raft::bootstrap_with`].
    ///
    /// # Errors
    ///
    /// [`StartError`].
    pub fn bootstrap_with(
        config: Config,
        voters: Members<VOTERS, E::System>,
        now_us: u64,
        log: L,
    ) -> Result<Self, StartError> {
        let raft = Raft::bootstrap_with(config, voters, now_us, &log)?;
        Ok(Self { message: raft.empty_message(), raft, log })
    }

    /// The same as [`recover`](Self::recover), with the quorums of the first start: see
    /// [`Raft::recover_with`].
    ///
    /// # Errors
    ///
    /// [`StartError`].
    pub fn recover_with(
        config: Config,
        voters: Members<VOTERS, E::System>,
        now_us: u64,
        recovered: Recovered,
        log: L,
    ) -> Result<Self, StartError> {
        let raft = Raft::recover_with(config, voters, now_us, recovered, &log)?;
        Ok(Self { message: raft.empty_message(), raft, log })
    }

    /// The node: its voters, its peers, its canonical state.
    #[must_use]
    pub const fn raft(&self) -> &Raft<VOTERS, WINDOW, E> {
        &self.raft
    }

    /// The log.
    #[must_use]
    pub const fn log(&self) -> &L {
        &self.log
    }

    /// A place for the blank of a new leader, as far as there can be one. Without it, the node sees
    /// that there is no room.
    fn reserve_for_blank(&mut self) {
        let _ = self.log.reserve(1);
    }

    /// Appends the blank of a leader that this node has become.
    fn append_blank(&mut self) {
        if let Some(Change::Blank { term }) = self.raft.change {
            self.raft.change = None;
            // There was room, or it would not lead.
            let _ = self.log.append(Entry { term, payload: None });
        }
    }
}

//! What the host of a replica is to do.

use super::{Frame, Replica};
use crate::{
    NodeId,
    raft::{
        self, Change, Election, Entries, Fate, HardState, Leadership, Log, LogId, Message, Never,
        ReadToken, output::Output as Effect,
    },
};

/// Something that the host is to do, in the order in which it was polled.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[must_use]
pub enum Output<'a, P, X = Never> {
    /// Send this.
    Send {
        /// To whom.
        to: NodeId,
        /// What.
        frame: Frame<'a, P, X>,
    },
    /// Send this with the state as it was at exactly the log's snapshot, which its `last` is. It
    /// comes again each election timeout until the follower has it.
    Snapshot {
        /// To whom.
        to: NodeId,
        /// A [`Body::Snapshot`](raft::Body::Snapshot). On the wire it is a [`Frame`] without
        /// entries, `Frame { message, entries: Entries::<P>::new(1, &[], &[]) }`, beside your bytes.
        message: &'a Message<X>,
    },
    /// Write this to the disk, and report it with [`handle_persisted`](Replica::handle_persisted).
    Write(Write<'a, P>),
    /// Apply these, in order, and report it with [`handle_applied`](Replica::handle_applied).
    Apply(Entries<'a, P>),
    /// Put the snapshot that came with the message that was handled last in place of the state in
    /// memory; on the disk only with the [`Write`](Self::Write) that names it. The log is empty
    /// already.
    Install {
        /// The last entry that it covers.
        last: LogId,
    },
    /// What became of proposals.
    Fate(Fate),
    /// All reads of this token and of those before it, in its term, may be answered now, from the
    /// state as it is applied.
    Read(ReadToken),
    /// The log has no room for entries of the leader, or for those of a leader that this node would
    /// be. Compact what is applied, and service goes on. A log that is full of entries which
    /// are not committed (as when leader after leader is lost before it commits anything) has
    /// to be given more room.
    LogFull,
    /// What this node is doing, as it may have changed. If it does not lead, its reads that were
    /// not answered will not be; nor will those that a follower took, whatever this says.
    Leadership(Leadership),
}

/// A record for the disk. All that it has takes effect together, or else in the order of its
/// fields.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Write<'a, P> {
    /// Its name. Each is one more than the last.
    pub id: u64,
    /// The hard state, if it has changed.
    pub hard_state: Option<HardState>,
    /// The snapshot that replaces the log and the state, if one has arrived: the one that
    /// [`Output::Install`] named last, as it was then. Keep a copy of it until this comes.
    pub snapshot: Option<LogId>,
    /// These replace all entries from the first of them on. If there are none, no entry has
    /// changed.
    pub entries: Entries<'a, P>,
}

/// What comes before all messages.
enum News {
    Install { last: LogId },
    LogFull,
    Leadership(Leadership),
}

impl<L: Log, const VOTERS: usize, const WINDOW: usize, E: Election> Replica<L, VOTERS, WINDOW, E> {
    /// The next thing for the host to do; `None` when there is nothing more. Call it until then
    /// after **every** other call.
    // In the order of `Raft::poll_output`. Inlined, so that an output is told apart where it
    // arises.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub fn poll_output(&mut self) -> Option<Output<'_, L::Payload, E::Said>> {
        if self.raft.has_news() {
            return match self.tell()? {
                News::Install { last } => Some(Output::Install { last }),
                News::LogFull => Some(Output::LogFull),
                News::Leadership(leadership) => Some(Output::Leadership(leadership)),
            };
        }
        if self.raft.may_send() && self.raft.next_message(&mut self.message, &self.log) {
            return Some(self.lend_message());
        }
        if let Some(write) = self.raft.next_write() {
            return Some(self.lend_write(write));
        }
        if let Some(fate) = self.raft.next_fate(&self.log) {
            return Some(Output::Fate(fate));
        }
        if let Some((first, upto)) = self.raft.release() {
            return Some(Output::Apply(self.log.entries(first, upto)));
        }
        self.raft.next_read().map(Output::Read)
    }

    /// What comes before all messages. Not an [`Output`]: whoever has one written to memory cannot
    /// tell it apart where it arises.
    #[cold]
    fn tell(&mut self) -> Option<News> {
        match self.raft.next_news(&self.log)?? {
            Effect::Change(Change::Install { last }) => {
                self.log.install(last);
                Some(News::Install { last })
            }
            Effect::LogFull => Some(News::LogFull),
            Effect::Leadership(leadership) => Some(News::Leadership(leadership)),
            // Other changes were made in the calls that brought them, and the rest comes later.
            _ => None,
        }
    }

    #[inline]
    fn lend_message(&self) -> Output<'_, L::Payload, E::Said> {
        let (to, message) = (self.message.to, &self.message);
        if let raft::Body::Snapshot { .. } = message.body {
            return Output::Snapshot { to, message };
        }
        let entries = match message.entries() {
            Some((prev, _, count)) => {
                let last = prev.index.saturating_add(u64::from(count));
                self.log.entries(prev.index.saturating_add(1), last)
            }
            None => Entries::new(0, &[], &[]),
        };
        Output::Send { to, frame: Frame { message, entries } }
    }

    #[inline]
    fn lend_write(&self, write: raft::Write) -> Output<'_, L::Payload, E::Said> {
        let raft::Write { id, hard_state, snapshot, first, last } = write;
        Output::Write(Write { id, hard_state, snapshot, entries: self.log.entries(first, last) })
    }
}

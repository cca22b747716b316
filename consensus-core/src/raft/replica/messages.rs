//! Messages and their payloads, as they come in.

use super::{FrameError, Replica};
use crate::{
    NodeId,
    raft::{Change, Election, Log, Message, MessageError},
};

impl<L: Log, const VOTERS: usize, const WINDOW: usize, E: Election> Replica<L, VOTERS, WINDOW, E> {
    /// Takes a message that arrived at `now_us`, from whom the transport says that it is, and from
    /// its payloads what the log lacks; a blank is `None`. What it has already is passed over,
    /// and dropped.
    ///
    /// The payloads must be as many as the message says. They are not asked for more than their
    /// number unless they are to be kept, so that payloads can be cloned, or moved, or decoded
    /// one by one.
    ///
    /// If it is a [`Body::Snapshot`](crate::raft::Body::Snapshot), keep the snapshot that came with
    /// it until the outputs are drained: [`Output::Install`](super::Output::Install) among them
    /// says that it is needed.
    ///
    /// ```
    /// use synod_consensus_core::{NodeId, raft::{
    ///     Body, Config, LogId, Message, Replica, RingLog, replica::{Output, FrameError},
    /// }};
    ///
    /// let voters = [NodeId(1), NodeId(2), NodeId(3)];
    /// let log = RingLog::<[u8; 2], 16>::new();
    /// let mut node = Replica::<_, 3, 8>::bootstrap(Config::new(7, NodeId(2), 42), &voters, 0, log)?;
    ///
    /// // From the leader of term 5, its blank and a command.
    /// let body =
    ///     Body::Append { prev: LogId::START, entries_term: 5, count: 2, commit: 0, round: 0 };
    /// let message = Message { cluster: 7, to: NodeId(2), term: 5, body };
    /// let short = node.handle_message(10, NodeId(1), &message, [None]);
    /// assert_eq!(short, Err(FrameError::WrongCount)); // and nothing has changed
    /// node.handle_message(10, NodeId(1), &message, [None, Some(*b"hi")])?;
    /// assert_eq!(node.status().last, LogId { term: 5, index: 2 });
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`FrameError`]. (If an iterator has less than its length says, which is a fault of its own,
    /// the next
    /// call says [`MessageError::LogMismatch`].)
    #[inline]
    pub fn handle_message<I>(
        &mut self,
        now_us: u64,
        from: NodeId,
        message: &Message<E::Said>,
        payloads: I,
    ) -> Result<(), FrameError>
    where
        I: IntoIterator<Item = Option<L::Payload>, IntoIter: ExactSizeIterator>,
    {
        let payloads = payloads.into_iter();
        if usize::try_from(message.entry_count()) != Ok(payloads.len()) {
            return Err(FrameError::WrongCount);
        }
        self.raft.check_length(&self.log).map_err(MessageError::of_host)?;
        let peer = self.raft.admit_message(from, message)?;
        // A leader's blank, or its entries. What the log refuses, the node sees as less room.
        let _ = self.log.reserve(u64::from(message.entry_count()).max(1));
        self.raft.receive(now_us, peer, message, &self.log)?;
        match self.raft.change {
            Some(Change::Append { keep, skip, count, term }) => {
                self.raft.change = None;
                self.log.truncate(keep);
                self.append(term, skip, count, payloads);
            }
            Some(Change::Blank { .. }) => self.append_blank(),
            // An installation waits until it is polled.
            _ => {}
        }
        Ok(())
    }

    /// Appends `count` of the payloads behind the first `skip`.
    #[inline]
    fn append(
        &mut self,
        term: u64,
        skip: u32,
        count: u32,
        mut payloads: impl ExactSizeIterator<Item = Option<L::Payload>>,
    ) {
        // Both are at most the number of payloads.
        let skip = usize::try_from(skip).unwrap_or(usize::MAX);
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        if let Some(last) = skip.checked_sub(1) {
            let _ = payloads.nth(last);
        }
        // There is room: it was asked for, and the node counts it.
        if count < payloads.len() {
            self.log.extend(term, payloads.take(count));
        } else {
            self.log.extend(term, payloads);
        }
    }
}

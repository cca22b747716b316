//! What a host asks of its leader.

use super::Replica;
use crate::raft::{Election, Entry, Log, LogId, Payload, ProposeError, Raft, ReadError, ReadToken};

impl<L: Log, const VOTERS: usize, const WINDOW: usize, E: Election> Replica<L, VOTERS, WINDOW, E> {
    /// Gives a payload a place in the log. What becomes of it is told by
    /// [`Output::Fate`](super::Output::Fate), with this place.
    ///
    /// # Errors
    ///
    /// [`ProposeError`], and the payload.
    #[inline]
    pub fn propose(
        &mut self,
        now_us: u64,
        payload: L::Payload,
    ) -> Result<LogId, (ProposeError, L::Payload)> {
        match self.admit(1, payload.size()) {
            Ok(place) => {
                self.raft.open(now_us, 1);
                self.place(place, payload)
            }
            Err(error) => Err((error, payload)),
        }
    }

    /// The place of the first of so many payloads, for which there is room in the log now.
    #[inline]
    fn admit(&mut self, count: u64, largest_bytes: usize) -> Result<LogId, ProposeError> {
        self.raft.check_length(&self.log).map_err(ProposeError::of_host)?;
        self.raft.check_proposal(largest_bytes)?;
        // What is refused here shows as a lack of room.
        let _ = self.log.reserve(count.saturating_add(Raft::<VOTERS, WINDOW>::RESERVED_ENTRIES));
        self.raft.admit(count, &self.log)
    }

    #[inline]
    fn place(
        &mut self,
        place: LogId,
        payload: L::Payload,
    ) -> Result<LogId, (ProposeError, L::Payload)> {
        let entry = Entry { term: place.term, payload: Some(payload) };
        let Err((_, Entry { payload: Some(payload), .. })) = self.log.append(entry) else {
            return Ok(place);
        };
        // Only a log that has less room than it says comes here.
        Err((ProposeError::LogMismatch, payload))
    }

    /// Gives payloads places in the log, and returns the first of them; the others follow. Either
    /// all have a place or none. For none, it gives the next free place.
    ///
    /// To have those back that are refused, lend an iterator (`&mut payloads`): all errors come
    /// before the first is taken, but [`ProposeError::TooLarge`], and [`ProposeError::Stopped`]
    /// where a stop sign is among them and not the last.
    ///
    /// # Errors
    ///
    /// [`ProposeError`].
    #[inline]
    pub fn propose_batch<I>(&mut self, now_us: u64, payloads: I) -> Result<LogId, ProposeError>
    where
        I: IntoIterator<Item = L::Payload, IntoIter: ExactSizeIterator>,
    {
        let payloads = payloads.into_iter();
        let count = payloads.len() as u64;
        let first = self.admit(count, 0)?;
        let term = first.term;
        let keep = first.index.saturating_sub(1);
        let limit = self.raft.config.max_entry_bytes;
        let (mut large, mut stopped, mut behind) = (false, false, false);
        // There is room: it was asked for, and the node has counted it.
        self.log.extend(
            term,
            payloads.map(|payload| {
                large |= payload.size() > limit;
                behind |= stopped;
                stopped |= payload.is_stop_sign();
                Some(payload)
            }),
        );
        if large || behind {
            self.log.truncate(keep);
            let error = if behind { ProposeError::Stopped } else { ProposeError::TooLarge };
            return Err(error);
        }
        self.raft.open(now_us, self.log.last_index().saturating_sub(keep));
        Ok(first)
    }

    /// Begins a linearizable read of the state: see [`Raft::read`](crate::raft::Raft::read).
    ///
    /// # Errors
    ///
    /// [`ReadError`].
    pub fn read(&mut self, now_us: u64) -> Result<ReadToken, ReadError> {
        self.raft.read(now_us)
    }
}

//! Records what happens to a node, for [`replay`](crate::replay).

use alloc::{boxed::Box, vec::Vec};
use core::hash::{Hash, Hasher};

use synod_consensus_core::raft::{Election, Output, Raft, TermLog};

use super::{entry::Entry, log::Log};
use crate::recording::{Digest, Event, Happening};

/// A recording under way.
#[derive(Debug, Default)]
pub(super) struct Tape {
    bytes: Vec<u8>,
    digest: Digest,
    /// The latest event, until it is known what came of it.
    open: Option<Event<'static>>,
    polls: u8,
    /// The sizes of the entries that it appended.
    sizes: Vec<u8>,
}

/// Something happened to a node, and this is what it said at once; noted if there is a tape.
#[inline]
pub(super) fn happen(tape: &mut Option<Box<Tape>>, event: Event<'static>, said: impl Hash) {
    if let Some(tape) = tape {
        tape.happen(event, said);
    }
}

impl Tape {
    fn happen(&mut self, event: Event<'static>, said: impl Hash) {
        self.close();
        self.digest.note(said);
        self.open = Some(event);
    }

    /// The node was polled.
    pub(super) fn poll<const V: usize, const W: usize, E: Election>(
        &mut self,
        output: Option<&Output<E::Said>>,
        raft: &Raft<V, W, E>,
    ) {
        self.digest.note_poll(output, raft);
        self.polls += 1;
    }

    /// An entry of the message that arrived is appended.
    pub(super) fn append(&mut self, entry: Entry) {
        self.sizes.push(size(entry));
    }

    /// The log that the node has at its start.
    pub(super) fn log(&mut self, log: &Log) {
        self.happen(Event::Log { snapshot: log.snapshot(), capacity: log.capacity() }, ());
        for index in log.snapshot().index + 1..=log.last_index() {
            let Some(entry) = log.get(index) else { continue };
            self.happen(Event::Entry { term: entry.term, size: size(entry) }, ());
        }
    }

    /// The recording.
    pub(super) fn finish(mut self) -> Vec<u8> {
        let hash = self.digest.finish();
        self.happen(Event::End { hash }, ());
        self.close();
        self.bytes
    }

    fn close(&mut self) {
        let Some(mut event) = self.open.take().map(|event| event as Event<'_>) else { return };
        if let Event::Message { sizes, .. } = &mut event {
            *sizes = &self.sizes;
        }
        let happening = Happening { event, polls: self.polls, check: self.digest.check() };
        // What cannot be written is missed when the recording is played, which a test does.
        if let Ok(bytes) = postcard::to_extend(&happening, core::mem::take(&mut self.bytes)) {
            self.bytes = bytes;
        }
        self.polls = 0;
        self.sizes.clear();
    }
}

/// All sizes of the simulator fit into a byte.
fn size(entry: Entry) -> u8 {
    u8::try_from(entry.command.bytes).unwrap_or(u8::MAX)
}

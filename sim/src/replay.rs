//! Another node to which the same happens as to one of a run.
//!
//! Without a heap, and without the rest of the simulator but for [`recording`](crate::recording):
//! firmware for boards that are too small for a cluster has these files as modules of its own.

use core::{fmt, hash::Hasher};

use synod_consensus_core::{
    NodeId,
    raft::{
        Change, Entry, Log, LogFull, LogId, Output, Payload, Raft, RingLog, StartError, TermLog,
    },
};

use crate::recording::{Digest, Event, Happening};

/// What a replay has shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Replayed {
    /// How many events there were.
    pub events: u32,
    /// The hash of all that the node has said.
    pub hash: u64,
}

/// Why a replay ended early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Differs {
    /// This is no recording.
    Unreadable,
    /// The log does not fit.
    NoRoom,
    /// The node said something else after the event of this number.
    At(u32),
}

impl fmt::Display for Differs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable => f.write_str("unreadable"),
            Self::NoRoom => f.write_str("no room for the log"),
            Self::At(event) => write!(f, "something else was said after event {event}"),
        }
    }
}

impl From<LogFull> for Differs {
    fn from(_: LogFull) -> Self {
        Self::NoRoom
    }
}

impl From<StartError> for Differs {
    fn from(_: StartError) -> Self {
        Self::Unreadable
    }
}

/// Plays the pinned recording, which is of one of three nodes, to a node whose log has room for
/// what there is in it.
///
/// # Errors
///
/// Like [`replay`].
pub fn replay_pinned(recording: &[u8]) -> Result<Replayed, Differs> {
    replay::<3, 4, 48>(recording)
}

/// Plays a recording to a node that is one of `V`, whose log has room for `N` entries.
///
/// # Errors
///
/// [`Differs`], if the node says something else than the one that was recorded, or cannot be asked.
pub fn replay<const V: usize, const W: usize, const N: usize>(
    recording: &[u8],
) -> Result<Replayed, Differs> {
    let mut player = Player::<V, W, N> {
        raft: None,
        log: TestLog { ring: RingLog::new(), capacity: u64::MAX },
        digest: Digest::default(),
    };
    let mut rest = recording;
    for events in 1..=u32::MAX {
        let Ok((happening, behind)) = postcard::take_from_bytes::<Happening<'_>>(rest) else {
            break;
        };
        rest = behind;
        if let Event::End { hash } = happening.event {
            let same = player.digest.finish() == hash;
            return if same { Ok(Replayed { events, hash }) } else { Err(Differs::At(events)) };
        }
        player.play(&happening)?;
        if player.digest.check() != happening.check {
            return Err(Differs::At(events));
        }
    }
    Err(Differs::Unreadable)
}

struct Player<const V: usize, const W: usize, const N: usize> {
    raft: Option<Raft<V, W>>,
    log: TestLog<N>,
    digest: Digest,
}

impl<const V: usize, const W: usize, const N: usize> Player<V, W, N> {
    fn play(&mut self, happening: &Happening<'_>) -> Result<(), Differs> {
        let Self { raft, log, digest } = self;
        let mut sizes: &[u8] = &[];
        match happening.event {
            Event::Log { snapshot, capacity } => {
                *raft = None;
                log.ring.install(snapshot);
                log.capacity = capacity;
            }
            Event::Entry { term, size } => log.push(term, size)?,
            Event::Capacity(capacity) => log.capacity = capacity,
            Event::Compact(upto) => log.ring.compact(upto),
            Event::Start(start) => {
                let voters: [NodeId; V] = core::array::from_fn(|place| NodeId(place as u64 + 1));
                let (config, now_us) = (start.config(), start.now_us);
                *raft = Some(match start.recovered {
                    Some(recovered) => Raft::recover(config, &voters, now_us, recovered, log)?,
                    None => Raft::bootstrap(config, &voters, now_us, log)?,
                });
            }
            event => {
                let raft = raft.as_mut().ok_or(Differs::Unreadable)?;
                sizes = call(raft, log, digest, event)?;
            }
        }
        for _ in 0..happening.polls {
            let raft = self.raft.as_mut().ok_or(Differs::Unreadable)?;
            let output = raft.poll_output(&self.log);
            self.digest.note_poll(output.as_ref(), raft);
            if let Some(Output::Change(change)) = output {
                self.log.change(change, &mut sizes)?;
            }
        }
        Ok(())
    }
}

/// Calls a node. Gives the sizes of entries that it may append.
fn call<'a, const V: usize, const W: usize, const N: usize>(
    raft: &mut Raft<V, W>,
    log: &mut TestLog<N>,
    digest: &mut Digest,
    event: Event<'a>,
) -> Result<&'a [u8], Differs> {
    match event {
        Event::Message { now_us, from, message, sizes } => {
            digest.note(raft.handle_message(now_us, from, &message, log));
            return Ok(sizes);
        }
        Event::Timeout { now_us } => raft.handle_timeout(now_us, log),
        Event::Propose { now_us, count, size } => {
            let result = raft.propose_batch(now_us, count, size.into(), log);
            digest.note(result);
            if let Ok(first) = result {
                for _ in 0..count {
                    log.push(first.term, size)?;
                }
            }
        }
        Event::Read { now_us } => digest.note(raft.read(now_us)),
        Event::Persisted(id) => digest.note(raft.handle_persisted(id, log)),
        Event::Applied(upto) => digest.note(raft.handle_applied(upto)),
        _ => return Err(Differs::Unreadable),
    }
    Ok(&[])
}

/// The size of a payload, which is all that the core asks about it.
#[derive(Clone, Copy)]
struct Size(u8);

impl Payload for Size {
    fn size(&self) -> usize {
        self.0.into()
    }
}

/// A log that says that it has as much room as the recorded one had.
struct TestLog<const N: usize> {
    ring: RingLog<Size, N>,
    capacity: u64,
}

impl<const N: usize> TestLog<N> {
    fn push(&mut self, term: u64, size: u8) -> Result<(), LogFull> {
        self.ring.append(Entry { term, payload: Some(Size(size)) }).map_err(|(full, _)| full)
    }

    fn change(&mut self, change: Change, sizes: &mut &[u8]) -> Result<(), Differs> {
        match change {
            Change::Blank { term } => self.push(term, 0)?,
            Change::Append { keep, count, term, .. } => {
                self.ring.truncate(keep);
                for _ in 0..count {
                    let (&size, rest) = sizes.split_first().ok_or(Differs::Unreadable)?;
                    *sizes = rest;
                    self.push(term, size)?;
                }
            }
            Change::Install { last } => self.ring.install(last),
        }
        Ok(())
    }
}

impl<const N: usize> TermLog for TestLog<N> {
    fn snapshot(&self) -> LogId {
        self.ring.snapshot()
    }

    fn last_index(&self) -> u64 {
        self.ring.last_index()
    }

    fn term(&self, index: u64) -> Option<u64> {
        self.ring.term(index)
    }

    fn size(&self, index: u64) -> usize {
        self.ring.size(index)
    }

    fn room(&self) -> u64 {
        let len = self.last_index() - self.snapshot().index;
        if self.capacity == u64::MAX { u64::MAX } else { self.capacity.saturating_sub(len) }
    }
}

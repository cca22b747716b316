//! What clients see: the state, and their commands and reads that wait for it.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use synod_clocks::{HybridClock, HybridStamp};
use synod_consensus_core::raft::{Entries, LogId, Payload};
use tracing::error;

use crate::{
    node::{
        outbox::Outbox,
        proposal::{Proposal, Ticket},
        reads::Reads,
    },
    state::{State, command::Write, reply::Reply},
};

/// The state, and who waits for it.
#[derive(Debug)]
pub(super) struct Service {
    /// The state.
    pub state: State,
    /// The entry that was applied last.
    pub applied: LogId,
    /// How many bytes of entries were applied since this was set to 0.
    pub applied_bytes: usize,
    /// The commands of this node's clients.
    pub outbox: Outbox,
    /// The reads of this node's clients.
    pub reads: Reads,
    clock: HybridClock,
    time: LogTime,
}

/// The time of the log, as far as this node knows it: it goes on by the monotonic clock, also when
/// the wall clock was set back, or is behind that of an earlier leader.
#[derive(Debug)]
struct LogTime {
    /// The latest stamp, and when it was seen.
    stamp_us: u64,
    seen: Instant,
}

impl LogTime {
    fn begin(stamp: HybridStamp) -> Self {
        Self { stamp_us: stamp.wall_us(), seen: Instant::now() }
    }

    /// What time it would be without the wall clock.
    fn since_stamp_us(&self) -> u64 {
        let since_us = u64::try_from(self.seen.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.stamp_us.saturating_add(since_us)
    }

    fn see(&mut self, stamp: HybridStamp) {
        if stamp.wall_us() > self.since_stamp_us() {
            *self = Self::begin(stamp);
        }
    }

    fn now_us(&self) -> u64 {
        self.since_stamp_us().max(wall_us())
    }
}

impl Service {
    /// Begins with a state that includes all up to an entry, in a new life.
    pub(super) fn new(life: u64, state: State, applied: LogId) -> Self {
        Self {
            applied,
            applied_bytes: 0,
            outbox: Outbox::new(life),
            reads: Reads::new(life),
            // How far other nodes' clocks are ahead does not matter: the log decides what time it is.
            clock: HybridClock::recover(u64::MAX, state.now()),
            time: LogTime::begin(state.now()),
            state,
        }
    }

    /// Applies entries that are committed, and answers the clients whose commands they are.
    pub(super) fn apply(&mut self, entries: &Entries<'_, Proposal>) {
        for (id, proposal) in entries.iter() {
            self.applied = id;
            let Some(proposal) = proposal else { continue }; // a new leader's blank
            self.applied_bytes = self.applied_bytes.saturating_add(proposal.size());
            // A clock at its end stays there.
            self.time.see(proposal.stamp);
            let _ = self.clock.receive(self.time.now_us(), proposal.stamp);
            let reply = match postcard::from_bytes::<Write>(&proposal.command) {
                Ok(command) => self.state.apply(proposal.stamp, &command),
                Err(error) => {
                    // The same on every node, as they run the same version.
                    error!(index = id.index, %error, "a command that nobody understands is passed over");
                    Reply::Error("ERR the command cannot be decoded".into())
                }
            };
            self.outbox.settle(proposal.ticket, reply);
        }
    }

    /// Puts a snapshot in place of the state.
    pub(super) fn install(&mut self, last: LogId, state: State) {
        self.state = state;
        self.applied = last;
        self.applied_bytes = 0;
        self.outbox.skip();
    }

    /// A proposal of this node as the leader, at this time.
    pub(super) fn propose(&mut self, ticket: Ticket, command: bytes::Bytes) -> Proposal {
        let last = self.clock.last();
        let stamp = self.clock.tick(self.time.now_us()).unwrap_or(last);
        Proposal { stamp, ticket, command }
    }

    /// In how many microseconds the next key ends.
    pub(super) fn next_end_us(&self) -> Option<u64> {
        let at_us = self.state.next_deadline_us()?;
        Some(at_us.saturating_sub(self.time.now_us()))
    }
}

/// The wall clock. Before 1970 it stands still.
fn wall_us() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use synod_consensus_core::raft::Entry;
    use tokio::sync::oneshot;

    use super::*;
    use crate::state::command::{End, Read, Set};

    const MINUTE_US: u64 = 60_000_000;
    const ASKED: Ticket = Ticket { life: 7, number: 1 };

    fn apply(service: &mut Service, index: u64, stamp_us: u64, command: &Write) {
        let stamp = HybridStamp::from_wall_us(stamp_us).unwrap();
        let command = Bytes::from(postcard::to_stdvec(command).unwrap());
        let payload = Some(Proposal { stamp, ticket: ASKED, command });
        service.apply(&Entries::new(index, &[Entry { term: 3, payload }], &[]));
    }

    fn set(end: End) -> Write {
        let (key, value) = (Bytes::from("key"), Bytes::from("value"));
        Write::Set(Set { key, value, end, only_if: None, returns_old: false })
    }

    #[test]
    fn time_goes_on_when_the_wall_clock_was_set_back() {
        let mut service = Service::new(7, State::new(), LogId::START);
        let ahead_us = wall_us() + 60 * MINUTE_US;
        apply(&mut service, 1, ahead_us, &set(End::In(MINUTE_US)));
        let left_us = service.next_end_us().unwrap();
        assert!(left_us <= MINUTE_US, "not an hour and a minute, but {left_us}");
        let next = service.propose(ASKED, Bytes::new()).stamp;
        assert!((ahead_us..ahead_us + MINUTE_US).contains(&next.wall_us()));
    }

    #[test]
    fn reads_see_what_the_log_has_ended_and_not_what_a_clock_says() {
        let mut service = Service::new(7, State::new(), LogId::START);
        let past_us = wall_us() - 60 * MINUTE_US;
        apply(&mut service, 1, past_us, &set(End::In(MINUTE_US)));
        assert_eq!(service.next_end_us(), Some(0), "the log is to say so");
        let get = Read::Get(Bytes::from("key"));
        assert_eq!(service.state.read(&get), Reply::Bulk(Bytes::from("value")));
        apply(&mut service, 2, past_us + MINUTE_US, &Write::Tick);
        assert_eq!(service.state.read(&get), Reply::Nil);
    }

    #[test]
    fn a_snapshot_leaves_nobody_in_the_belief_that_nothing_happened() {
        let mut service = Service::new(7, State::new(), LogId::START);
        let (reply, mut client) = oneshot::channel();
        service.outbox.push(0, Bytes::from("command"), reply);
        service.outbox.next(3, 0).unwrap();
        service.outbox.sent(1);
        service.install(LogId { term: 5, index: 9 }, State::new());
        assert_eq!(client.try_recv(), Ok(Reply::UNKNOWN));
        assert_eq!(service.outbox.next(6, service.applied.term), None);
    }
}

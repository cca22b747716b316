//! Leases: holders and grantors that are called in any order, with messages of any bytes.

use arbitrary::Arbitrary;
use synod_failure_detect::{
    FencedResource, FencingToken, Grantor, GrantorConfig, GrantorOutput, Lease, LeaseBody,
    LeaseConfig, LeaseMessage, LeaseOutput, Majority, NodeSet,
};

use crate::edge::Edge;

const GRANTORS: usize = 3;

/// What two holders and three grantors are like, and what befalls them.
#[derive(Arbitrary, Debug)]
pub struct LeaseScenario {
    duration_us: u64,
    max_drift_ppm: u32,
    clock_step_us: u16,
    retry_us: u32,
    block: u8,
    calls: Vec<Call>,
}

#[derive(Arbitrary, Clone, Debug)]
enum Call {
    Acquire {
        holder: bool,
        time: Time,
    },
    Release {
        holder: bool,
        time: Time,
    },
    Timeout {
        holder: bool,
        time: Time,
    },
    Token {
        holder: bool,
        time: Time,
    },
    /// One of the messages that were sent, to whom it was for: once more if need be.
    Deliver {
        index: u8,
        time: Time,
    },
    ToHolder {
        holder: bool,
        from: u8,
        time: Time,
        crafted: Crafted,
    },
    ToGrantor {
        grantor: u8,
        from: bool,
        time: Time,
        crafted: Crafted,
    },
    Persisted {
        grantor: u8,
        bound: Option<Edge>,
    },
    Restart {
        grantor: u8,
        wrote: bool,
        time: Time,
    },
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Time {
    Now,
    Later(u32),
    Due,
    Any(Edge),
}

/// A message that nobody sent.
#[derive(Arbitrary, Clone, Debug)]
enum Crafted {
    Bytes(Vec<u8>),
    Fields { start: bool, round: Edge, kind: u8, token: Edge, time: Edge },
}

#[derive(Clone, Copy)]
enum Sent {
    ToHolder { to: usize, from: usize, message: LeaseMessage },
    ToGrantor { to: usize, from: usize, message: LeaseMessage },
}

struct World {
    now_us: u64,
    holders: [Lease<Majority, GRANTORS>; 2],
    grantors: [Grantor<usize>; GRANTORS],
    /// Of each grantor, the bound on the disk, and the largest token granted.
    disks: [(u64, u64); GRANTORS],
    told: [Option<FencingToken>; 2],
    sent: Vec<Sent>,
    resource: FencedResource,
    config: GrantorConfig,
}

impl LeaseScenario {
    /// Runs the calls, if the configuration is one.
    pub fn check(&self) {
        let config = LeaseConfig {
            resource: 1,
            start: 1,
            seed: 7,
            duration_us: self.duration_us,
            max_drift_ppm: self.max_drift_ppm,
            clock_step_us: self.clock_step_us.into(),
            retry_us: self.retry_us.into(),
        };
        assert!(config.belief_us() < self.duration_us.max(1));
        let majority = Majority::new(NodeSet::first(GRANTORS).unwrap()).unwrap();
        let made = [7, 8].map(|seed| Lease::new(LeaseConfig { seed, ..config }, majority).ok());
        let [Some(first), Some(second)] = made else { return };
        let block = u64::from(self.block).saturating_add(1).try_into().unwrap();
        let config = GrantorConfig { resource: 1, max_duration_us: self.duration_us, block };
        let mut world = World {
            now_us: 0,
            holders: [first, second],
            grantors: [(); GRANTORS].map(|()| Grantor::new(config)),
            disks: [(0, 0); GRANTORS],
            told: [None; 2],
            sent: Vec::new(),
            resource: FencedResource::new(),
            config,
        };
        // The first bounds are written.
        for index in 0..GRANTORS {
            world.drain_grantor(index);
            world.apply(&Call::Persisted { grantor: index as u8, bound: None });
        }
        for call in &self.calls {
            world.apply(call);
            (0..2).for_each(|holder| world.drain_holder(holder));
            (0..GRANTORS).for_each(|grantor| world.drain_grantor(grantor));
        }
    }
}

impl World {
    fn apply(&mut self, call: &Call) {
        match call {
            Call::Acquire { holder, time } => {
                let now_us = self.time(*time, usize::from(*holder));
                self.holders[usize::from(*holder)].acquire(now_us);
            }
            Call::Release { holder, time } => {
                let now_us = self.time(*time, usize::from(*holder));
                let lease = &mut self.holders[usize::from(*holder)];
                lease.release(now_us);
                assert_eq!((lease.held_until_us(), lease.poll_timeout()), (None, None));
                self.told[usize::from(*holder)] = None;
            }
            Call::Timeout { holder, time } => {
                let now_us = self.time(*time, usize::from(*holder));
                self.holders[usize::from(*holder)].handle_timeout(now_us);
            }
            Call::Token { holder, time } => {
                let now_us = self.time(*time, usize::from(*holder));
                let lease = &mut self.holders[usize::from(*holder)];
                let held = lease.token_at(now_us);
                assert_eq!(held.is_some(), lease.held_until_us().is_some());
                assert!(lease.held_until_us().is_none_or(|until_us| now_us < until_us));
                if let Some(token) = held {
                    let highest = self.resource.highest();
                    assert_eq!(self.resource.admit(token).is_ok(), highest <= Some(token));
                    assert_eq!(self.resource.highest(), highest.max(Some(token)));
                }
            }
            Call::Deliver { index, time } => self.deliver(*index, *time),
            Call::ToHolder { holder, from, time, crafted } => {
                let now_us = self.time(*time, usize::from(*holder));
                if let Some(message) = crafted.message() {
                    self.hand_to_holder(usize::from(*holder), now_us, (*from).into(), message);
                }
            }
            Call::ToGrantor { grantor, from, time, crafted } => {
                let now_us = self.time(*time, 0);
                if let Some(message) = crafted.message() {
                    let grantor = usize::from(*grantor) % GRANTORS;
                    self.hand_to_grantor(grantor, now_us, usize::from(*from), message);
                }
            }
            Call::Persisted { grantor, bound } => {
                let index = usize::from(*grantor) % GRANTORS;
                let grantor = &mut self.grantors[index];
                let (pending, before) = (grantor.pending(), grantor.clone());
                let Some(bound) = bound.map_or(pending, |edge| Some(edge.0)) else { return };
                let taken = grantor.handle_persisted(bound).is_ok();
                assert_eq!(taken, pending == Some(bound));
                if taken {
                    self.disks[index].0 = bound;
                } else {
                    assert_eq!(*grantor, before);
                }
            }
            Call::Restart { grantor, wrote, time } => {
                let index = usize::from(*grantor) % GRANTORS;
                let now_us = self.time(*time, 0);
                if let Some(bound) = self.grantors[index].pending().filter(|_| *wrote) {
                    self.disks[index].0 = bound;
                }
                self.grantors[index] = Grantor::recover(now_us, self.config, self.disks[index].0);
                assert_eq!(self.grantors[index].holder_at(now_us), None);
            }
        }
    }

    fn time(&mut self, time: Time, holder: usize) -> u64 {
        self.now_us = match time {
            Time::Now => self.now_us,
            Time::Later(us) => self.now_us.saturating_add(us.into()),
            Time::Due => self.holders[holder].poll_timeout().unwrap_or(self.now_us),
            Time::Any(edge) => edge.0,
        };
        self.now_us
    }

    fn deliver(&mut self, index: u8, time: Time) {
        // The latest are the first.
        let place = self.sent.len().checked_sub(usize::from(index) + 1);
        match place.map(|place| self.sent[place]) {
            Some(Sent::ToHolder { to, from, message }) => {
                let now_us = self.time(time, to);
                self.hand_to_holder(to, now_us, from, message);
            }
            Some(Sent::ToGrantor { to, from, message }) => {
                let now_us = self.time(time, from);
                self.hand_to_grantor(to, now_us, from, message);
            }
            None => {}
        }
    }

    /// What is refused changes nothing but the time.
    fn hand_to_holder(&mut self, to: usize, now_us: u64, from: usize, message: LeaseMessage) {
        let mut before = self.holders[to].clone();
        before.token_at(now_us);
        if self.holders[to].handle_message(now_us, from, message).is_err() {
            assert_eq!(self.holders[to], before);
        }
    }

    fn hand_to_grantor(&mut self, to: usize, now_us: u64, from: usize, message: LeaseMessage) {
        let before = self.grantors[to].clone();
        let running = before.holder_at(now_us);
        let taken = self.grantors[to].handle_message(now_us, from, message).is_ok();
        let after = self.grantors[to].holder_at(now_us);
        if !taken {
            assert_eq!(after, running);
            assert_eq!(self.grantors[to].pending(), before.pending());
        }
        // The lease of one holder is never another's while it runs, nor under a smaller token.
        if let (Some((before, first)), Some((after, second))) = (running, after) {
            assert!(before == after && first <= second);
        }
    }

    fn drain_holder(&mut self, from: usize) {
        while let Some(output) = self.holders[from].poll_output() {
            match output {
                LeaseOutput::Acquired(token) => {
                    assert_eq!(self.told[from].replace(token), None);
                }
                LeaseOutput::Lost(token) => assert_eq!(self.told[from].take(), Some(token)),
                LeaseOutput::Send { to, message } => {
                    let kind = message.body;
                    let is_right =
                        matches!(kind, LeaseBody::Request { .. } | LeaseBody::Release { .. });
                    assert!(is_right && to < GRANTORS);
                    self.sent.push(Sent::ToGrantor { to, from, message });
                }
            }
        }
        assert_eq!(self.told[from].is_some(), self.holders[from].held_until_us().is_some());
    }

    fn drain_grantor(&mut self, from: usize) {
        while let Some(output) = self.grantors[from].poll_output() {
            match output {
                GrantorOutput::Persist(bound) => {
                    assert!(bound > self.disks[from].0);
                    assert_eq!(self.grantors[from].pending(), Some(bound));
                }
                GrantorOutput::Send { to, message } => {
                    if let LeaseBody::Granted { token } = message.body {
                        let (disk, granted) = &mut self.disks[from];
                        assert!(token.get() <= *disk && token.get() >= *granted);
                        *granted = token.get();
                    }
                    self.sent.push(Sent::ToHolder { to, from, message });
                }
            }
        }
    }
}

impl Crafted {
    fn message(&self) -> Option<LeaseMessage> {
        let (start, round, kind, token, time_us) = match self {
            Self::Bytes(bytes) => return decode(bytes),
            Self::Fields { start, round, kind, token, time } => {
                (u64::from(*start), round.0, *kind, FencingToken::new(token.0), time.0)
            }
        };
        let body = match (kind % 4, token) {
            (0, highest) => LeaseBody::Refused { highest, wait_us: time_us },
            (_, None) => return None,
            (1, Some(token)) => LeaseBody::Granted { token },
            (2, Some(token)) => LeaseBody::Release { token },
            (_, Some(token)) => LeaseBody::Request { token, duration_us: time_us },
        };
        Some(LeaseMessage { resource: 1, start, round, body })
    }
}

/// What decodes encodes to no more than it says, and decodes to itself.
fn decode(bytes: &[u8]) -> Option<LeaseMessage> {
    let message: LeaseMessage = postcard::from_bytes(bytes).ok()?;
    let mut buffer = [0; LeaseMessage::MAX_BYTES];
    let encoded = postcard::to_slice(&message, &mut buffer).unwrap();
    assert_eq!(postcard::from_bytes(encoded), Ok(message));
    Some(message)
}

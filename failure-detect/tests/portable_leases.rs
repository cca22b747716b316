//! The scenario of leases, f15, on the host and on boards.
//!
//! Nothing here needs more than `core`. The host runs each function as a test of its own; the
//! firmware in `examples/board` includes this file and runs [`SUITE`].
#![allow(clippy::unwrap_used)] // A test may panic.
#![allow(clippy::arithmetic_side_effects, clippy::cast_possible_truncation)]

#[macro_use]
mod suite;

use synod_failure_detect::{
    FencingToken, Grantor, GrantorConfig, GrantorOutput, Lease, LeaseBody, LeaseConfig,
    LeaseMessage, LeaseOutput, Majority, NodeSet,
};

const SECOND_US: u64 = 1_000_000;

/// What a lease's holder and its grantor count with: the slowest clock that is allowed, and the
/// fastest.
#[derive(Clone, Copy)]
struct Clocks {
    drift_ppm: u32,
    step_us: u32,
}

impl Clocks {
    fn slow(self, true_us: u64) -> u64 {
        self.read(true_us * (SECOND_US - u64::from(self.drift_ppm)) / SECOND_US)
    }

    fn fast(self, true_us: u64) -> u64 {
        self.read(true_us * (SECOND_US + u64::from(self.drift_ppm)) / SECOND_US)
    }

    fn read(self, counted_us: u64) -> u64 {
        counted_us - counted_us % u64::from(self.step_us)
    }
}

type Sole = Lease<Majority, 1>;

fn lease(start: u64, clocks: Clocks) -> Sole {
    let config = LeaseConfig {
        resource: 9,
        start,
        seed: start,
        duration_us: 2 * SECOND_US,
        max_drift_ppm: clocks.drift_ppm,
        clock_step_us: clocks.step_us,
        retry_us: 100_000,
    };
    Lease::new(config, Majority::new(NodeSet::first(1).unwrap()).unwrap()).unwrap()
}

fn grantor_config() -> GrantorConfig {
    let block = 10.try_into().unwrap();
    GrantorConfig { resource: 9, max_duration_us: 2 * SECOND_US, block }
}

/// Hands over all messages, which take no time; gives the token if it is acquired.
fn exchange(
    lease: &mut Sole,
    (id, holder_us): (u8, u64),
    grantor: &mut Grantor<u8>,
    grantor_us: u64,
) -> Option<FencingToken> {
    let mut acquired = None;
    while let Some(output) = lease.poll_output() {
        match output {
            LeaseOutput::Acquired(token) => acquired = Some(token),
            LeaseOutput::Lost(_) => acquired = None,
            LeaseOutput::Send { message, .. } => {
                grantor.handle_message(grantor_us, id, message).unwrap();
                while let Some(output) = grantor.poll_output() {
                    // A bound to write is `pending` until it is.
                    if let GrantorOutput::Send { message, .. } = output {
                        lease.handle_message(holder_us, 0, message).unwrap();
                    }
                }
            }
        }
    }
    acquired
}

/// A grantor whose first bound is written.
fn first_grantor() -> Grantor<u8> {
    let mut grantor = Grantor::new(grantor_config());
    assert_eq!(grantor.poll_output(), Some(GrantorOutput::Persist(10)));
    grantor.handle_persisted(10).unwrap();
    grantor
}

/// The first true time at which this holds, of what never ceases to hold.
fn first_time(holds: impl Fn(u64) -> bool) -> u64 {
    let (mut low, mut high) = (0, 100 * SECOND_US);
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(middle) { high = middle } else { low = middle + 1 }
    }
    low
}

/// Whether a grantor would give it to somebody else, at a reading of its clock.
fn is_free(grantor: &Grantor<u8>, now_us: u64) -> bool {
    let mut grantor = grantor.clone();
    let token = FencingToken::new(20).unwrap();
    let body = LeaseBody::Request { token, duration_us: SECOND_US };
    let request = LeaseMessage { resource: 9, start: 1, round: 1, body };
    grantor.handle_message(now_us, 2, request).unwrap();
    match grantor.poll_output() {
        Some(GrantorOutput::Send { message, .. }) => {
            matches!(message.body, LeaseBody::Granted { .. })
        }
        // Once its bound is written.
        Some(GrantorOutput::Persist(_)) => true,
        None => false,
    }
}

/// With the slowest clock that is allowed for the holder, the fastest for the grantor, and no delay
/// between them, the holder stops before another can be granted anything, though not long before.
/// So it does if the grantor restarts.
fn f15_the_holder_stops_before_its_grantor() {
    for (drift_ppm, step_us) in [(0, 1), (50, 1), (20_000, 1), (500_000, 1), (200, 10_000)] {
        let clocks = Clocks { drift_ppm, step_us };
        for start_us in [0, 1, 777, 19_999, 20_000, 3 * SECOND_US + 1] {
            let mut grantor = first_grantor();
            let mut holder = lease(1, clocks);
            let times = (clocks.slow(start_us), clocks.fast(start_us));
            holder.acquire(times.0);
            let acquired = exchange(&mut holder, (1, times.0), &mut grantor, times.1);
            assert_eq!(acquired, FencingToken::new(1));

            let stops = first_time(|true_us| {
                true_us > start_us && holder.clone().token_at(clocks.slow(true_us)).is_none()
            });
            let mut restarted = Grantor::recover(times.1, grantor_config(), 10);
            assert_eq!(restarted.poll_output(), Some(GrantorOutput::Persist(20)));
            restarted.handle_persisted(20).unwrap();
            for grantor in [grantor, restarted] {
                let frees = first_time(|true_us| {
                    true_us > start_us && is_free(&grantor, clocks.fast(true_us))
                });
                assert!(stops <= frees, "{drift_ppm} {step_us} {start_us}: {stops} {frees}");
                assert!(frees < stops + 8 + 4 * u64::from(step_us), "{stops} {frees}");
            }
        }
    }
}

/// Holders and the grantor restart again and again, and bounds are written or lost: no token is
/// granted twice, and each is larger than those before.
fn f15_tokens_survive_restarts() {
    let clocks = Clocks { drift_ppm: 200, step_us: 1 };
    let mut grantor = first_grantor();
    let (mut disk, mut last, mut now_us) = (10, None, 0);
    for round in 0..60_u64 {
        // Each holder has restarted, and knows nothing.
        let mut holder = lease(round, clocks);
        holder.acquire(now_us);
        let id = (round % 3) as u8;
        let mut acquired = None;
        for _ in 0..200 {
            let token = exchange(&mut holder, (id, now_us), &mut grantor, now_us);
            acquired = token.or(acquired);
            if let Some(bound) = grantor.pending() {
                disk = bound;
                grantor.handle_persisted(bound).unwrap();
            }
            if acquired.is_some() {
                break;
            }
            now_us = holder.poll_timeout().unwrap().max(now_us);
            holder.handle_timeout(now_us);
        }
        assert!(acquired.is_some() && acquired > last, "{acquired:?} after {last:?}");
        last = acquired;
        if round % 4 == 3 {
            grantor = Grantor::recover(now_us, grantor_config(), disk);
            // A bound that was asked for, and written by nobody.
            assert!(matches!(grantor.poll_output(), Some(GrantorOutput::Persist(_))));
            if round % 8 == 3 {
                grantor = Grantor::recover(now_us, grantor_config(), disk);
            } else {
                disk = grantor.pending().unwrap();
                grantor.handle_persisted(disk).unwrap();
            }
        }
    }
}

suite! {
    f15_the_holder_stops_before_its_grantor
    f15_tokens_survive_restarts
}

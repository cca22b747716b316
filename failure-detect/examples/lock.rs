//! A lock with three grantors, of which one is down, and a holder that is stopped at the worst
//! moment: `cargo run -p synod-failure-detect --example lock`.
//!
//! Ann looks at her lease, finds that she holds it, and is stopped before her write arrives. Her
//! lease ends, Bob gets the lock and writes. Then Ann's write arrives: it is refused, by its token.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects)] // An example may panic.

use core::num::NonZeroU64;

use synod_failure_detect::{
    FencedResource, FencingToken, Grantor, GrantorConfig, GrantorOutput, Lease, LeaseConfig,
    LeaseOutput, Majority, NodeSet, StaleToken,
};

const SECOND_US: u64 = 1_000_000;

/// A file that knows the token of who wrote it last.
struct File {
    text: String,
    fence: FencedResource,
}

impl File {
    fn write(&mut self, token: FencingToken, text: &str) -> Result<(), StaleToken> {
        self.fence.admit(token)?;
        self.text = text.to_owned();
        Ok(())
    }
}

struct Holder {
    name: &'static str,
    lease: Lease<Majority, 3>,
}

impl Holder {
    fn new(name: &'static str, seed: u64) -> Self {
        let config = LeaseConfig {
            resource: 1,
            start: 1,
            seed,
            duration_us: 10 * SECOND_US,
            max_drift_ppm: 500,
            clock_step_us: 1,
            retry_us: SECOND_US,
        };
        let grantors = Majority::new(NodeSet::first(3).unwrap()).unwrap();
        Self { name, lease: Lease::new(config, grantors).unwrap() }
    }

    /// Carries all messages, in no time. The third grantor is down.
    fn talk(&mut self, now_us: u64, grantors: &mut [Grantor<&'static str>; 2]) {
        while let Some(output) = self.lease.poll_output() {
            match output {
                LeaseOutput::Acquired(token) => self.say(now_us, &format!("holds {token}")),
                LeaseOutput::Lost(token) => self.say(now_us, &format!("has lost {token}")),
                LeaseOutput::Send { to, message } => {
                    let Some(grantor) = grantors.get_mut(to) else { continue };
                    grantor.handle_message(now_us, self.name, message).unwrap();
                    while let Some(output) = grantor.poll_output() {
                        match output {
                            GrantorOutput::Persist(bound) => {
                                grantor.handle_persisted(bound).unwrap();
                            }
                            GrantorOutput::Send { message, .. } => {
                                self.lease.handle_message(now_us, to, message).unwrap();
                            }
                        }
                    }
                }
            }
        }
    }

    fn say(&self, now_us: u64, what: &str) {
        println!("{:5.1} s  {} {what}", now_us as f64 / 1e6, self.name);
    }
}

fn main() {
    let config = GrantorConfig {
        resource: 1,
        max_duration_us: 10 * SECOND_US,
        block: NonZeroU64::new(1_000).unwrap(),
    };
    let mut grantors = [(); 2].map(|()| Grantor::new(config));
    for grantor in &mut grantors {
        while let Some(GrantorOutput::Persist(bound)) = grantor.poll_output() {
            grantor.handle_persisted(bound).unwrap();
        }
    }
    let mut file = File { text: String::new(), fence: FencedResource::new() };

    let (mut ann, mut bob) = (Holder::new("Ann", 1), Holder::new("Bob", 2));
    ann.lease.acquire(0);
    ann.talk(0, &mut grantors);
    bob.lease.acquire(SECOND_US);
    bob.talk(SECOND_US, &mut grantors);

    let mut now_us = 2 * SECOND_US;
    let stamped = ann.lease.token_at(now_us).unwrap();
    ann.say(now_us, &format!("holds {stamped}, and is stopped before she writes"));

    let bobs = loop {
        now_us = bob.lease.poll_timeout().unwrap().max(now_us);
        bob.lease.handle_timeout(now_us);
        bob.talk(now_us, &mut grantors);
        if let Some(token) = bob.lease.token_at(now_us) {
            break token;
        }
    };
    file.write(bobs, "Bob was here").unwrap();
    bob.say(now_us, "writes");

    now_us += SECOND_US;
    let late = file.write(stamped, "Ann was here").unwrap_err();
    ann.say(now_us, &format!("is refused: {late}"));
    assert_eq!((file.text.as_str(), ann.lease.token_at(now_us)), ("Bob was here", None));
    ann.talk(now_us, &mut grantors);
}

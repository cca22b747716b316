//! A world of holders and grantors in true time, and what must hold in it.

use std::collections::BTreeMap;

use synod_failure_detect::{
    FencedResource, FencingToken, Grantor, GrantorConfig, GrantorOutput, Lease, LeaseConfig,
    LeaseMessage, LeaseOutput, Majority, NodeSet,
};

const DURATION_US: u64 = 100_000;
const RETRY_US: u64 = 8_000;
const ONE_WAY_US: [u64; 3] = [500, 2_000, 3_900];
const MILLION: u64 = 1_000_000;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Terms {
    pub(crate) seed: u64,
    pub(crate) holders: usize,
    pub(crate) grantors: usize,
    pub(crate) drift_ppm: u32,
    pub(crate) step_us: u32,
    pub(crate) block: u64,
    /// Whether clocks are out of what the holders were promised.
    pub(crate) is_lawless: bool,
}

/// In hundredths of messages, or of steps.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Faults {
    pub(crate) lost: u64,
    pub(crate) doubled: u64,
    pub(crate) late: u64,
    pub(crate) crashes: u64,
    pub(crate) releases: u64,
    pub(crate) cuts: u64,
}

/// A clock of a node, from its start.
#[derive(Clone, Copy, Debug)]
struct Clock {
    started_us: u64,
    origin_us: u64,
    /// Counted in a million true microseconds.
    rate: u64,
    step_us: u64,
}

impl Clock {
    fn read(&self, true_us: u64) -> u64 {
        let passed_us = (true_us - self.started_us) * self.rate / MILLION;
        let counted_us = self.origin_us + passed_us;
        counted_us - counted_us % self.step_us
    }

    /// The first true time at which it reads so.
    fn reads_at(&self, due_us: u64) -> u64 {
        let due_us = due_us.next_multiple_of(self.step_us);
        let passed_us = due_us.saturating_sub(self.origin_us);
        self.started_us + (passed_us * MILLION).div_ceil(self.rate)
    }
}

type Machine = Lease<Majority, 5>;

struct Holder {
    machine: Machine,
    clock: Clock,
    start: u64,
    /// Until then, it hears nothing and is not heard.
    cut_until_us: u64,
}

struct Granting {
    /// None while it is down.
    up: Option<(Grantor<usize>, Clock)>,
    disk: u64,
}

#[derive(Clone, Copy, Debug)]
enum Event {
    ToGrantor {
        to: usize,
        from: usize,
        message: LeaseMessage,
    },
    /// To the holder as of then: a restarted one has the same address.
    ToHolder {
        to: usize,
        from: usize,
        message: LeaseMessage,
    },
    /// A write that a holder has sent, stamped with its token.
    Write {
        token: FencingToken,
    },
    Persisted {
        grantor: usize,
        bound: u64,
    },
    Wake {
        holder: usize,
    },
    Recover {
        grantor: usize,
    },
    Fault,
}

pub(crate) struct World {
    terms: Terms,
    faults: Faults,
    chance: u64,
    now_us: u64,
    events: BTreeMap<(u64, u64), Event>,
    number: u64,
    holders: Vec<Holder>,
    grantors: Vec<Granting>,
    resource: FencedResource,
    /// Of the resource's own account: the largest token that wrote.
    written: u64,
    /// The tokens that were acquired, in order.
    acquired: Vec<FencingToken>,
}

impl World {
    pub(crate) fn new(terms: Terms) -> Self {
        let mut world = Self {
            terms,
            faults: Faults::default(),
            chance: terms.seed,
            now_us: 0,
            events: BTreeMap::new(),
            number: 0,
            holders: Vec::new(),
            grantors: Vec::new(),
            resource: FencedResource::new(),
            written: 0,
            acquired: Vec::new(),
        };
        for index in 0..terms.grantors {
            let up = Some((Grantor::new(world.grantor_config()), world.clock()));
            world.grantors.push(Granting { up, disk: 0 });
            world.drain_grantor(index);
        }
        for index in 0..terms.holders {
            let holder = world.start_holder(1);
            world.holders.push(holder);
            world.acquire(index);
        }
        world
    }

    /// Lets time pass, with faults.
    pub(crate) fn run(&mut self, faults: Faults, length_us: u64) {
        self.faults = faults;
        let end_us = self.now_us + length_us;
        self.after(0, Event::Fault);
        self.run_until(end_us, |_| false);
        self.faults = Faults::default();
    }

    /// Without faults, somebody holds the lease before long.
    pub(crate) fn settle(&mut self) {
        for holder in 0..self.terms.holders {
            self.acquire(holder);
        }
        for grantor in 0..self.terms.grantors {
            self.recover(grantor);
        }
        self.somebody_holds();
        // What was sent long ago may still arrive, and grantors that restarted do not know the
        // token: that may cost the lease once more.
        self.run_until(self.now_us + 10 * DURATION_US, |_| false);
        self.somebody_holds();
        let before = self.acquired.len();
        self.run_until(self.now_us + 5 * DURATION_US, |_| false);
        assert_eq!((self.believers(), self.acquired.len()), (1, before), "it was lost");
    }

    fn somebody_holds(&mut self) {
        // The silence of grantors, a lease that nobody has, what is under way, and some attempts.
        let slowest = MILLION - u64::from(self.terms.drift_ppm);
        let bound_us = (3 * DURATION_US + 60 * RETRY_US) * MILLION / slowest + 3 * DURATION_US;
        self.run_until(self.now_us + bound_us, |world| world.believers() > 0);
        assert_eq!(self.believers(), 1, "nobody holds it after {bound_us} µs");
    }

    fn run_until(&mut self, end_us: u64, is_done: impl Fn(&Self) -> bool) {
        while let Some((&(at_us, number), &event)) = self.events.first_key_value() {
            if at_us > end_us || is_done(self) {
                break;
            }
            self.events.remove(&(at_us, number));
            self.now_us = at_us;
            self.handle(event);
            self.check();
        }
    }

    /// How many believe that they hold the lease, at this instant.
    fn believers(&self) -> usize {
        let believes = |holder: &&Holder| {
            holder.machine.clone().token_at(holder.clock.read(self.now_us)).is_some()
        };
        self.holders.iter().filter(believes).count()
    }

    fn check(&self) {
        assert!(self.terms.is_lawless || self.believers() <= 1, "two believe at {}", self.now_us);
    }

    fn handle(&mut self, event: Event) {
        match event {
            Event::ToGrantor { to, from, message } => {
                let Some((machine, clock)) = &mut self.grantors[to].up else { return };
                machine.handle_message(clock.read(self.now_us), from, message).unwrap();
                self.drain_grantor(to);
            }
            Event::ToHolder { to, from, message } => {
                let Holder { machine, clock, cut_until_us, .. } = &mut self.holders[to];
                if self.now_us < *cut_until_us {
                    return;
                }
                // Late ones are refused.
                let _ = machine.handle_message(clock.read(self.now_us), from, message);
                self.drain_holder(to);
            }
            Event::Write { token } => {
                let admitted = self.resource.admit(token).is_ok();
                assert_eq!(admitted, token.get() >= self.written);
                self.written = self.written.max(token.get());
            }
            Event::Persisted { grantor, bound } => {
                if let Some((machine, _)) = &mut self.grantors[grantor].up {
                    if machine.pending() == Some(bound) {
                        self.grantors[grantor].disk = bound;
                        let (machine, _) = self.grantors[grantor].up.as_mut().unwrap();
                        machine.handle_persisted(bound).unwrap();
                    }
                }
                self.drain_grantor(grantor);
            }
            Event::Wake { holder } => {
                let Holder { machine, clock, .. } = &mut self.holders[holder];
                let now_us = clock.read(self.now_us);
                if machine.poll_timeout().is_some_and(|due_us| due_us <= now_us) {
                    machine.handle_timeout(now_us);
                    self.drain_holder(holder);
                }
            }
            Event::Recover { grantor } => self.recover(grantor),
            Event::Fault => self.fault(),
        }
    }

    /// Something befalls somebody.
    fn fault(&mut self) {
        if self.below(100) < self.faults.crashes {
            let node = self.below((self.terms.holders + self.terms.grantors) as u64) as usize;
            if node < self.terms.holders {
                let start = self.holders[node].start + 1;
                self.holders[node] = self.start_holder(start);
                self.acquire(node);
            } else {
                self.crash_grantor(node - self.terms.holders);
            }
        }
        if self.below(100) < self.faults.releases {
            let holder = self.below(self.terms.holders as u64) as usize;
            let Holder { machine, clock, .. } = &mut self.holders[holder];
            machine.release(clock.read(self.now_us));
            self.drain_holder(holder);
            let now_us = self.holders[holder].clock.read(self.now_us);
            self.holders[holder].machine.acquire(now_us);
            self.drain_holder(holder);
        }
        if self.below(100) < self.faults.cuts {
            let holder = self.below(self.terms.holders as u64) as usize;
            self.holders[holder].cut_until_us = self.now_us + self.below(3 * DURATION_US);
        }
        let next_us = self.below(20_000);
        self.after(next_us, Event::Fault);
    }

    fn crash_grantor(&mut self, grantor: usize) {
        let Some((machine, _)) = self.grantors[grantor].up.take() else { return };
        // A write that was under way may be on the disk, or not.
        if let Some(bound) = machine.pending().filter(|_| self.below(2) == 0) {
            self.grantors[grantor].disk = bound;
        }
        let down_us = self.below(2) * self.below(DURATION_US);
        self.after(down_us, Event::Recover { grantor });
    }

    fn recover(&mut self, grantor: usize) {
        if self.grantors[grantor].up.is_none() {
            let clock = self.clock();
            let (config, disk) = (self.grantor_config(), self.grantors[grantor].disk);
            let machine = Grantor::recover(clock.read(self.now_us), config, disk);
            self.grantors[grantor].up = Some((machine, clock));
            self.drain_grantor(grantor);
        }
    }

    fn acquire(&mut self, holder: usize) {
        let Holder { machine, clock, .. } = &mut self.holders[holder];
        machine.acquire(clock.read(self.now_us));
        self.drain_holder(holder);
    }

    fn drain_holder(&mut self, from: usize) {
        while let Some(output) = self.holders[from].machine.poll_output() {
            match output {
                LeaseOutput::Acquired(token) => {
                    let is_larger = self.acquired.iter().all(|earlier| *earlier < token);
                    assert!(
                        is_larger || self.terms.is_lawless,
                        "{token} after {:?}",
                        self.acquired
                    );
                    assert!(!self.acquired.contains(&token), "{token} twice");
                    self.acquired.push(token);
                    let delay_us = self.below(3 * DURATION_US);
                    self.after(delay_us, Event::Write { token });
                }
                LeaseOutput::Lost(token) => assert!(self.acquired.contains(&token)),
                LeaseOutput::Send { .. } if self.now_us < self.holders[from].cut_until_us => {}
                LeaseOutput::Send { to, message } => {
                    self.send(Event::ToGrantor { to, from, message });
                }
            }
        }
        let Holder { machine, clock, .. } = &self.holders[from];
        if let Some(due_us) = machine.poll_timeout() {
            let at_us = clock.reads_at(due_us).max(self.now_us);
            // The host is not always awake.
            let late_us = if self.below(10) == 0 { self.below(5_000) } else { 0 };
            self.after(at_us - self.now_us + late_us, Event::Wake { holder: from });
        }
    }

    fn drain_grantor(&mut self, from: usize) {
        while let Some((machine, _)) = &mut self.grantors[from].up {
            match machine.poll_output() {
                None => break,
                Some(GrantorOutput::Persist(bound)) => {
                    let is_slow = self.below(100) < self.faults.late;
                    let delay_us = self.below(if is_slow { 2 * DURATION_US } else { 2_000 });
                    self.after(delay_us, Event::Persisted { grantor: from, bound });
                }
                Some(GrantorOutput::Send { to, message }) => {
                    self.send(Event::ToHolder { to, from, message });
                }
            }
        }
    }

    fn send(&mut self, event: Event) {
        if self.below(100) < self.faults.lost {
            return;
        }
        let copies = if self.below(100) < self.faults.doubled { 2 } else { 1 };
        for _ in 0..copies {
            let is_late = self.below(100) < self.faults.late;
            let one_way_us = ONE_WAY_US[(self.terms.seed % 3) as usize];
            let most_us = if is_late { 3 * DURATION_US } else { one_way_us };
            let delay_us = self.below(most_us);
            self.after(delay_us, event);
        }
    }

    fn start_holder(&mut self, start: u64) -> Holder {
        let config = LeaseConfig {
            resource: 1,
            start,
            seed: self.next(),
            duration_us: DURATION_US,
            max_drift_ppm: self.terms.drift_ppm,
            clock_step_us: self.terms.step_us,
            retry_us: RETRY_US,
        };
        let grantors = NodeSet::first(self.terms.grantors).unwrap();
        let machine = Lease::new(config, Majority::new(grantors).unwrap()).unwrap();
        Holder { machine, clock: self.clock(), start, cut_until_us: 0 }
    }

    fn grantor_config(&self) -> GrantorConfig {
        let block = self.terms.block.try_into().unwrap();
        GrantorConfig { resource: 1, max_duration_us: DURATION_US, block }
    }

    fn clock(&mut self) -> Clock {
        let drift = u64::from(self.terms.drift_ppm);
        // At the bounds more often than not; without law, from half as fast to twice.
        let rate = match (self.terms.is_lawless, self.below(3)) {
            (true, _) => MILLION / 2 + self.below(MILLION * 3 / 2),
            (_, 0) => MILLION - drift,
            (_, 1) => MILLION + drift,
            _ => MILLION - drift + self.below(2 * drift + 1),
        };
        let origin_us = self.below(10 * MILLION);
        let step_us = self.terms.step_us.into();
        Clock { started_us: self.now_us, origin_us, rate, step_us }
    }

    fn after(&mut self, delay_us: u64, event: Event) {
        self.number += 1;
        self.events.insert((self.now_us + delay_us, self.number), event);
    }

    /// SplitMix64 (Steele, Lea, Flood 2014).
    fn next(&mut self) -> u64 {
        self.chance = self.chance.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.chance ^ (self.chance >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        if bound == 0 { 0 } else { self.next() % bound }
    }
}

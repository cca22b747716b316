//! Every detector over any trace, against what all of them promise, and φ against its own number.

use arbitrary::Arbitrary;
use synod_failure_detect::{
    Detector, Exponential, FixedTimeout, Level, Logistic, Model, NfdE, NfdEConfig, Normal, Phi,
    PhiAccrual, PhiConfig, Policy, PolicyError,
};

/// A policy, what the detectors start with, and what happens to a peer.
#[derive(Arbitrary, Debug)]
pub struct PeerScenario {
    start_us: u64,
    thresholds_us: [u32; 2],
    tenths: [u8; 2],
    recover_after: u16,
    max_late_us: u64,
    period_us: u64,
    first_interval_us: u32,
    min_deviation_us: u32,
    acceptable_pause_us: u32,
    steps: Vec<Step>,
}

#[derive(Arbitrary, Clone, Copy, Debug)]
struct Step {
    wait: Wait,
    call: Call,
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Wait {
    None,
    Short(u16),
    Long(u32),
    Until(u64),
    /// To the deadline, or so much beyond it.
    Due(u16),
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Call {
    Next,
    Heartbeat(u64),
    Timeout,
    Pause,
}

impl PeerScenario {
    /// Runs the scenario on each detector.
    pub fn check(&self) {
        let times = self.policy(self.thresholds_us.map(u64::from));
        let is_sorted = self.thresholds_us[0] < self.thresholds_us[1];
        match FixedTimeout::new(self.start_us, times) {
            Ok(peer) => self.run(peer),
            Err(error) => assert!(!is_sorted && error == PolicyError::Unsorted),
        }
        let config = NfdEConfig { policy: times, period_us: self.period_us };
        if let Ok(peer) = NfdE::<3, 2>::new(self.start_us, config) {
            self.run(peer);
        }
        let [Some(first), Some(second)] = self.tenths.map(Phi::from_tenths) else {
            assert!(self.tenths.iter().any(|tenths| !(1..=160).contains(tenths)));
            return;
        };
        let config = PhiConfig {
            policy: self.policy([first, second]),
            first_interval_us: self.first_interval_us,
            min_deviation_us: self.min_deviation_us,
            acceptable_pause_us: self.acceptable_pause_us,
        };
        self.accrual::<Normal>(config);
        self.accrual::<Logistic>(config);
        self.accrual::<Exponential>(config);
    }

    fn policy<T>(&self, thresholds: [T; 2]) -> Policy<T, 2> {
        let (recover_after, max_late_us) = (self.recover_after, self.max_late_us);
        Policy { recover_after, max_late_us, ..Policy::new(thresholds) }
    }

    fn accrual<M: Model>(&self, config: PhiConfig<2>) {
        let Ok(mut peer) = PhiAccrual::<M, 4, 2>::new(self.start_us, config) else {
            assert!(config.policy.thresholds[0] >= config.policy.thresholds[1]);
            return;
        };
        self.run(peer.clone());
        let (mut now_us, mut sequence) = (self.start_us, 0);
        for step in &self.steps {
            step.apply(&mut peer, &mut now_us, &mut sequence);
            // φ passes the next threshold at the deadline.
            let Some(due_us) = peer.poll_timeout().filter(|due_us| *due_us > now_us) else {
                continue;
            };
            let next = config.policy.thresholds[usize::from(peer.level().0)];
            let threshold = f64::from(next.tenths()) / 10.0;
            assert!(peer.phi(due_us) >= threshold - 1e-6);
            assert!(peer.phi(due_us - 1) < threshold + 1e-6);
            let (exact, table) = (peer.phi(due_us).min(16.0), peer.phi_millionths(due_us));
            assert!((exact - f64::from(table) / 1e6).abs() <= 3e-4, "{exact} {table}");
        }
    }

    fn run(&self, mut peer: impl Detector + Clone) {
        let (mut now_us, mut sequence) = (self.start_us, 0);
        let mut told = Level::TRUSTED;
        for step in &self.steps {
            step.apply(&mut peer, &mut now_us, &mut sequence);
            if let Some(level) = peer.poll_output() {
                assert_ne!(level, told);
                told = level;
            }
            assert_eq!((peer.level(), peer.poll_output()), (told, None));
            match peer.poll_timeout() {
                Some(due_us) => {
                    assert!(peer.level_at(due_us) > told);
                    if due_us > now_us {
                        assert_eq!(peer.level_at(due_us - 1), told);
                    }
                    let mut due = peer.clone();
                    due.handle_timeout(due_us.max(now_us));
                    assert_eq!(due.level(), peer.level_at(due_us.max(now_us)));
                }
                // Or beyond the end of time.
                None => assert!(told == Level(2) || peer.level_at(u64::MAX) == told),
            }
        }
    }
}

impl Step {
    /// Heartbeats are refused exactly if they are not news; only they end a suspicion, and nothing
    /// else but time begins one.
    fn apply(self, peer: &mut impl Detector, now_us: &mut u64, sequence: &mut u64) {
        let time_us = match self.wait {
            Wait::None => *now_us,
            Wait::Short(us) => now_us.saturating_add(us.into()),
            Wait::Long(us) => now_us.saturating_add(us.into()),
            Wait::Until(us) => us,
            Wait::Due(more) => peer.poll_timeout().unwrap_or(0).saturating_add(more.into()),
        };
        *now_us = time_us.max(*now_us);
        let (before, silent) = (peer.level(), peer.level_at(*now_us));
        match self.call {
            Call::Next => {
                let next = sequence.saturating_add(1);
                assert_eq!(peer.heartbeat(time_us, next).is_ok(), next > *sequence);
                *sequence = next;
            }
            Call::Heartbeat(number) => {
                // The first may be any.
                let is_first = *sequence == 0;
                let taken = peer.heartbeat(time_us, number);
                assert!(taken.is_ok() == (number > *sequence) || is_first && number == 0);
                *sequence = number.max(*sequence);
            }
            Call::Timeout => {
                peer.handle_timeout(time_us);
                assert!(peer.level() == silent || peer.level() == before);
            }
            Call::Pause => {
                peer.handle_pause(time_us);
                assert_eq!(peer.level(), before);
            }
        }
    }
}

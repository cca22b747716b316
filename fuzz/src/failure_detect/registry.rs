//! The registry, bounded and growable, against a map of detectors.

use std::collections::BTreeMap;

use arbitrary::Arbitrary;
use synod_failure_detect::{
    Capacity, Detector, FixedTimeout, Heap, HeartbeatError, Inline, Level, Policy, Registry,
};

/// A registry, and calls of it.
#[derive(Arbitrary, Debug)]
pub struct RegistryScenario {
    max_late_us: u64,
    calls: Vec<Call>,
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Call {
    Insert { id: u8, timeout_us: u16, level: u8 },
    Remove { id: u8 },
    Heartbeat { after_us: u32, id: u8, sequence: u64 },
    Timeout { after_us: u32 },
    Due,
    End,
    Pause { after_us: u32 },
    Drain,
}

type Peer = FixedTimeout<2>;

impl RegistryScenario {
    /// Runs the calls with both capacities.
    pub fn check(&self) {
        self.run::<Inline<3>>();
        self.run::<Heap>();
    }

    fn run<C: Capacity>(&self) {
        let mut world = World::<C> {
            peers: Registry::new(self.max_late_us),
            model: BTreeMap::new(),
            now_us: 0,
        };
        for call in &self.calls {
            world.apply(*call, self.max_late_us);
            world.agree();
        }
    }
}

struct World<C: Capacity> {
    peers: Registry<u8, Peer, C>,
    /// The same detectors, and what was told of each.
    model: BTreeMap<u8, (Peer, Level)>,
    now_us: u64,
}

impl<C: Capacity> World<C> {
    fn apply(&mut self, call: Call, max_late_us: u64) {
        match call {
            Call::Insert { id, timeout_us, level } => self.insert(id, timeout_us, level),
            Call::Remove { id } => {
                let removed = self.model.remove(&id).map(|(peer, _)| seen(&peer));
                assert_eq!(self.peers.remove(id).as_ref().map(seen), removed);
            }
            Call::Heartbeat { after_us, id, sequence } => {
                self.pass_time(after_us.into(), max_late_us);
                let taken = self.peers.heartbeat(self.now_us, id, sequence);
                let expected = match self.model.get_mut(&id) {
                    None => Err(HeartbeatError::Unknown),
                    Some((peer, _)) => {
                        peer.heartbeat(self.now_us, sequence).map_err(HeartbeatError::Stale)
                    }
                };
                assert_eq!(taken, expected);
            }
            Call::Timeout { after_us } => self.time_out(after_us.into(), max_late_us),
            Call::Due => {
                let due_us = self.peers.poll_timeout().unwrap_or(0);
                self.time_out(due_us.saturating_sub(self.now_us), max_late_us);
            }
            Call::End => self.time_out(u64::MAX, max_late_us),
            Call::Pause { after_us } => {
                self.now_us = self.now_us.saturating_add(after_us.into());
                self.peers.handle_pause(self.now_us);
                self.pause();
            }
            Call::Drain => {
                while let Some((id, level)) = self.peers.poll_output() {
                    let (peer, told) = self.model.get_mut(&id).unwrap();
                    assert!(peer.level() == level && *told != level);
                    *told = level;
                }
                assert!(self.model.values().all(|(peer, told)| peer.level() == *told));
            }
        }
    }

    fn insert(&mut self, id: u8, timeout_us: u16, level: u8) {
        let timeout_us = u64::from(timeout_us);
        let policy = Policy { max_late_us: u64::MAX, ..Policy::new([timeout_us, timeout_us + 9]) };
        let mut peer = Peer::new(self.now_us, policy).unwrap();
        if level % 2 == 1 {
            // It was suspected before it came.
            peer.handle_timeout(self.now_us.saturating_add(timeout_us));
        }
        match self.peers.insert(id, peer.clone()) {
            Ok(old) => {
                let known = self.model.insert(id, (peer, Level::TRUSTED));
                assert_eq!(old.as_ref().map(seen), known.map(|(peer, _)| seen(&peer)));
            }
            Err((full, back)) => {
                assert_eq!((back, full.needed), (peer, self.model.len() + 1));
                assert!(self.model.len() == full.capacity && !self.model.contains_key(&id));
            }
        }
    }

    fn time_out(&mut self, after_us: u64, max_late_us: u64) {
        self.pass_time(after_us, max_late_us);
        let now_us = self.now_us;
        self.peers.handle_timeout(now_us);
        let due = |peer: &Peer| peer.poll_timeout().is_some_and(|due_us| due_us <= now_us);
        let peers = self.model.values_mut().map(|(peer, _)| peer);
        peers.filter(|peer| due(peer)).for_each(|peer| peer.handle_timeout(now_us));
    }

    fn pass_time(&mut self, after_us: u64, max_late_us: u64) {
        self.now_us = self.now_us.saturating_add(after_us);
        let late_us = self.due_us().map(|due_us| self.now_us.saturating_sub(due_us));
        if late_us.is_some_and(|late_us| late_us > max_late_us) {
            self.pause();
        }
    }

    fn pause(&mut self) {
        let now_us = self.now_us;
        self.model.values_mut().for_each(|(peer, _)| peer.handle_pause(now_us));
    }

    fn due_us(&self) -> Option<u64> {
        self.model.values().filter_map(|(peer, _)| peer.poll_timeout()).min()
    }

    fn agree(&self) {
        assert_eq!(self.peers.poll_timeout(), self.due_us().filter(|due_us| *due_us < u64::MAX));
        let model = self.model.iter().map(|(id, (peer, _))| (*id, seen(peer)));
        assert!(self.peers.iter().map(|(id, peer)| (id, seen(peer))).eq(model));
    }
}

/// What one sees of a detector, but for what it was asked already.
fn seen(peer: &Peer) -> (Level, Option<u64>) {
    (peer.level(), peer.poll_timeout())
}

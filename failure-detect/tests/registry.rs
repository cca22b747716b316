//! The registry beside a plain map of detectors.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects)] // A test may panic.
#![allow(clippy::std_instead_of_alloc)] // And use `std`.

use std::collections::BTreeMap;

use proptest::prelude::*;
#[cfg(feature = "alloc")]
use synod_failure_detect::Heap;
use synod_failure_detect::{
    Capacity, Detector, FixedTimeout, HeartbeatError, Inline, Level, Policy, Registry,
};

const LATE_US: u64 = 50;

#[derive(Clone, Copy, Debug)]
enum Call {
    Insert {
        id: u8,
        timeout_us: u64,
    },
    Remove {
        id: u8,
    },
    Heartbeat {
        after_us: u64,
        id: u8,
        sequence: u64,
    },
    Timeout {
        after_us: u64,
    },
    /// At the time that the registry asks for.
    Due,
    Pause {
        after_us: u64,
    },
    /// Drains so many outputs.
    Drain {
        most: usize,
    },
}

fn call() -> impl Strategy<Value = Call> {
    let id = || 0..6_u8;
    let after = || prop_oneof![5 => 0..30_u64, 1 => 0..400_u64];
    prop_oneof![
        3 => (id(), 1..200_u64).prop_map(|(id, timeout_us)| Call::Insert { id, timeout_us }),
        1 => id().prop_map(|id| Call::Remove { id }),
        6 => (after(), id(), 0..40_u64)
            .prop_map(|(after_us, id, sequence)| Call::Heartbeat { after_us, id, sequence }),
        2 => after().prop_map(|after_us| Call::Timeout { after_us }),
        4 => Just(Call::Due),
        1 => after().prop_map(|after_us| Call::Pause { after_us }),
        4 => (0..4_usize).prop_map(|most| Call::Drain { most }),
    ]
}

type Peer = FixedTimeout<2>;

fn peer(now_us: u64, timeout_us: u64) -> Peer {
    let policy = Policy { max_late_us: u64::MAX, ..Policy::new([timeout_us, 2 * timeout_us]) };
    Peer::new(now_us, policy).unwrap()
}

/// The detectors, and what was told of each.
#[derive(Default)]
struct Model {
    peers: BTreeMap<u8, (Peer, Level)>,
    now_us: u64,
}

impl Model {
    fn due_us(&self) -> Option<u64> {
        self.peers.values().filter_map(|(peer, _)| peer.poll_timeout()).min()
    }

    fn pass_time(&mut self, after_us: u64) {
        self.now_us += after_us;
        if self.due_us().is_some_and(|due_us| self.now_us > due_us + LATE_US) {
            self.pause();
        }
    }

    fn pause(&mut self) {
        let now_us = self.now_us;
        self.peers.values_mut().for_each(|(peer, _)| peer.handle_pause(now_us));
    }

    /// What is to be told: in any order.
    fn untold(&self) -> BTreeMap<u8, Level> {
        let peers = self.peers.iter().filter(|(_, (peer, told))| peer.level() != *told);
        peers.map(|(id, (peer, _))| (*id, peer.level())).collect()
    }
}

fn check<C: Capacity>(calls: &[Call]) {
    let mut peers = Registry::<u8, Peer, C>::new(LATE_US);
    let mut model = Model::default();
    for call in calls {
        match *call {
            Call::Insert { id, timeout_us } => {
                let new = peer(model.now_us, timeout_us);
                match peers.insert(id, new.clone()) {
                    Ok(old) => {
                        let known = model.peers.insert(id, (new, Level::TRUSTED));
                        assert_eq!(old.is_some(), known.is_some());
                    }
                    Err((full, back)) => {
                        assert_eq!((back, full.capacity), (new, model.peers.len()));
                        assert!(!model.peers.contains_key(&id));
                    }
                }
            }
            Call::Remove { id } => {
                assert_eq!(peers.remove(id).is_some(), model.peers.remove(&id).is_some());
            }
            Call::Heartbeat { after_us, id, sequence } => {
                model.pass_time(after_us);
                let taken = peers.heartbeat(model.now_us, id, sequence);
                let expected = match model.peers.get_mut(&id) {
                    None => Err(HeartbeatError::Unknown),
                    Some((peer, _)) => {
                        peer.heartbeat(model.now_us, sequence).map_err(HeartbeatError::Stale)
                    }
                };
                assert_eq!(taken, expected);
            }
            Call::Timeout { after_us } => {
                model.pass_time(after_us);
                peers.handle_timeout(model.now_us);
                let now_us = model.now_us;
                model.peers.values_mut().for_each(|(peer, _)| peer.handle_timeout(now_us));
            }
            Call::Due => {
                let Some(due_us) = peers.poll_timeout() else { continue };
                model.pass_time(due_us.saturating_sub(model.now_us));
                peers.handle_timeout(due_us);
                let now_us = model.now_us;
                model.peers.values_mut().for_each(|(peer, _)| peer.handle_timeout(now_us));
            }
            Call::Pause { after_us } => {
                model.now_us += after_us;
                model.pause();
                peers.handle_pause(model.now_us);
            }
            Call::Drain { most } => {
                let mut drained = 0;
                while drained < most {
                    let Some((id, level)) = peers.poll_output() else { break };
                    drained += 1;
                    assert_eq!(model.untold().get(&id), Some(&level));
                    model.peers.get_mut(&id).unwrap().1 = level;
                }
                assert!(drained == most || model.untold().is_empty());
            }
        }
        assert_eq!(peers.poll_timeout(), model.due_us());
        let levels = peers.iter().map(|(id, peer)| (id, peer.level()));
        assert!(levels.eq(model.peers.iter().map(|(id, (peer, _))| (*id, peer.level()))));
        assert_eq!((peers.len(), peers.is_empty()), (model.peers.len(), model.peers.is_empty()));
        assert!((0..6).all(|id| peers.get(id).is_some() == model.peers.contains_key(&id)));
    }
}

proptest! {
    #[test]
    fn is_a_map_of_detectors(calls in proptest::collection::vec(call(), 0..80)) {
        check::<Inline<4>>(&calls);
        check::<Inline<0>>(&calls);
        #[cfg(feature = "alloc")]
        check::<Heap>(&calls);
    }
}

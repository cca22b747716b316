//! Stamps, and the clocks that they come from and go to.
#![allow(clippy::unwrap_used)] // A test may panic.

use synod_clocks::HybridClock;
use synod_crdt::{Causal, CausalMap, HybridStamp, Inline, LwwRegister, LwwSet, Merge, WriteError};

type Online = Causal<u8, LwwSet<u16>, Inline<4>, Inline<8>>;
type Rooms = Causal<u8, CausalMap<u8, CausalMap<u8, LwwRegister<u16>>>, Inline<4>, Inline<8>>;

const NOW_US: u64 = 1_000_000;

fn at(wall_us: u64) -> HybridStamp {
    HybridStamp::from_wall_us(wall_us).unwrap()
}

#[test]
fn the_latest_stamp_is_that_of_the_place() {
    let mut rooms = Rooms::new();
    assert_eq!(rooms.read().latest_stamp(), None);
    rooms.write(1).at(&1).at(&1).set(at(30), 7).unwrap();
    rooms.write(1).at(&1).at(&2).set(at(50), 7).unwrap();
    rooms.write(1).at(&2).at(&1).set(at(40), 7).unwrap();
    assert_eq!(rooms.read().latest_stamp(), Some(at(50)));
    assert_eq!(rooms.read().at(&1).latest_stamp(), Some(at(50)));
    assert_eq!(rooms.read().at(&1).at(&1).latest_stamp(), Some(at(30)));
    assert_eq!(rooms.read().at(&2).latest_stamp(), Some(at(40)));
    assert_eq!(rooms.read().at(&3).latest_stamp(), None);
}

#[test]
fn removals_have_stamps() {
    let mut online = Online::new();
    online.write(1).insert(at(30), 7).unwrap();
    online.write(1).remove(at(40), 8).unwrap();
    assert_eq!(online.read().latest_stamp(), Some(at(40)));
}

/// The peer's wall clock is ahead. Who shows what came in to the clock writes after it.
#[test]
fn no_write_is_stale_once_the_clock_has_seen_the_others() {
    let (mut own, mut peer) = (Online::new(), Online::new());
    let (mut clock, mut peers_clock) = (HybridClock::new(500_000), HybridClock::new(500_000));
    for element in 0..4 {
        peer.write(2).insert(peers_clock.tick(NOW_US + 400_000).unwrap(), element).unwrap();
    }
    own.merge(&peer).unwrap();
    let stale = own.write(1).remove(clock.tick(NOW_US).unwrap(), 0).err().unwrap();
    assert_eq!((stale.reason, stale.value), (WriteError::Stale, 0));

    clock.receive(NOW_US, peer.read().latest_stamp().unwrap()).unwrap();
    for element in 0..4 {
        own.write(1).remove(clock.tick(NOW_US).unwrap(), element).unwrap();
    }
    peer.merge(&own).unwrap();
    assert!(own.read().is_empty() && peer.read().is_empty());
}

/// A later addition beats a removal that it has not seen. As long as not every replica has both, the
/// removal stays: it beats an earlier addition, should a reset take the later one away.
#[test]
fn a_removal_that_lost_is_kept_until_it_is_stable() {
    let (mut one, mut two) = (Online::new(), Online::new());
    two.write(2).remove(at(5), 7).unwrap();
    one.write(3).insert(at(6), 7).unwrap();
    let stable = one.context().clone();
    one.merge(&two).unwrap();
    assert!(one.read().contains(&7));
    assert!(one.collect(&stable).is_empty());
    let both = one.context().clone();
    assert!(!one.collect(&both).is_empty());
    assert_eq!((one.row_count(), one.read().contains(&7)), (1, true));
}

//! `synod-clocks` against its peers.

use std::{cell::Cell, cmp::Ordering, time::Duration};

use crdts::{CmRDT, CvRDT, VClock};
use proptest::prelude::*;
use synod_bench::versions::{self, Entries};
use synod_clocks::{Capacity, Dot, Heap, HybridClock, HybridStamp, Inline, VersionVector};
use uhlc::{HLC, HLCBuilder, ID, NTP64, Timestamp};

thread_local! {
    /// What `uhlc`'s physical clock shows. Its hook is a function without a state of its own.
    static UHLC_WALL: Cell<u64> = const { Cell::new(0) };
}

/// A second of `uhlc` is 2^32 units. Ours has 2^12 stamps in a microsecond, so at 2^20 of our
/// microseconds to the second both have the same units, and stamps can be compared bit by bit.
const MAX_OFFSET_US: u64 = 1 << 20;
const NODES: usize = 3;

/// What happens at a node.
#[derive(Clone, Debug)]
enum Event {
    /// The wall clock of the node is set.
    Wall(usize, u64),
    Tick(usize),
    /// The first node sends to the second, which receives at once.
    Message(usize, usize),
    /// A stamp from outside, with this counter and this far ahead of the node's wall clock.
    Foreign(usize, u64, u64),
}

fn event() -> impl Strategy<Value = Event> {
    let node = 0..NODES;
    let wall_us = prop_oneof![0..40_u64, 0..3 * MAX_OFFSET_US].prop_map(|us| 7_000_000 + us);
    let ahead_us =
        prop_oneof![0..4_u64, MAX_OFFSET_US - 2..MAX_OFFSET_US + 3, 0..3 * MAX_OFFSET_US];
    prop_oneof![
        (node.clone(), wall_us).prop_map(|(node, us)| Event::Wall(node, us)),
        node.clone().prop_map(Event::Tick),
        (node.clone(), node.clone()).prop_map(|(from, to)| Event::Message(from, to)),
        (node, ahead_us, 0..3_u64)
            .prop_map(|(node, us, counter)| Event::Foreign(node, us, counter)),
    ]
}

/// One node, as ours and as `uhlc`'s.
struct Node {
    wall_us: u64,
    synod: HybridClock,
    uhlc: HLC,
}

/// The stamp of one event, as ours and as `uhlc`'s.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Stamps {
    synod: HybridStamp,
    uhlc: u64,
}

impl Node {
    fn new(id: u8) -> Self {
        let uhlc = HLCBuilder::new()
            .with_id(ID::try_from([id + 1]).unwrap())
            .with_clock(|| NTP64(UHLC_WALL.get()))
            .with_max_delta(Duration::from_secs(1))
            .build();
        Self { wall_us: 7_000_000, synod: HybridClock::new(MAX_OFFSET_US), uhlc }
    }

    fn tick(&mut self) -> Stamps {
        UHLC_WALL.set(self.wall_us << 12);
        Stamps {
            synod: self.synod.tick(self.wall_us).unwrap(),
            uhlc: self.uhlc.new_timestamp().get_time().as_u64(),
        }
    }

    /// Whether each of them accepts the stamp, and the stamp of the receipt if both do.
    fn receive(&mut self, sent: Stamps) -> (bool, bool, Option<Stamps>) {
        UHLC_WALL.set(self.wall_us << 12);
        let sender = ID::try_from([99]).unwrap();
        let timestamp = Timestamp::new(NTP64(sent.uhlc), sender);
        let before = self.synod.clone();
        let synod = self.synod.receive(self.wall_us, sent.synod);
        if synod.is_err() {
            assert_eq!(self.synod, before, "a refused stamp left a trace");
        }
        let accepted = self.uhlc.update_with_timestamp(&timestamp).is_ok();
        let stamps = synod
            .ok()
            .filter(|_| accepted)
            .map(|synod| Stamps { synod, uhlc: self.uhlc.new_timestamp().get_time().as_u64() });
        (synod.is_ok(), accepted, stamps)
    }
}

/// Both give the larger stamp to the second event.
fn assert_follows(later: Stamps, earlier: Stamps) -> Result<(), TestCaseError> {
    prop_assert!(later.synod > earlier.synod, "{later:?} after {earlier:?}");
    prop_assert!(later.uhlc > earlier.uhlc, "{later:?} after {earlier:?}");
    Ok(())
}

proptest! {
    /// `HybridClock` against `uhlc`.
    ///
    /// The same: stamps of a node rise; the stamp of a receipt is above the stamp sent; the
    /// wall-clock part of every stamp, and with it the order of any two events whose wall-clock
    /// parts differ; and, as long as a node only ticks, every bit.
    ///
    /// Different, and allowed for here:
    ///
    /// - Receiving gives no stamp in `uhlc`; the next stamp issued stands for it. And a receipt
    ///   when the wall clock shows exactly the latest time known does not count as an event
    ///   there. So after a receipt the counters may differ, by one or two for each.
    /// - `uhlc` counts the counter as time when it checks how far ahead a stamp is: exactly at the
    ///   maximum it refuses one whose counter is not zero. Ours compares microseconds, as the
    ///   maximum is given.
    /// - `uhlc` cuts four bits off the wall clock for its counter, and a counter that runs over
    ///   goes on into the time, as ours does after twelve. The wall clock here has zeros there.
    #[test]
    fn hybrid_clocks_agree_with_uhlc(events in prop::collection::vec(event(), 1..64)) {
        let mut nodes: Vec<Node> = (0..NODES).map(|id| Node::new(id as u8)).collect();
        let mut latest: [Option<Stamps>; NODES] = [None; NODES];
        let mut received = [false; NODES];
        for event in events {
            let (node, sent) = match event {
                Event::Wall(node, wall_us) => {
                    nodes[node].wall_us = wall_us;
                    continue;
                }
                Event::Tick(node) => (node, None),
                Event::Message(from, to) => {
                    let sent = nodes[from].tick();
                    if let Some(latest) = latest[from] {
                        assert_follows(sent, latest)?;
                    }
                    latest[from] = Some(sent);
                    (to, Some(sent))
                }
                Event::Foreign(node, ahead_us, counter) => {
                    let bits = ((nodes[node].wall_us + ahead_us) << 12) + counter;
                    (node, Some(Stamps { synod: HybridStamp::from_bits(bits), uhlc: bits }))
                }
            };
            let stamps = match sent {
                None => nodes[node].tick(),
                Some(sent) => {
                    let ahead_us = sent.synod.wall_us().saturating_sub(nodes[node].wall_us);
                    let at_maximum = ahead_us == MAX_OFFSET_US && sent.uhlc & 0xfff != 0;
                    let (ours, theirs, stamps) = nodes[node].receive(sent);
                    prop_assert_eq!(ours, ahead_us <= MAX_OFFSET_US);
                    prop_assert_eq!(theirs, ours && !at_maximum);
                    let Some(stamps) = stamps else {
                        prop_assume!(!at_maximum); // from here on they know different things
                        continue;
                    };
                    assert_follows(stamps, sent)?;
                    received = [true; NODES];
                    stamps
                }
            };
            if let Some(latest) = latest[node] {
                assert_follows(stamps, latest)?;
            }
            prop_assert_eq!(stamps.synod.wall_us(), stamps.uhlc >> 12);
            if !received[node] {
                prop_assert_eq!(stamps.synod.to_bits(), stamps.uhlc);
            }
            latest[node] = Some(stamps);
        }
    }
}

/// What is done to one of three version vectors.
#[derive(Clone, Debug)]
enum Operation {
    Increment(usize, u64),
    Observe(usize, u64, u64),
    Merge(usize, usize),
    Meet(usize, usize),
    Remove(usize, u64),
}

const VECTORS: usize = 3;

fn operation() -> impl Strategy<Value = Operation> {
    let (vector, id) = (0..VECTORS, 0..10_u64);
    prop_oneof![
        4 => (vector.clone(), id.clone()).prop_map(|(v, id)| Operation::Increment(v, id)),
        2 => (vector.clone(), id.clone(), 1..6_u64)
            .prop_map(|(v, id, counter)| Operation::Observe(v, id, counter)),
        3 => (vector.clone(), vector.clone()).prop_map(|(v, w)| Operation::Merge(v, w)),
        1 => (vector.clone(), vector.clone()).prop_map(|(v, w)| Operation::Meet(v, w)),
        1 => (vector, id).prop_map(|(v, id)| Operation::Remove(v, id)),
    ]
}

/// A version vector, as ours and as the peer's, which has no limit.
#[derive(Clone)]
struct Pair<C: Capacity> {
    synod: VersionVector<u64, C>,
    crdts: VClock<u64>,
}

impl<C: Capacity> Pair<C> {
    fn new() -> Self {
        Self { synod: VersionVector::new(), crdts: VClock::new() }
    }

    fn from_entries(entries: &Entries) -> Self {
        Self { synod: versions::synod(entries), crdts: versions::crdts(entries) }
    }

    /// Takes the peer's `next` if ours accepted; ours must have refused for want of room alone.
    fn settle(&mut self, accepted: bool, next: VClock<u64>) -> Result<(), TestCaseError> {
        prop_assert_eq!(accepted, next.dots.len() <= C::LIMIT);
        if accepted {
            self.crdts = next;
        }
        Ok(())
    }

    fn apply(&mut self, dot: crdts::Dot<u64>, accepted: bool) -> Result<(), TestCaseError> {
        let mut next = self.crdts.clone();
        next.apply(dot);
        self.settle(accepted, next)
    }

    fn merge<D: Capacity>(&mut self, other: &Pair<D>) -> Result<(), TestCaseError> {
        let merged = self.synod.merge(&other.synod);
        let mut next = self.crdts.clone();
        next.merge(other.crdts.clone());
        if let Ok(news) = merged {
            prop_assert_eq!(news, next != self.crdts);
        }
        self.settle(merged.is_ok(), next)
    }

    fn meet<D: Capacity>(&mut self, other: &Pair<D>) -> Result<(), TestCaseError> {
        let mut next = self.crdts.clone();
        next.glb(&other.crdts);
        prop_assert_eq!(self.synod.meet(&other.synod), next != self.crdts);
        self.crdts = next;
        Ok(())
    }

    /// Both hold the same, and answer the same about `other`.
    fn check<D: Capacity>(&self, other: &Pair<D>) -> Result<(), TestCaseError> {
        let ours = self.synod.iter().map(|dot| (dot.replica, dot.counter.get()));
        prop_assert!(ours.eq(self.crdts.iter().map(|dot| (*dot.actor, dot.counter))));
        for id in 0..11 {
            prop_assert_eq!(self.synod.get(id), self.crdts.get(&id));
        }
        let expected = self.crdts.partial_cmp(&other.crdts);
        prop_assert_eq!(self.synod.partial_cmp(&other.synod), expected);
        prop_assert_eq!(self.synod == other.synod, self.crdts == other.crdts);
        let dominates = matches!(expected, Some(Ordering::Equal | Ordering::Greater));
        prop_assert_eq!(self.synod.dominates(&other.synod), dominates);
        prop_assert_eq!(expected.is_none(), self.crdts.concurrent(&other.crdts));
        Ok(())
    }
}

fn run<C: Capacity>(operations: &[Operation]) -> Result<(), TestCaseError> {
    let mut pairs: [Pair<C>; VECTORS] = std::array::from_fn(|_| Pair::new());
    for operation in operations {
        match *operation {
            Operation::Increment(vector, id) => {
                let pair = &mut pairs[vector];
                let dot = pair.crdts.inc(id);
                let issued = pair.synod.increment(id);
                if let Ok(issued) = issued {
                    prop_assert_eq!((issued.replica, issued.counter.get()), (id, dot.counter));
                }
                pair.apply(dot, issued.is_ok())?;
            }
            Operation::Observe(vector, id, counter) => {
                let pair = &mut pairs[vector];
                let observed = pair.synod.observe(Dot::new(id, counter).unwrap());
                if let Ok(news) = observed {
                    prop_assert_eq!(news, counter > pair.crdts.get(&id));
                }
                pair.apply(crdts::Dot::new(id, counter), observed.is_ok())?;
            }
            Operation::Merge(vector, other) => {
                let other = pairs[other].clone();
                pairs[vector].merge(&other)?;
            }
            Operation::Meet(vector, other) => {
                let other = pairs[other].clone();
                pairs[vector].meet(&other)?;
            }
            Operation::Remove(vector, id) => {
                let removed = pairs[vector].synod.remove(id).map(u64::from);
                prop_assert_eq!(removed, pairs[vector].crdts.dots.remove(&id));
            }
        }
        for own in &pairs {
            for other in &pairs {
                own.check(other)?;
            }
        }
    }
    Ok(())
}

/// Two vectors that share long stretches of replicas and differ elsewhere: the other side is the
/// own with some entries dropped, some raised or lowered, and some added.
fn related() -> impl Strategy<Value = (Entries, Entries)> {
    let ids = prop_oneof![1..12_u64, 1..400_u64];
    let entries = prop::collection::btree_map(0..400_u64, 1..5_u64, 0..120);
    let changes = prop::collection::vec((ids, 0..6_u64), 0..60);
    (entries.clone(), entries, changes, any::<bool>()).prop_map(|(own, apart, changes, near)| {
        let mut other = if near { own.clone() } else { apart };
        for (id, counter) in changes {
            let _ = match counter {
                0 => other.remove(&id),
                _ => other.insert(id, counter),
            };
        }
        (own, other)
    })
}

/// Both directions, each merge, meet and comparison.
fn combine<C: Capacity, D: Capacity>(own: &Entries, other: &Entries) -> Result<(), TestCaseError> {
    let (own, other) = (Pair::<C>::from_entries(own), Pair::<D>::from_entries(other));
    own.check(&other)?;
    other.check(&own)?;
    let (mut merged, mut met) = (own.clone(), own.clone());
    merged.merge(&other)?;
    merged.check(&own)?;
    merged.check(&other)?;
    met.meet(&other)?;
    met.check(&own)?;
    met.check(&other)?;
    Ok(())
}

proptest! {
    /// `VersionVector` against `VClock`: `increment`, `observe` and its `apply`, `merge`, `meet`
    /// and its `glb`, `get`, comparisons, the reported news. The peer never refuses; ours must
    /// refuse exactly where the peer outgrows the capacity, and then be unchanged.
    ///
    /// Different, and out of the way here: the peer's counters overflow, and it can hold an entry
    /// of zero if one is put into its public map.
    #[test]
    fn version_vectors_agree_with_crdts(operations in prop::collection::vec(operation(), 1..80)) {
        run::<Inline<10>>(&operations)?;
        run::<Inline<4>>(&operations)?;
        run::<Heap>(&operations)?;
    }

    #[test]
    fn long_version_vectors_agree_with_crdts((own, other) in related()) {
        combine::<Heap, Heap>(&own, &other)?;
        combine::<Inline<250>, Heap>(&own, &other)?;
        combine::<Inline<130>, Heap>(&own, &other)?;
        combine::<Heap, Inline<250>>(&other, &own)?;
    }
}

//! The ring, bounded and growable, against a list of all tokens.

use std::collections::BTreeMap;

use arbitrary::Arbitrary;
use synod_hashring::{Capacity, Full, Heap, Inline, KeyHash, Placement, Ring, TooFewNodes};

/// A ring, and calls of it.
#[derive(Arbitrary, Debug)]
pub struct RingScenario {
    seed: u64,
    calls: Vec<Call>,
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Call {
    Insert {
        node: u8,
        tokens: u8,
    },
    Remove {
        node: u8,
    },
    /// Asks of a point, or of one that far from a token.
    Ask {
        point: u64,
    },
    AskNear {
        node: u8,
        off: i8,
    },
}

impl RingScenario {
    /// Runs the calls with both capacities.
    pub fn check(&self) {
        let bounded = self.run::<Inline<4>, Inline<200>>(4, 200);
        let growable = self.run::<Heap, Heap>(usize::MAX, usize::MAX);
        if let (Some(bounded), Some(growable)) = (bounded, growable) {
            assert!(bounded.nodes().eq(growable.nodes()));
        }
    }

    /// The ring at the end, if nothing was refused.
    fn run<N: Capacity, T: Capacity>(&self, most: usize, room: usize) -> Option<Ring<u8, N, T>> {
        let hash = KeyHash::v1(self.seed);
        let mut world = World { ring: Ring::<u8, N, T>::new(hash), model: BTreeMap::new() };
        let mut refused = false;
        for call in &self.calls {
            match *call {
                Call::Insert { node, tokens } => {
                    refused |= !world.insert(node, tokens.into(), most, room);
                }
                Call::Remove { node } => {
                    assert_eq!(world.ring.remove(&node), world.model.remove(&node));
                }
                Call::Ask { point } => world.ask(point),
                Call::AskNear { node, off } => {
                    let token = u64::from(token(hash.point(node), 0)) << 32;
                    world.ask(token.wrapping_add_signed(off.into()));
                }
            }
            let ring = world.ring.nodes().map(|(node, tokens)| (*node, tokens));
            assert!(ring.eq(world.model.iter().map(|(node, tokens)| (*node, *tokens))));
        }
        let nodes: Vec<_> = world.model.into_iter().collect();
        assert!(Ring::from_nodes(hash, &nodes).as_ref() == Ok(&world.ring));
        (!refused).then_some(world.ring)
    }
}

struct World<N: Capacity, T: Capacity> {
    ring: Ring<u8, N, T>,
    model: BTreeMap<u8, u32>,
}

impl<N: Capacity, T: Capacity> World<N, T> {
    /// Whether it was taken.
    fn insert(&mut self, node: u8, tokens: u32, most: usize, room: usize) -> bool {
        let mut next = self.model.clone();
        let before = next.insert(node, tokens);
        let needed: u32 = next.values().sum();
        let fits = next.len() <= most && needed as usize <= room;
        let found = self.ring.insert(node, tokens);
        if fits {
            assert_eq!(found, Ok(before));
            self.model = next;
        } else {
            assert!(matches!(found, Err(Full { .. })));
        }
        fits
    }

    /// Compares all answers.
    fn ask(&self, point: u64) {
        let order = self.order(point);
        assert_eq!(self.ring.owner_of_point(point), order.first().copied());
        assert_eq!(self.ring.node_count(), order.len());
        for (place, node) in order.iter().enumerate() {
            let found =
                self.ring.first_where_of_point(point, |other| !order[..place].contains(&other));
            assert_eq!(found, Some(*node));
        }
        assert_eq!(self.ring.first_where_of_point(point, |node| !order.contains(&node)), None);

        let order = self.order(self.ring.point(point));
        let mut room = [0; 8];
        assert_eq!(self.ring.successors(point, &mut room), &order[..order.len().min(8)]);
        let expected = order.first_chunk::<3>().copied();
        let expected = expected.ok_or(TooFewNodes { needed: 3, nodes: order.len() });
        assert_eq!(self.ring.replicas(point), expected);
    }

    /// All nodes in the order of preference, by sorting all tokens.
    fn order(&self, point: u64) -> Vec<u8> {
        let hash = self.ring.key_hash();
        let mut tokens = Vec::new();
        for (&node, &count) in &self.model {
            for index in 0..count.into() {
                let token = token(hash.point(node), index);
                tokens.push((token.wrapping_sub((point >> 32) as u32), token, node));
            }
        }
        tokens.sort_unstable();
        let mut order = Vec::new();
        for (.., node) in tokens {
            if !order.contains(&node) {
                order.push(node);
            }
        }
        order
    }
}

/// The upper half of what SplitMix64 draws.
fn token(seed: u64, index: u64) -> u32 {
    let z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(index + 1));
    let z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((z ^ z >> 31) >> 32) as u32
}

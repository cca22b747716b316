//! Maglev tables and rings, as other crates fill and search them: given our hashes, they find our
//! owners.

use std::hash::{BuildHasher, Hash, Hasher};

use hashring::HashRing;
use maglev::ConsistentHasher;
use proptest::prelude::*;
use synod_hashring::{Heap, KeyHash, Maglev, Placement, Ring};

const GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;

/// The finalizer of SplitMix64.
fn mix(number: u64) -> u64 {
    let z = (number ^ number >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ z >> 31
}

/// The upper half of a point, from 2^32 to a number below `size`.
fn scaled(point: u64, size: u64) -> u64 {
    ((point >> 32) * size) >> 32
}

/// A hash that is what was written last, but one of two where a seed was written before.
#[derive(Clone, Copy, Default)]
struct Given {
    seed: u32,
    /// What was written, in order: one number of a key, and two of a node.
    numbers: [u64; 2],
    written: usize,
}

impl BuildHasher for Given {
    type Hasher = Self;

    fn build_hasher(&self) -> Self {
        Self::default()
    }
}

impl Hasher for Given {
    fn write(&mut self, _: &[u8]) {
        unimplemented!("numbers only");
    }

    fn write_u32(&mut self, seed: u32) {
        self.seed = seed;
    }

    fn write_u64(&mut self, number: u64) {
        self.numbers[self.written] = number;
        self.written += 1;
    }

    fn finish(&self) -> u64 {
        // The peer asks for the skip by this seed.
        self.numbers[usize::from(self.seed == 0xdead_beef)]
    }
}

/// Two numbers, and a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Named {
    numbers: [u64; 2],
    node: u64,
}

impl Hash for Named {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.numbers.iter().for_each(|number| state.write_u64(*number));
    }
}

/// Where a key is.
#[derive(PartialEq, Eq)]
struct At(u64);

impl Hash for At {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.0);
    }
}

proptest! {
    #[test]
    fn maglev_tables(
        seed: u64,
        nodes in prop::collection::btree_set(any::<u64>(), 1..40),
        size in prop::sample::select(vec![41, 97, 251, 1_021]),
    ) {
        let hash = KeyHash::v1(seed);
        let list: Vec<_> = nodes.iter().map(|&node| (node, 1)).collect();
        let ours = Maglev::<u64, Heap, Heap>::from_nodes(hash, size, &list).unwrap();
        let size = u64::from(size);
        let named = nodes.iter().map(|&node| {
            let drawn = |index: u64| mix(hash.point(node) ^ index.wrapping_mul(GAMMA));
            // One more than what the peer draws is its skip, as it is ours.
            Named { numbers: [scaled(drawn(1), size), scaled(drawn(2), size - 1)], node }
        });
        let theirs = maglev::Maglev::with_capacity_and_hasher(named, size as usize, Given::default());
        for slot in 0..size {
            // A point in the middle of it.
            let point = ((slot << 32) / size + (1 << 31) / size) << 32;
            prop_assert_eq!(scaled(point, size), slot);
            let found = theirs.get(&At(slot)).map(|named| named.node);
            prop_assert_eq!(ours.owner_of_point(point), found);
        }
    }

    /// Where no two tokens are at one point: of those, the peer finds any.
    #[test]
    fn rings(
        seed: u64,
        nodes in prop::collection::btree_map(any::<u64>(), 1..30_u32, 1..20),
        points in prop::collection::vec(any::<u64>(), 50),
    ) {
        let hash = KeyHash::v1(seed);
        let list: Vec<_> = nodes.iter().map(|(&node, &tokens)| (node, tokens)).collect();
        let ours = Ring::<u64, Heap, Heap>::from_nodes(hash, &list).unwrap();
        let mut theirs = HashRing::with_hasher(Given::default());
        let mut tokens = Vec::new();
        for (&node, &count) in &nodes {
            for index in 1..=u64::from(count) {
                let token = mix(hash.point(node).wrapping_add(index.wrapping_mul(GAMMA))) >> 32;
                tokens.push(token);
                theirs.add(Named { numbers: [token, 0], node });
            }
        }
        tokens.sort_unstable();
        prop_assume!(tokens.windows(2).all(|pair| pair[0] < pair[1]));
        let near = tokens.iter().flat_map(|token| [token << 32, (token + 1) << 32]);
        for point in near.filter(|point| *point < 1 << 63).chain(points) {
            let found = theirs.get(&At(point >> 32)).map(|named| named.node);
            prop_assert_eq!(ours.owner_of_point(point), found);
        }
    }
}

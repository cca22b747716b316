//! Jump hash and JumpBackHash, as other crates have them.

use std::hash::Hasher;

use jumphash::CustomJumpHasher;
use proptest::prelude::*;
use rand_core::RngCore;
use synod_hashring::{Jump, JumpBack, KeyHash, Placement};

const HASH: KeyHash = KeyHash::v1(0);

/// SplitMix64, which the peer is to draw from.
struct SplitMix(u64);

impl RngCore for SplitMix {
    fn next_u32(&mut self) -> u32 {
        self.next_u64() as u32
    }

    fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    fn fill_bytes(&mut self, _: &mut [u8]) {
        unimplemented!("not asked for");
    }

    fn try_fill_bytes(&mut self, _: &mut [u8]) -> Result<(), rand_core::Error> {
        unimplemented!("not asked for");
    }
}

/// The number itself, which the peer is to jump from.
#[derive(Clone, Default)]
struct Itself(u64);

impl Hasher for Itself {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _: &[u8]) {
        unimplemented!("not asked for");
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }
}

fn count(most: u32) -> impl Strategy<Value = u32> {
    prop_oneof![1..2_000_u32, 1..=most, (0..32_u32).prop_map(|bits| 1 << bits)]
}

proptest! {
    /// Up to 2^31: the peer's arithmetic overflows above, which a debug build notices.
    #[test]
    fn jump_back(point: u64, count in count(1 << 31)) {
        let theirs = jump_back_hash::bucket(&mut SplitMix(point), count);
        prop_assert_eq!(JumpBack::new(HASH, count).owner_of_point(point), Some(theirs));
    }

    /// The second peer adds one where that overflows in a debug build: for one point in 2^64.
    #[test]
    fn jump(point: u64, count in count(u32::MAX)) {
        let ours = Jump::new(HASH, count).owner_of_point(point);
        let theirs = CustomJumpHasher::new(Itself::default()).slot(&point, count);
        prop_assert_eq!(ours, Some(theirs));
        let theirs = jump_consistent_hash::hash(point, count as usize);
        prop_assert_eq!(ours, Some(theirs));
    }
}

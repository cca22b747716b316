//! A short sum of who belongs to a group, by which two members see that they know the same.

use core::hash::{Hash, Hasher};

use super::version::Version;

/// A checksum of one that belongs to the group.
pub(super) fn checksum<Id: Hash>(id: Id, version: Version) -> u32 {
    let mut sum = Checksum(0x811c_9dc5);
    id.hash(&mut sum);
    sum.write_u32(version.generation());
    sum.write_u16(version.incarnation());
    // Small ids differ in the last bits alone.
    (sum.0 ^ sum.0 >> 15).wrapping_mul(0x2c1b_3c6d)
}

/// FNV-1a of 32 bits, over numbers as their bytes from the least on, alike on every target.
struct Checksum(u32);

impl Hasher for Checksum {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u32::from(*byte)).wrapping_mul(0x0100_0193);
        }
    }

    fn write_u16(&mut self, number: u16) {
        self.write(&number.to_le_bytes());
    }

    fn write_u32(&mut self, number: u32) {
        self.write(&number.to_le_bytes());
    }

    fn write_u64(&mut self, number: u64) {
        self.write(&number.to_le_bytes());
    }

    fn write_u128(&mut self, number: u128) {
        self.write(&number.to_le_bytes());
    }

    fn write_usize(&mut self, number: usize) {
        self.write_u64(u64::try_from(number).unwrap_or(u64::MAX));
    }

    fn finish(&self) -> u64 {
        self.0.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::membership::Standing;

    fn sum<Id: Hash>(id: Id) -> u32 {
        checksum(id, Version::new(1, 2, Standing::Alive))
    }

    #[test]
    fn ids_of_all_kinds_differ() {
        assert_ne!(sum(1_u8), sum(2_u8));
        assert_ne!(sum(1_u16), sum(2_u16));
        assert_ne!(sum(1_u32), sum(2_u32));
        assert_ne!(sum(1_u64), sum(1_u64 << 40));
        assert_ne!(sum(1_u128), sum(1_u128 << 100));
        assert_ne!(sum([1_u8, 2]), sum([2_u8, 1]));
    }

    #[test]
    fn the_sum_is_the_same_on_every_target() {
        assert_eq!(sum(7_usize), sum(7_u64), "a length is one of 64 bits");
        assert_eq!([sum(7_u16), sum(7_u32)], [1_199_068_561, 3_095_436_407]);
        assert_eq!(Checksum(7).finish(), 7);
    }

    #[test]
    fn lives_and_incarnations_differ() {
        let alive =
            |generation, incarnation| Version::new(generation, incarnation, Standing::Alive);
        let sums = [alive(1, 2), alive(2, 1), alive(2, 2)].map(|version| checksum(7_u16, version));
        assert!(sums[0] != sums[1] && sums[1] != sums[2] && sums[0] != sums[2]);
        // One that is doubted belongs to the group none the less.
        assert_eq!(sums[0], checksum(7_u16, alive(1, 2).with(Standing::Suspect)));
    }
}

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

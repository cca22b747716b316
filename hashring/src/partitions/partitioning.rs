//! Which partition a key is in.

use crate::key::Key;
use crate::key_hash::KeyHash;
use crate::ranged::{Points, REDIS_SLOTS};

/// How keys fall into a fixed number of partitions: by a hash, or as in a Redis Cluster.
///
/// Which partition a key is in never changes, whatever nodes there are; a [`Partitions`] says which
/// nodes a partition is on. O(bytes of the key).
///
/// [`Partitions`]: crate::Partitions
///
/// ```
/// use synod_hashring::{KeyHash, Partitioning};
///
/// let slots = Partitioning::redis_cluster();
/// assert_eq!(slots.partition("foo"), 12_182);
/// assert_eq!(slots.partition("{user1000}.following"), slots.partition("{user1000}.followers"));
///
/// let partitions = Partitioning::v1(KeyHash::v1(0), 1_000);
/// assert_eq!(partitions.partition("user:1000"), 282);
/// // Points in order are in partitions in order.
/// assert_eq!(partitions.partition_of_point(0), 0);
/// assert_eq!(partitions.partition_of_point(u64::MAX), 999);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Partitioning(Rule);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
enum Rule {
    V1 { hash: KeyHash, count: u16 },
    RedisCluster,
}

impl Partitioning {
    /// Version 1: so many partitions of equal ranges of points, in their order. The point of a key
    /// is its hash; the partition of a point is ⌊point · count / 2⁶⁴⌋.
    ///
    /// The number of partitions is chosen once: take ten or more for each node that there may ever
    /// be.
    pub const fn v1(hash: KeyHash, count: u16) -> Self {
        Self(Rule::V1 { hash, count })
    }

    /// The 16,384 slots of a Redis Cluster.
    ///
    /// The point of a key is its slot: the CRC-16/XMODEM (polynomial 0x1021, from 0, no bits
    /// reversed) of what is hashed of it, modulo 16,384. That is what is between the first `{` and
    /// the first `}` after it, where both are there and something is between them; else the whole
    /// key. The partition of a point is the point modulo 16,384, so that a CRC will do for a point.
    ///
    /// Source: the Redis Cluster specification, "Key distribution model" and "Hash tags".
    pub const fn redis_cluster() -> Self {
        Self(Rule::RedisCluster)
    }

    /// The hash of keys, where that is one of this crate.
    pub const fn key_hash(&self) -> Option<KeyHash> {
        match self.0 {
            Rule::V1 { hash, .. } => Some(hash),
            Rule::RedisCluster => None,
        }
    }

    /// How many partitions there are.
    pub const fn count(&self) -> u16 {
        match self.0 {
            Rule::V1 { count, .. } => count,
            Rule::RedisCluster => REDIS_SLOTS,
        }
    }

    /// The point of a key.
    pub fn point(&self, key: impl Key) -> u64 {
        match self.0 {
            Rule::V1 { hash, .. } => hash.point(key),
            Rule::RedisCluster => key.with_bytes(|bytes| slot(crc16(hashed(bytes)).into()).into()),
        }
    }

    /// The partition of a point, below the count; 0 if that is 0.
    pub const fn partition_of_point(&self, point: u64) -> u16 {
        match self.0 {
            Rule::V1 { count, .. } => {
                // The upper 64 bits of a product, of which the halves have no more than 48.
                let lower = (point & 0xffff_ffff).wrapping_mul(count as u64) >> 32;
                let upper = (point >> 32).wrapping_mul(count as u64);
                (upper.wrapping_add(lower) >> 32) as u16
            }
            Rule::RedisCluster => slot(point),
        }
    }

    /// How keys become points.
    pub const fn points(&self) -> Points {
        match self.0 {
            Rule::V1 { hash, .. } => Points::Hashed(hash),
            Rule::RedisCluster => Points::RedisSlots,
        }
    }

    /// The least point of a partition; `None` where there is no such partition.
    pub fn first_point(&self, partition: u16) -> Option<u64> {
        let (count, wanted) = (u64::from(self.count()), u64::from(partition));
        (wanted < count).then(|| match self.0 {
            Rule::V1 { .. } => {
                // 2^64 is count · width + rest, so that this is wanted · 2^64 / count, rounded up.
                let width = (u64::MAX.checked_div(count)).unwrap_or(0);
                let rest = (u64::MAX.checked_rem(count)).unwrap_or(0).wrapping_add(1);
                let more = wanted.wrapping_mul(rest).wrapping_add(count.wrapping_sub(1));
                let more = more.checked_div(count).unwrap_or(0);
                wanted.wrapping_mul(width).wrapping_add(more)
            }
            Rule::RedisCluster => wanted,
        })
    }

    /// The partition of a key, below the count; 0 if that is 0.
    pub fn partition(&self, key: impl Key) -> u16 {
        self.partition_of_point(self.point(key))
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the lower bits")]
const fn slot(point: u64) -> u16 {
    point as u16 & (REDIS_SLOTS - 1)
}

/// What of a key a Redis Cluster hashes.
fn hashed(key: &[u8]) -> &[u8] {
    let (_, opened) = split_at_first(key, b'{');
    match split_at_first(opened, b'}') {
        (tag @ [_, ..], [_, ..]) => tag.get(1..).filter(|tag| !tag.is_empty()).unwrap_or(key),
        _ => key,
    }
}

/// What is before a byte, and what is from there on.
fn split_at_first(bytes: &[u8], wanted: u8) -> (&[u8], &[u8]) {
    let mut rest = bytes;
    while let [byte, others @ ..] = rest {
        if *byte == wanted {
            break;
        }
        rest = others;
    }
    bytes.split_at_checked(bytes.len().saturating_sub(rest.len())).unwrap_or((bytes, &[]))
}

/// CRC-16/XMODEM, a byte at a time.
///
/// As x¹⁶ is x¹² + x⁵ + 1, the remainder of eight bits takes three shifts: a table would be slower
/// to start with, and 512 bytes.
fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |crc: u16, byte| {
        let high = crc >> 8 ^ u16::from(*byte);
        let high = high ^ high >> 4;
        crc << 8 ^ high << 12 ^ high << 5 ^ high
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A bit at a time, as the polynomial says.
    fn by_bits(bytes: &[u8]) -> u16 {
        bytes.iter().fold(0, |crc: u16, byte| {
            (0..8).fold(crc ^ u16::from(*byte) << 8, |crc, _| {
                if crc >> 15 == 1 { crc << 1 ^ 0x1021 } else { crc << 1 }
            })
        })
    }

    #[test]
    fn the_sum_that_the_specification_gives() {
        assert_eq!(crc16(b"123456789"), 0x31c3);
        assert_eq!(crc16(b""), 0);
        for first in if cfg!(miri) { 200..=205 } else { 0..=255 } {
            for second in [0, 1, 127, 128, 255, first] {
                assert_eq!(crc16(&[first, second]), by_bits(&[first, second]));
            }
        }
    }

    #[test]
    fn partitions_begin_where_they_do() {
        let hash = KeyHash::v1(0);
        for count in [0, 1, 2, 3, 7, 10, 256, 1_000, 65_521, u16::MAX] {
            let rule = Partitioning::v1(hash, count);
            for partition in (0..10.min(count)).chain(count.saturating_sub(10)..count) {
                let first = rule.first_point(partition).unwrap();
                assert_eq!(rule.partition_of_point(first), partition);
                let before = first.checked_sub(1).map(|point| rule.partition_of_point(point));
                assert_eq!(before, partition.checked_sub(1));
            }
            assert_eq!(rule.first_point(count), None);
        }
        let slots = Partitioning::redis_cluster();
        assert_eq!(
            [7, 16_383, 16_384].map(|slot| slots.first_point(slot)),
            [Some(7), Some(16_383), None]
        );
    }

    #[test]
    fn what_is_hashed() {
        for (key, part) in [
            ("", ""),
            ("key", "key"),
            ("{user1000}.following", "user1000"),
            ("foo{}{bar}", "foo{}{bar}"),
            ("foo{{bar}}zap", "{bar"),
            ("foo{bar}{zap}", "bar"),
            ("foo{bar", "foo{bar"),
            ("foo}bar{", "foo}bar{"),
            ("}{a}", "a"),
            ("{}", "{}"),
            ("{", "{"),
            ("}", "}"),
        ] {
            assert_eq!(hashed(key.as_bytes()), part.as_bytes(), "{key}");
        }
    }
}

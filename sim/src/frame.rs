//! Messages as bytes, with the checksum that a transport adds.

use alloc::vec::Vec;

use crate::random::Random;

/// The checksum of Ethernet, zlib and others (CRC-32, reflected, 0xedb88320).
#[must_use]
pub(crate) fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for &byte in bytes {
        crc ^= u32::from(byte);
        for _ in 0..8 {
            let low = crc & 1;
            crc >>= 1;
            if low == 1 {
                crc ^= 0xedb8_8320;
            }
        }
    }
    !crc
}

/// A frame: the bytes, and their checksum.
pub(crate) fn seal(bytes: &mut Vec<u8>) {
    let crc = crc32(bytes);
    bytes.extend_from_slice(&crc.to_le_bytes());
}

/// The bytes of a frame whose checksum is right.
#[must_use]
pub(crate) fn open(frame: &[u8]) -> Option<&[u8]> {
    let (bytes, crc) = frame.split_last_chunk::<4>()?;
    (crc32(bytes) == u32::from_le_bytes(*crc)).then_some(bytes)
}

/// Cuts a frame off, or flips a few of its bits.
pub(crate) fn corrupt(frame: &mut Vec<u8>, random: &mut Random) {
    if random.one_in(3) {
        frame.truncate(random.index(frame.len()));
        return;
    }
    let mut flip = |frame: &mut Vec<u8>| {
        let at = random.index(frame.len() * 8);
        frame[at / 8] ^= 1 << (at % 8);
        at
    };
    // Two flips of one bit would be none.
    let first = flip(frame);
    if flip(frame) == first {
        frame[first / 8] ^= 1 << (first % 8);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_check_value() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn corruption_is_refused() {
        let mut random = Random::new(1);
        for length in 1..80_u8 {
            for _ in 0..50 {
                let mut frame: Vec<u8> = (0..length).collect();
                seal(&mut frame);
                assert!(open(&frame).is_some());
                corrupt(&mut frame, &mut random);
                assert!(open(&frame).is_none());
            }
        }
    }
}

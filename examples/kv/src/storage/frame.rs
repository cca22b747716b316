//! Frames: how everything but the head of a log is stored, with a length, a number and a checksum.

use std::io::{self, Read};

use crc32fast::Hasher;

/// The bytes of a frame before its body: length, number, checksum of both and of the body.
const HEADER_BYTES: usize = 20;

/// A frame around this body. Frames of one file have consecutive numbers, from 1 or later.
pub(super) fn encode(number: u64, body: &[u8]) -> Vec<u8> {
    let header = [body.len() as u64, number].map(u64::to_le_bytes);
    let checksum = checksum(header.as_flattened(), body).to_le_bytes();
    [header.as_flattened(), &checksum, body].concat()
}

fn checksum(header: &[u8], body: &[u8]) -> u32 {
    let mut hasher = Hasher::new();
    hasher.update(header);
    hasher.update(body);
    hasher.finalize()
}

/// Reads frames, one after the other.
#[derive(Debug)]
pub(super) struct Frames<R> {
    from: R,
    /// How much there is to read. No frame is longer, whatever it says.
    left: u64,
    /// Where the next frame begins.
    pub(super) position: u64,
    /// The number of the frame that was read last, if one was.
    pub(super) number: Option<u64>,
}

impl<R: Read> Frames<R> {
    /// Reads from here to `end`.
    pub(super) const fn new(from: R, position: u64, end: u64) -> Self {
        Self { from, left: end.saturating_sub(position), position, number: None }
    }

    /// Whether all was read.
    pub(super) const fn is_over(&self) -> bool {
        self.left == 0
    }

    /// The body of the next frame; `None` if what is here is no whole frame, or not the next one.
    /// After that nothing more is to be read.
    pub(super) fn next(&mut self) -> io::Result<Option<Vec<u8>>> {
        let Some(left) = self.left.checked_sub(HEADER_BYTES as u64) else { return Ok(None) };
        let (mut lengths, mut checked) = ([0; 16], [0; 4]);
        self.from.read_exact(&mut lengths)?;
        self.from.read_exact(&mut checked)?;
        let [length, number] = halves(lengths);
        let is_next = self.number.map_or(number > 0, |last| last.checked_add(1) == Some(number));
        let (Some(left), true) = (left.checked_sub(length), is_next) else { return Ok(None) };
        let mut body = Vec::new();
        self.from.by_ref().take(length).read_to_end(&mut body)?;
        if body.len() as u64 != length || checksum(&lengths, &body) != u32::from_le_bytes(checked) {
            return Ok(None);
        }
        let read = self.left.saturating_sub(left);
        (self.left, self.position) = (left, self.position.saturating_add(read));
        self.number = Some(number);
        Ok(Some(body))
    }
}

fn halves(bytes: [u8; 16]) -> [u64; 2] {
    let number = u128::from_le_bytes(bytes);
    #[allow(clippy::cast_possible_truncation)] // The lower half is what is wanted.
    [number as u64, (number >> 64) as u64]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The bodies of all whole frames, from the first on.
    fn read(bytes: &[u8]) -> Vec<Vec<u8>> {
        let mut frames = Frames::new(bytes, 0, bytes.len() as u64);
        std::iter::from_fn(|| frames.next().unwrap()).collect()
    }

    #[test]
    fn a_frame_that_is_not_whole_is_none() {
        let bodies = [b"one".to_vec(), vec![], b"three".to_vec()];
        let frames = [7, 8, 9].iter().zip(&bodies).map(|(&number, body)| encode(number, body));
        let bytes: Vec<u8> = frames.flatten().collect();
        assert_eq!(read(&bytes), bodies);
        for at in 0..bytes.len() {
            let whole = [23, 43].iter().filter(|&&end| at >= end).count();
            assert_eq!(read(&bytes[..at]), bodies[..whole]);
            let mut flipped = bytes.clone();
            flipped[at] ^= 0x40;
            assert_eq!(read(&flipped), bodies[..whole]);
        }
        assert!(read(&[0; 100]).is_empty());
        assert!(read(&[0xFF; 100]).is_empty());
        let again = [encode(1, b"a"), encode(1, b"a")].concat();
        assert_eq!(read(&again).len(), 1);
    }
}

//! The keys.

use std::fs::File;
use std::io::{self, BufRead, BufReader};

use crate::arguments::MOST_KEYS;
use crate::progress::Progress;

/// Strings of bytes, one after the other. One that is there twice counts twice.
pub(crate) enum Keys {
    Lines(Lines),
    /// Made when they are asked for, so that they take no memory.
    Random(u64),
}

#[derive(Default)]
pub(crate) struct Lines {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Lines {
    fn push(&mut self, key: &[u8]) {
        self.bytes.extend_from_slice(key);
        self.ends.push(self.bytes.len());
    }

    pub(crate) fn count(&self) -> usize {
        self.ends.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &[u8]> + Clone {
        let mut rest = self.bytes.as_slice();
        let mut start = 0_usize;
        self.ends.iter().map(move |end| {
            let length = end.saturating_sub(start);
            let (key, others) = rest.split_at_checked(length).unwrap_or((&[], &[]));
            (rest, start) = (others, *end);
            key
        })
    }
}

impl Keys {
    pub(crate) const fn random(count: u64) -> Self {
        Self::Random(count)
    }

    /// A key a line; empty lines are none.
    pub(crate) fn read(path: &str, progress: &mut Progress) -> Result<Self, String> {
        let refused = |error: io::Error| format!("--keys {path}: {error}");
        if path == "-" {
            Self::read_from(&mut io::stdin().lock(), path, progress)
        } else {
            let mut file = BufReader::new(File::open(path).map_err(refused)?);
            Self::read_from(&mut file, path, progress)
        }
    }

    fn read_from(
        input: &mut impl BufRead,
        path: &str,
        progress: &mut Progress,
    ) -> Result<Self, String> {
        let mut lines = Lines::default();
        let mut line = Vec::new();
        loop {
            line.clear();
            let read = input.read_until(b'\n', &mut line);
            if read.map_err(|error| format!("--keys {path}: {error}"))? == 0 {
                break;
            }
            let key = line.strip_suffix(b"\n").unwrap_or(&line);
            let key = key.strip_suffix(b"\r").unwrap_or(key);
            if !key.is_empty() {
                lines.push(key);
                progress.has_read();
            }
        }
        if lines.ends.is_empty() {
            return Err(format!("--keys {path}: no key in it; one a line was expected"));
        }
        let count = u64::try_from(lines.count()).unwrap_or(u64::MAX);
        if count > MOST_KEYS {
            return Err(format!("--keys {path}: {count} keys; up to {MOST_KEYS} are compared"));
        }
        Ok(Self::Lines(lines))
    }

    pub(crate) fn count(&self) -> u64 {
        match self {
            Self::Lines(lines) => u64::try_from(lines.count()).unwrap_or(u64::MAX),
            Self::Random(count) => *count,
        }
    }

    pub(crate) fn for_each(&self, mut visit: impl FnMut(&[u8])) {
        match self {
            Self::Lines(lines) => lines.iter().for_each(visit),
            Self::Random(count) => (0..*count).for_each(|number| visit(&random(number))),
        }
    }

    /// The first keys, and those again, until there are so many.
    pub(crate) fn sample(&self, count: usize) -> Lines {
        let mut sample = Lines::default();
        match self {
            Self::Lines(lines) => lines.iter().cycle().take(count).for_each(|key| sample.push(key)),
            Self::Random(all) => {
                (0..*all).cycle().take(count).for_each(|number| sample.push(&random(number)));
            }
        }
        sample
    }
}

/// The numbers of SplitMix64 from seed 0.
fn random(number: u64) -> [u8; 8] {
    let z = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    (z ^ z >> 31).to_le_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_a_line_of_bytes() {
        let mut input = &b"one\n\ntwo\r\n\xff\none"[..];
        let keys = Keys::read_from(&mut input, "-", &mut Progress::new()).unwrap();
        let mut met = Vec::new();
        keys.for_each(|key| met.push(key.to_vec()));
        assert_eq!(met, [&b"one"[..], b"two", b"\xff", b"one"]);
        assert_eq!(keys.count(), 4);
        assert_eq!(keys.sample(6).iter().nth(5), Some(&b"two"[..]));

        let none = Keys::read_from(&mut &b"\n\n"[..], "f", &mut Progress::new());
        assert_eq!(none.err().unwrap(), "--keys f: no key in it; one a line was expected");
    }

    #[test]
    fn random_keys_differ_and_stay() {
        let mut met = Vec::new();
        Keys::random(1_000).for_each(|key| met.push(key.to_vec()));
        // The first number of SplitMix64 from seed 0.
        assert_eq!(met[0], 0xe220_a839_7b1d_cdaf_u64.to_le_bytes());
        assert_eq!(Keys::random(10).sample(12).iter().nth(11), Some(&met[1][..]));
        met.sort();
        met.dedup();
        assert_eq!(met.len(), 1_000);
    }
}

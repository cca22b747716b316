//! Histories of keys that are only appended to, and what is wrong with them.
//!
//! Each append adds a token of its own, and its answer, the new length, tells where that is. So the
//! order is known, and whether it is a possible one takes little time to say: each operation has a
//! rank in that order, and none may be called after one of a higher rank has returned.

use alloc::{collections::BTreeMap, format, string::String, vec, vec::Vec};

/// How long a token is.
pub const TOKEN_BYTES: usize = 9;

/// What becomes of an append.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was acknowledged, with this length.
    Done {
        /// When.
        returned: u32,
        /// How many bytes the key had then, it is said.
        length: i64,
    },
    /// Nobody knows: it may have been applied, once.
    Unknown,
    /// It was refused, and never applied.
    Refused,
}

/// An append.
#[derive(Clone, Copy, Debug)]
pub struct Append {
    /// What it appends.
    pub token: u32,
    /// When it was called.
    pub called: u32,
    /// What became of it.
    pub outcome: Outcome,
}

/// A read.
#[derive(Clone, Copy, Debug)]
pub struct Read {
    called: u32,
    returned: u32,
    length: usize,
    hash: u64,
}

/// All that happened to a key. Times are all different.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// What was appended.
    pub appends: Vec<Append>,
    /// What was read.
    pub reads: Vec<Read>,
}

/// What is wrong with a history.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// Appends that were acknowledged and are not there.
    pub lost: usize,
    /// Whatever else is wrong, or that too.
    pub faults: Vec<String>,
}

/// A token as it is appended.
#[must_use]
pub fn token(number: u32) -> String {
    format!("{number:08x};")
}

impl Read {
    /// A read of this value.
    #[must_use]
    pub fn new(called: u32, returned: u32, value: &[u8]) -> Self {
        Self { called, returned, length: value.len(), hash: value.iter().fold(EMPTY, hash) }
    }
}

impl History {
    /// What is wrong, if this is the last value that was read.
    #[must_use]
    pub fn check(&self, last: &[u8]) -> Findings {
        let mut findings = Findings::default();
        let mut places = findings.places(last);
        // When an operation was called, when it returned, and its rank.
        let mut ranked: Vec<(u32, Option<u32>, usize)> = Vec::new();
        for append in &self.appends {
            let place = places.remove(&append.token);
            let returned = findings.judge(append, place);
            // Between the reads of what was before it and those of what it made.
            let rank = place.map(|place| place.saturating_mul(2).saturating_add(1));
            ranked.extend(rank.map(|rank| (append.called, returned, rank)));
        }
        for token in places.keys() {
            findings.faults.push(format!("{token:08x} is there, and nobody appended it"));
        }
        let mut hashes = vec![EMPTY];
        hashes.extend(last.iter().scan(EMPTY, |sum, byte| {
            *sum = hash(*sum, byte);
            Some(*sum)
        }));
        for read in &self.reads {
            let is_prefix = hashes.get(read.length) == Some(&read.hash);
            if !is_prefix || !read.length.is_multiple_of(TOKEN_BYTES) {
                let Read { called, length, .. } = read;
                findings.faults.push(format!("a read of {length} bytes at {called} is no prefix"));
            }
            let tokens = read.length.checked_div(TOKEN_BYTES).unwrap_or(0);
            ranked.push((read.called, Some(read.returned), tokens.saturating_mul(2)));
        }
        findings.check_order(&ranked);
        findings
    }
}

impl Findings {
    /// Where each token is.
    fn places(&mut self, value: &[u8]) -> BTreeMap<u32, usize> {
        let mut places = BTreeMap::new();
        for (place, bytes) in value.chunks(TOKEN_BYTES).enumerate() {
            let text = str::from_utf8(bytes).ok().and_then(|text| text.strip_suffix(';'));
            let number = text.and_then(|text| u32::from_str_radix(text, 16).ok());
            match number.filter(|number| token(*number).as_bytes() == bytes) {
                Some(number) if places.insert(number, place).is_some() => {
                    self.faults.push(format!("{number:08x} is there twice"));
                }
                Some(_) => {}
                None => self.faults.push(format!("{} is no token", bytes.escape_ascii())),
            }
        }
        places
    }

    /// Whether an append is where it should be. When it returned, if it did.
    fn judge(&mut self, append: &Append, place: Option<usize>) -> Option<u32> {
        let Append { token, outcome, .. } = append;
        match (outcome, place) {
            (Outcome::Done { .. }, None) => {
                self.lost = self.lost.saturating_add(1);
                self.faults.push(format!("{token:08x} was acknowledged and is lost"));
                None
            }
            (Outcome::Done { returned, length }, Some(place)) => {
                let end = place.saturating_add(1).saturating_mul(TOKEN_BYTES);
                if usize::try_from(*length) != Ok(end) {
                    self.faults.push(format!("{token:08x} ends at {end}, not at {length}"));
                }
                Some(*returned)
            }
            (Outcome::Refused, Some(_)) => {
                self.faults.push(format!("{token:08x} was refused and is there"));
                None
            }
            (Outcome::Refused, None) | (Outcome::Unknown, _) => None,
        }
    }

    /// No operation is called after one of a higher rank has returned.
    fn check_order(&mut self, ranked: &[(u32, Option<u32>, usize)]) {
        let mut moments: Vec<(u32, bool, usize)> = Vec::new();
        for (called, returned, rank) in ranked {
            moments.push((*called, false, *rank));
            moments.extend(returned.map(|returned| (returned, true, *rank)));
        }
        moments.sort_unstable();
        let mut highest = 0;
        for (moment, is_return, rank) in moments {
            if is_return {
                highest = highest.max(rank);
            } else if rank < highest {
                self.faults.push(format!("what was called at {moment} saw the past"));
            }
        }
    }
}

/// FNV-1a: what was read is compared, and not kept.
const EMPTY: u64 = 0xcbf2_9ce4_8422_2325;

fn hash(sum: u64, byte: &u8) -> u64 {
    (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn done(token: u32, called: u32, returned: u32, place: i64) -> Append {
        let length = place.saturating_add(1).saturating_mul(9);
        let outcome = Outcome::Done { returned, length };
        Append { token, called, outcome }
    }

    fn open(token: u32, called: u32, outcome: Outcome) -> Append {
        Append { token, called, outcome }
    }

    fn value(tokens: &[u32]) -> String {
        tokens.iter().map(|number| token(*number)).collect()
    }

    fn read(called: u32, returned: u32, tokens: &[u32]) -> Read {
        Read::new(called, returned, value(tokens).as_bytes())
    }

    fn faults(appends: &[Append], reads: &[Read], last: &[u32]) -> Vec<String> {
        let history = History { appends: appends.to_vec(), reads: reads.to_vec() };
        history.check(value(last).as_bytes()).faults
    }

    #[test]
    fn good_histories() {
        let one = done(1, 1, 4, 1);
        // The one that was called later came first, and one nobody heard of came last.
        let appends =
            [one, done(2, 2, 3, 0), open(3, 5, Outcome::Unknown), open(4, 6, Outcome::Refused)];
        assert_eq!(faults(&appends, &[], &[2, 1]), [""; 0]);
        let reads = [read(7, 8, &[2, 1]), read(9, 10, &[2, 1, 3]), read(11, 12, &[2, 1, 3])];
        assert_eq!(faults(&appends, &reads, &[2, 1, 3]), [""; 0]);
        // A read while it was under way may see either.
        assert_eq!(
            faults(&[done(1, 1, 9, 0)], &[read(2, 3, &[]), read(4, 5, &[1])], &[1]),
            [""; 0]
        );
    }

    #[test]
    fn planted_mistakes_are_found() {
        let [one, two] = [done(1, 1, 2, 0), done(2, 3, 4, 1)];
        let unknown = open(3, 1, Outcome::Unknown);
        type Case<'a> = (&'a [Append], &'a [Read], &'a [u32], &'a str);
        let cases: [Case<'_>; 13] = [
            (&[one, two], &[], &[1], "00000002 was acknowledged and is lost"),
            (&[one, two], &[], &[], "00000001 was acknowledged and is lost"),
            (&[one, two], &[], &[2, 1], "00000001 ends at 18, not at 9"),
            (&[one, two], &[], &[1, 2, 1], "00000001 is there twice"),
            (&[unknown], &[], &[3, 3], "00000003 is there twice"),
            (&[one], &[], &[1, 7], "00000007 is there, and nobody appended it"),
            (&[open(3, 1, Outcome::Refused)], &[], &[3], "00000003 was refused and is there"),
            // A stale read.
            (&[one, two], &[read(5, 6, &[1])], &[1, 2], "what was called at 5 saw the past"),
            // One that goes back, of what nobody acknowledged.
            (
                &[unknown],
                &[read(2, 3, &[3]), read(4, 5, &[])],
                &[3],
                "what was called at 4 saw the past",
            ),
            // What was read and is gone.
            (&[unknown], &[read(2, 3, &[3])], &[], "a read of 9 bytes at 2 is no prefix"),
            (&[one, two], &[read(5, 6, &[2])], &[1, 2], "a read of 9 bytes at 5 is no prefix"),
            // An effect before its cause.
            (&[done(1, 3, 4, 0)], &[read(1, 2, &[1])], &[1], "what was called at 3 saw the past"),
            // Two in the reverse of their order in time.
            (
                &[done(1, 1, 2, 1), done(2, 3, 4, 0)],
                &[],
                &[2, 1],
                "what was called at 3 saw the past",
            ),
        ];
        for (appends, reads, last, expected) in cases {
            let faults = faults(appends, reads, last);
            assert!(faults.iter().any(|fault| fault == expected), "{expected}: {faults:?}");
        }
    }

    #[test]
    fn garbage_is_no_token() {
        let one = History { appends: vec![done(1, 1, 2, 0)], reads: Vec::new() };
        let findings = one.check(b"0000001;\xff00");
        assert_eq!((findings.lost, findings.faults.len()), (1, 3), "{findings:?}");
        assert!(!one.check(b"+0000001;").faults.is_empty());
    }
}

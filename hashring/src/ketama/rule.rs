//! How clients of memcached place points: the labels of a server, and how many it has.

use md5::{Digest, Md5};

/// Whose ketama it is. The clients differ in what they take the points of a server from, and in how
/// they round.
///
/// Of n servers that have a weight, a server of weight w among a total of W has a number of labels:
/// about 40 n w/W, rounded down as below. A label ends with `-` and a number from 0 on; its MD5 is
/// four points, each of four bytes, the lowest first.
///
/// The arithmetic is that of IEEE 754 in the precisions that the sources have, every step rounded
/// to the nearest, as on all machines that this crate runs on. (A client for old 32-bit x86 may
/// round otherwise.)
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum KetamaRule {
    /// The original, libketama of Last.fm. A label begins with the name of the server as it is:
    /// `10.0.1.1:11211-0`. The number of labels: `w` and `W` in 32 bits, their quotient as well; in
    /// 64 bits, times 40, times n; rounded to 32 bits, then down.
    Libketama,
    /// libmemcached's `MEMCACHED_BEHAVIOR_KETAMA_WEIGHTED`, and what is built on it. A label begins
    /// with the name of the server, without a port of 11211: `10.0.1.1-0`, `10.0.1.2:11212-0`. The
    /// number of labels: `w` and `W` in 32 bits, their quotient, that times 160, over 4, times n as
    /// well; rounded down. (The 10⁻¹⁰ that the source adds is lost when it rounds to 32 bits.)
    Libmemcached,
    /// libmemcached's `MEMCACHED_DISTRIBUTION_CONSISTENT_KETAMA_SPY`, after spymemcached for Java:
    /// as `Libmemcached`, with `/` and the full name: `/10.0.1.1:11211-0`. (spymemcached itself has
    /// 40 labels for every server; libmemcached rounds to 39 for equal weights of 25 servers, and
    /// of some other numbers.)
    Spymemcached,
}

/// Labels of a server, of which the number is missing.
pub(crate) struct Labels(Md5);

impl KetamaRule {
    /// How many labels a server has: none, for a weight of 0.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "rounded down")]
    #[expect(clippy::cast_precision_loss, reason = "as the sources do")]
    pub(crate) fn label_count(self, weight: u32, total: u64, servers: u32) -> u32 {
        let share = weight as f32 / total as f32;
        let labels = match self {
            Self::Libketama => (f64::from(share) * 40.0 * f64::from(servers as f32)) as f32,
            Self::Libmemcached | Self::Spymemcached => share * 160.0 / 4.0 * servers as f32,
        };
        // Not a number, if the total is 0, is 0 here.
        labels as u32
    }

    pub(crate) fn labels(self, name: &[u8]) -> Labels {
        let mut hasher = Md5::new();
        let name = match self {
            Self::Libketama => name,
            Self::Libmemcached => name.strip_suffix(b":11211").unwrap_or(name),
            Self::Spymemcached => {
                hasher.update(b"/");
                name
            }
        };
        hasher.update(name);
        hasher.update(b"-");
        Labels(hasher)
    }
}

impl Labels {
    /// The four points of a label.
    pub(crate) fn points(&self, label: u32) -> [u32; 4] {
        let mut hasher = self.0.clone();
        let mut text = [0; 10];
        hasher.update(decimal(label, &mut text));
        let digest = u128::from_le_bytes(hasher.finalize().into());
        [0, 32, 64, 96].map(|above| part(digest, above))
    }
}

/// The point of a key: the first four bytes of its MD5, the lowest first.
pub(crate) fn key_point(key: &[u8]) -> u32 {
    part(u128::from_le_bytes(Md5::digest(key).into()), 0)
}

#[expect(clippy::cast_possible_truncation, reason = "the part that is wanted")]
const fn part(digest: u128, above: u32) -> u32 {
    digest.wrapping_shr(above) as u32
}

/// A number as text.
fn decimal(mut number: u32, text: &mut [u8; 10]) -> &[u8] {
    let mut unused = text.len();
    for digit in text.iter_mut().rev() {
        // Below ten.
        *digit = b'0'.wrapping_add((number % 10) as u8);
        unused = unused.saturating_sub(1);
        number /= 10;
        if number == 0 {
            break;
        }
    }
    text.get(unused..).unwrap_or(&[])
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, clippy::cast_possible_truncation)] // A test may panic.
mod tests {
    use super::*;

    extern crate alloc;
    use alloc::string::ToString;

    const ALL: [KetamaRule; 3] =
        [KetamaRule::Libketama, KetamaRule::Libmemcached, KetamaRule::Spymemcached];

    #[test]
    fn numbers_as_text() {
        for number in [0, 7, 10, 99, 100, 4_096, 999_999_999, 1_000_000_000, u32::MAX] {
            assert_eq!(decimal(number, &mut [0; 10]), number.to_string().as_bytes());
        }
    }

    /// Of equal weights, each has 40 labels, or one less where rounding has it so: these counts are
    /// those of the lines of the sources, compiled by gcc for x86-64.
    #[test]
    fn equal_weights_have_forty_labels_or_one_less() {
        let labels = |rule: KetamaRule, n| rule.label_count(7, u64::from(n) * 7, n);
        for (servers, libketama, libmemcached) in
            [(1, 40, 40), (7, 40, 40), (25, 40, 39), (47, 40, 39), (61, 39, 39), (100, 40, 39)]
        {
            assert_eq!(labels(KetamaRule::Libketama, servers), libketama, "{servers}");
            assert_eq!(labels(KetamaRule::Libmemcached, servers), libmemcached, "{servers}");
            assert_eq!(labels(KetamaRule::Spymemcached, servers), libmemcached, "{servers}");
        }
        for rule in ALL {
            assert_eq!(rule.label_count(0, 100, 3), 0);
            assert_eq!(rule.label_count(0, 0, 0), 0);
            assert_eq!(rule.label_count(u32::MAX, u32::MAX.into(), 1), 40);
        }
    }

    /// A hundred thousand weights, totals and numbers of servers, and what the same lines make of
    /// them, as a sum.
    #[test]
    #[cfg(not(miri))]
    fn any_weights_have_as_many_labels_as_in_the_sources() {
        let rules = [KetamaRule::Libketama, KetamaRule::Libmemcached];
        let mut sums = [0_u64; 2];
        let mut add = |weight, total, servers| {
            for (sum, rule) in sums.iter_mut().zip(rules) {
                let labels = rule.label_count(weight, total, servers);
                *sum = sum.wrapping_mul(31).wrapping_add(labels.into());
            }
        };
        for servers in 1..=1_000 {
            add(7, 7 * u64::from(servers), servers);
        }
        // Marsaglia's xorshift.
        let mut state = 88_172_645_463_325_252_u64;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            let [low, high] = [state as u32, (state >> 32) as u32];
            (low, high, state)
        };
        for _ in 0..100_000 {
            let (low, _, state) = next();
            let weight = low >> (state >> 40 & 31);
            let (low, high, state) = next();
            let servers = 1 + high % 1_000;
            let other = u64::from(low >> (state >> 35 & 31));
            let total = u64::from(weight) + other * u64::from(servers - 1);
            if total > 0 {
                add(weight, total, servers);
            }
        }
        assert_eq!(sums, [6_811_420_219_821_128_889, 6_074_129_125_136_150_714]);
    }

    /// The eight servers of the tests of libketama and libmemcached.
    #[test]
    fn labels_are_rounded_down() {
        let weights = [600, 300, 200, 350, 1_000, 800, 950, 100];
        for rule in ALL {
            let labels = weights.map(|weight| rule.label_count(weight, 4_300, 8));
            assert_eq!(labels, [44, 22, 14, 26, 74, 59, 70, 7]);
        }
    }
}

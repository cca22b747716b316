//! Which numbers are prime.

/// Whether a number has no divisors but itself and 1, which is none. Up to 22,000 divisions.
pub(crate) fn is_prime(number: u32) -> bool {
    if number < 2 {
        return false;
    }
    if number.is_multiple_of(2) || number.is_multiple_of(3) {
        return number < 4;
    }
    // All others are next to a multiple of six.
    let mut below = 5_u32;
    while below.checked_mul(below).is_some_and(|square| square <= number) {
        for divisor in [below, below.saturating_add(2)] {
            if divisor < number && number.is_multiple_of(divisor) {
                return false;
            }
        }
        below = below.saturating_add(6);
    }
    true
}

/// The least prime that is not below a number; of those of 32 bits, the greatest.
pub(crate) fn next_prime(number: u32) -> u32 {
    (number..=LAST).find(|&candidate| is_prime(candidate)).unwrap_or(LAST)
}

/// 2^32 - 5.
const LAST: u32 = u32::MAX - 4;

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)] // A test may panic.
#[allow(clippy::arithmetic_side_effects)]
mod tests {
    use super::*;

    extern crate alloc;
    use alloc::{vec, vec::Vec};

    #[test]
    #[cfg_attr(miri, ignore = "takes long, and `cargo test` runs it")]
    fn the_next_one() {
        let next = [0, 2, 3, 4, 100, 65_536, 65_537, 1 << 31].map(next_prime);
        assert_eq!(next, [2, 2, 3, 5, 101, 65_537, 65_537, 2_147_483_659]);
        assert_eq!([LAST - 1, LAST, LAST + 1, u32::MAX].map(next_prime), [LAST; 4]);
        assert!(is_prime(LAST));
    }

    #[test]
    fn as_the_sieve_of_eratosthenes_says() {
        let most = if cfg!(miri) { 200 } else { 70_000_usize };
        let mut sieve = vec![true; most];
        for number in 2..most {
            if sieve[number] {
                (2 * number..most).step_by(number).for_each(|multiple| sieve[multiple] = false);
            }
        }
        let expected: Vec<_> = (2..most).filter(|&number| sieve[number]).collect();
        let most = u32::try_from(most).unwrap();
        let found: Vec<_> = (0..most).filter(|&number| is_prime(number)).collect();
        assert!(found.iter().map(|&number| number as usize).eq(expected));
    }

    /// The greatest of 32 bits, and squares and products of the greatest of 16.
    #[test]
    #[cfg(not(miri))]
    fn up_to_the_greatest() {
        assert!([4_294_967_291, 4_294_967_279, 2_147_483_647, 655_373].into_iter().all(is_prime));
        assert!((4_294_967_292..=u32::MAX).all(|number| !is_prime(number)));
        assert!(![65_521 * 65_521, 65_521 * 65_519, 65_519 * 65_519].into_iter().any(is_prime));
    }
}

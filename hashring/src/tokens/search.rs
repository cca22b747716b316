//! Finding a point among sorted tokens.

use crate::tokens::Token;

/// How often a guess is corrected: of 100,000 hashes, the first is off by about 160 places, the
/// second by 13, the third by 4.
const CORRECTIONS: usize = 2;
/// How many tokens around the last guess are looked at, on either side.
const REACH: usize = 8;

/// The first place whose token is not before the point: the number of tokens where none is.
///
/// Tokens that are hashes are spread evenly, so that a place can be guessed from the point, and
/// guessed better from what is there. Where that fails, it is searched for by halves.
pub(crate) fn first_not_before(tokens: &[Token], point: u32) -> usize {
    let guess = guess(tokens, point);
    let start = guess.saturating_sub(REACH);
    let end = guess.saturating_add(REACH).min(tokens.len());
    let window = tokens.get(start..end).unwrap_or(&[]);
    let before = window
        .iter()
        .fold(0_usize, |before, token| before.wrapping_add((token.point() < point).into()));
    let is_within = (before > 0 || start == 0) && (before < window.len() || end == tokens.len());
    if is_within {
        start.saturating_add(before)
    } else {
        tokens.partition_point(|token| token.point() < point)
    }
}

/// About where a point is.
fn guess(tokens: &[Token], point: u32) -> usize {
    // A product of 32 bits and 31, with a sign.
    let len = i64::try_from(tokens.len()).unwrap_or(i64::MAX).min(i64::from(i32::MAX));
    let wanted = i64::from(point);
    let mut place = wanted.wrapping_mul(len) >> 32;
    for _ in 0..CORRECTIONS {
        let token = usize::try_from(place).ok().and_then(|place| tokens.get(place));
        let found = token.map_or(wanted, |token| i64::from(token.point()));
        let correction = wanted.wrapping_sub(found).wrapping_mul(len) >> 32;
        place = place.wrapping_add(correction).max(0).min(len.saturating_sub(1));
    }
    usize::try_from(place).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    extern crate alloc;
    use alloc::vec::Vec;

    fn check(points: &[u32]) {
        let tokens: Vec<_> = points.iter().map(|&point| Token::new(point, 5)).collect();
        let near = |point: &u32| [point.wrapping_sub(1), *point, point.wrapping_add(1)];
        for point in points.iter().flat_map(near).chain([0, 1 << 31, u32::MAX]) {
            let naive = points.iter().filter(|&&other| other < point).count();
            assert_eq!(first_not_before(&tokens, point), naive, "{point} among {points:?}");
        }
    }

    #[test]
    fn wherever_the_tokens_are() {
        let len = if cfg!(miri) { 60 } else { 1_000 };
        check(&[]);
        check(&[0]);
        check(&[u32::MAX]);
        check(&[0, 0, 0, u32::MAX, u32::MAX]);
        check(&(0..len).collect::<Vec<_>>());
        check(&(0..len).map(|n| u32::MAX - len + n).collect::<Vec<_>>());
        check(&(0..len).map(|n| n << 22).collect::<Vec<_>>());
        check(&(0..32).map(|n| 1 << n).collect::<Vec<_>>());
        check(
            &(0..len)
                .map(|n| [7, 1 << 20, 1 << 30][n as usize * 3 / len as usize])
                .collect::<Vec<_>>(),
        );
    }
}

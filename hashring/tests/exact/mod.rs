//! Logarithms to 64 places behind the point, by shifting and adding.

/// How many places behind the point there are while it works.
const PLACES: u32 = 120;

/// −log₂(x/2⁶⁴) in units of 2⁻⁶⁴, rounded down; `x` is not 0.
///
/// Source: Briggs: what is multiplied by 1 + 2⁻ᵏ until it is 1 has had the logarithm that is added
/// up.
pub(crate) fn negative_log2(x: u64) -> u128 {
    let zeros = x.leading_zeros();
    let mut rest = u128::from(x << zeros) << (PLACES - 64);
    let mut sum = 0;
    for k in 1..PLACES {
        while rest + (rest >> k) <= 1 << PLACES {
            rest += rest >> k;
            sum += ln_of_one_and(k);
        }
    }
    (u128::from(zeros) << 64) + quotient(sum, ln_2(), 64)
}

/// 2ⁿ/(k ln 2), rounded down.
pub(crate) fn over_ln_2(k: u32, n: u32) -> u128 {
    quotient(1 << PLACES, u128::from(k) * ln_2(), n)
}

/// A quotient with so many bits behind the point, rounded down.
fn quotient(mut rest: u128, divisor: u128, bits: u32) -> u128 {
    let mut quotient = rest / divisor;
    for _ in 0..bits {
        rest = rest % divisor * 2;
        quotient = quotient * 2 + rest / divisor;
    }
    quotient
}

/// ln(1 + 2⁻ᵏ), by its series.
fn ln_of_one_and(k: u32) -> u128 {
    let terms =
        (1..).take_while(|j| j * k < PLACES).map(|j| (j, (1 << (PLACES - j * k)) / u128::from(j)));
    terms.fold(0, |sum, (j, term)| if j % 2 == 1 { sum + term } else { sum - term })
}

/// That of −ln(1 − ½).
fn ln_2() -> u128 {
    (1..PLACES).map(|j| (1 << (PLACES - j)) / u128::from(j)).sum()
}

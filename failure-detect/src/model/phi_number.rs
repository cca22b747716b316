//! φ as a number: from 10⁻⁷ to beyond 1,000, without cancellation, underflow or saturation.

use core::f64::consts::{LN_10, PI, SQRT_2};

/// −log₁₀ of the upper tail of the normal distribution at `z`.
pub(crate) fn normal(z: f64) -> f64 {
    let x = z / SQRT_2;
    if x <= 0.0 {
        // Near 1, the tail is 1 less a small number.
        return -libm::log1p(-0.5 * libm::erfc(-x)) / LN_10;
    }
    if x < FAR {
        return -libm::log10(0.5 * libm::erfc(x));
    }
    (x * x + libm::log(2.0 * x * libm::sqrt(PI) / tail(x))) / LN_10
}

/// From here on the tail is a series. Before, `erfc` is far from underflow.
const FAR: f64 = 8.0;

/// √π x exp(x²) erfc(x), by its asymptotic series (Abramowitz and Stegun, 7.1.23): beyond [`FAR`],
/// eight terms are good to 10⁻¹⁰.
fn tail(x: f64) -> f64 {
    let step = -0.5 / (x * x);
    let (mut sum, mut term, mut odd) = (1.0, 1.0, 1.0);
    for _ in 0..8 {
        term *= odd * step;
        sum += term;
        odd += 2.0;
    }
    sum
}

/// log₁₀(1 + exp(y (1.5976 + 0.070566 y²))).
pub(crate) fn logistic(y: f64) -> f64 {
    let power = y * (1.5976 + 0.070566 * y * y);
    // exp of a negative number only, so that it cannot overflow.
    (power.max(0.0) + libm::log1p(libm::exp(-power.abs()))) / LN_10
}

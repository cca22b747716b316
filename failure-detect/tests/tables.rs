//! The committed tables, made anew by the φ that `libm` gives, and that φ against values of high
//! precision.
#![cfg(feature = "libm")]
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects)] // A test may panic.
#![allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]

use synod_failure_detect::{
    Detector, Exponential, Logistic, Model, Normal, Phi, PhiAccrual, PhiConfig, Policy,
};

/// A deviation of 2²⁴ µs: a threshold in 2⁻²⁴ deviations is one in microseconds.
const DEVIATION_US: u32 = 1 << 24;
/// The mean of the two intervals that such a deviation is a quarter of.
const MEAN_US: u64 = 1 << 26;

fn peer<M: Model>(tenths: u8) -> PhiAccrual<M, 2, 1> {
    let config = PhiConfig {
        policy: Policy::new([Phi::from_tenths(tenths).unwrap()]),
        first_interval_us: MEAN_US as u32,
        min_deviation_us: 0,
        acceptable_pause_us: 0,
    };
    assert_eq!(config.first_interval_us / 4, DEVIATION_US);
    PhiAccrual::new(0, config).unwrap()
}

/// The deadline of each threshold is where φ passes it, as exactly as a multiplier of 2⁻²⁴ can be,
/// rounded to the nearest and then up to a microsecond.
fn thresholds_are_where_phi_passes<M: Model>(rounding_us: u64) {
    for tenths in Phi::MIN.tenths()..=Phi::MAX.tenths() {
        let (peer, threshold) = (peer::<M>(tenths), f64::from(tenths) / 10.0);
        let deadline_us = peer.poll_timeout().unwrap();
        assert!(peer.phi(deadline_us + rounding_us) >= threshold, "{tenths}");
        assert!(peer.phi(deadline_us - 1 - rounding_us) < threshold, "{tenths}");
    }
}

#[test]
fn normal_thresholds() {
    thresholds_are_where_phi_passes::<Normal>(1);
}

#[test]
fn logistic_thresholds() {
    thresholds_are_where_phi_passes::<Logistic>(1);
}

#[test]
fn exponential_thresholds() {
    thresholds_are_where_phi_passes::<Exponential>(1);
}

/// φ by the table is within 0.0003 of φ, wherever it is below 16; and never falls.
fn table_is_near<M: Model>() {
    let (peer, mut last, mut worst) = (peer::<M>(80), 0, 0.0_f64);
    let (steps, step_us) = if cfg!(miri) { (200, 13_007_000) } else { (200_000, 13_007) };
    for step in 0..steps {
        let now_us = step * step_us;
        let (phi, millionths) = (peer.phi(now_us), peer.phi_millionths(now_us));
        worst = worst.max((phi.min(16.0) - f64::from(millionths) / 1e6).abs());
        assert!(millionths >= last, "{now_us}");
        last = millionths;
    }
    assert_eq!(last, 16_000_000);
    assert!(worst <= 3e-4, "{worst}");
}

#[test]
fn normal_table() {
    table_is_near::<Normal>();
}

#[test]
fn logistic_table() {
    table_is_near::<Logistic>();
}

#[test]
fn exponential_table() {
    table_is_near::<Exponential>();
}

/// Deviations beyond the mean, in 2⁻²⁰, and what φ is there: computed with 60 digits.
#[rustfmt::skip]
const NORMAL: [(i64, f64); 25] = [
    (-5_286_996, 1.000000560865e-07),
    (-4_804_591, 1.000000611765e-06),
    (-4_272_752, 9.999999646529e-06),
    (-2_971_450, 0.001000000597712),
    (-2_096_906, 0.01000000993981),
    (-861_438, 0.1000000478),
    (-33_811, 0.2899998693121),
    (0, core::f64::consts::LOG10_2),
    (26_868, 0.3099999354715),
    (501_506, 0.4999999312662),
    (1_343_804, 0.9999998441643),
    (2_439_353, 2.000000498539),
    (4_472_062, 4.999999760469),
    (5_884_610, 8.000000439045),
    (8_022_265, 13.99999998976),
    (8_327_104, 14.99999961014),
    (11_486_597, 27.49999872639),
    (11_595_397, 27.99999948381),
    (11_703_201, 28.4999986913),
    (13_957_513, 40.00000172988),
    (22_306_833, 100.0000014028),
    (38_846_696, 299.9999992445),
    (40_128_086, 319.9999988761),
    (71_078_443, 999.9999983111),
    (87_082_821, 1499.999994073),
];

/// The same.
#[rustfmt::skip]
const LOGISTIC: [(i64, f64); 25] = [
    (-5_002_507, 9.999978843345e-08),
    (-4_602_844, 1.000001239369e-06),
    (-4_146_021, 9.999988873198e-06),
    (-2_952_136, 0.001000000734005),
    (-2_097_098, 0.01000000598401),
    (-861_203, 0.1000000613422),
    (-33_772, 0.289999967196),
    (0, core::f64::consts::LOG10_2),
    (26_837, 0.3099998562264),
    (501_093, 0.4999997785025),
    (1_344_500, 0.9999998277055),
    (2_435_575, 1.99999974998),
    (4_319_285, 4.999999276023),
    (5_479_844, 7.999999476401),
    (7_054_509, 13.99999811147),
    (7_265_041, 14.99999975279),
    (9_295_403, 27.49999932042),
    (9_361_185, 27.99999893251),
    (9_426_133, 28.4999975471),
    (10_736_286, 39.99999739252),
    (15_019_434, 99.9999917579),
    (22_061_036, 300.0000013649),
    (22_556_686, 319.9999927212),
    (33_259_712, 1000.000012215),
    (38_140_005, 1499.999993346),
];

/// φ is within 10⁻⁹ of its value, from 10⁻⁷ to beyond 1,000.
fn phi_is_exact<M: Model>(values: &[(i64, f64)]) {
    let mut peer = peer::<M>(160);
    // Two intervals with a deviation of 2²⁰ µs.
    let (mean_us, deviation_us) = (1 << 27, 1 << 20);
    let mut now_us = 0;
    for (sequence, interval_us) in (1..).zip([0, mean_us - deviation_us, mean_us + deviation_us]) {
        now_us += interval_us;
        peer.heartbeat(now_us, sequence).unwrap();
    }
    for (beyond, value) in values {
        let phi = peer.phi((now_us + mean_us).checked_add_signed(*beyond).unwrap());
        assert!((phi / value - 1.0).abs() < 1e-9, "{phi} is not {value}");
    }
}

#[test]
fn phi_is_exact_in_the_normal_model() {
    phi_is_exact::<Normal>(&NORMAL);
}

#[test]
fn phi_is_exact_in_the_logistic_model() {
    phi_is_exact::<Logistic>(&LOGISTIC);
}

/// It does not saturate, and is neither infinite nor negative at the ends of time. (f05.)
#[test]
fn phi_is_a_number_everywhere() {
    fn check<M: Model>() {
        let (peer, mut last) = (peer::<M>(80), -1.0);
        for bits in 0..64 {
            let phi = peer.phi((1 << bits) - 1);
            assert!(phi > last && phi.is_finite() && phi.is_sign_positive(), "{phi} after {last}");
            last = phi;
        }
    }
    check::<Normal>();
    check::<Logistic>();
    check::<Exponential>();
}

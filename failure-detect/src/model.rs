//! What a distribution of intervals makes of silence.

mod means;
mod phi_estimate;
#[cfg(feature = "libm")]
mod phi_number;
mod spread;
mod thresholds;
mod values;

use core::{fmt, hash::Hash};

use crate::{Phi, window::Moments};
use spread::{is_beyond, reached_after};
use thresholds::Thresholds;

/// Which distribution the intervals between heartbeats are taken to have: how a
/// [`PhiAccrual`](crate::PhiAccrual) makes φ of them.
///
/// Whether φ reaches a threshold is decided in integers: the threshold becomes a multiplier of the
/// standard deviation (exact to 2⁻²⁴), and the rest is exact. So all targets decide alike, and no
/// logarithm is taken.
pub trait Model: Sealed + Copy + Ord + Hash + fmt::Debug + Default {}

/// The normal distribution, exactly: the detector of the paper.
///
/// Source: Hayashibara, Défago, Yared, Katayama, "The φ Accrual Failure Detector", SRDS 2004.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Normal;

/// The logistic function that Akka takes for the normal distribution.
///
/// φ = log₁₀(1 + exp(y (1.5976 + 0.070566 y²))), where y is the silence beyond the mean in standard
/// deviations. Near to [`Normal`] up to φ = 3; from there on it suspects sooner: at φ = 8, after
/// 5.2 standard deviations and not 5.6.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Logistic;

/// The exponential distribution, as in Cassandra: φ is the silence, in units of the mean, divided
/// by ln 10.
///
/// It asks for the mean alone, and waits long: at φ = 8 for 18.4 means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Exponential;

impl Model for Normal {}
impl Model for Logistic {}
impl Model for Exponential {}

/// Only the models of this crate are models.
pub trait Sealed {
    /// What a threshold of φ stands for.
    fn multiplier(phi: Phi) -> i32;

    /// Whether φ has reached a threshold after so long a silence.
    fn is_reached(moments: &Moments, silent_us: u64, multiplier: i32) -> bool;

    /// The least such silence.
    fn reached_after(moments: &Moments, multiplier: i32) -> u64;

    /// φ after so long a silence, in millionths, from a table.
    fn phi_millionths(moments: &Moments, silent_us: u64) -> u32;

    /// φ after so long a silence.
    #[cfg(feature = "libm")]
    fn phi(moments: &Moments, silent_us: u64) -> f64;
}

impl Sealed for Normal {
    fn multiplier(phi: Phi) -> i32 {
        threshold(&thresholds::NORMAL, phi)
    }

    fn is_reached(moments: &Moments, silent_us: u64, deviations: i32) -> bool {
        is_beyond(moments, silent_us, deviations)
    }

    fn reached_after(moments: &Moments, deviations: i32) -> u64 {
        reached_after(moments, deviations)
    }

    fn phi_millionths(moments: &Moments, silent_us: u64) -> u32 {
        phi_estimate::interpolate(&values::NORMAL, spread::deviations(moments, silent_us))
    }

    #[cfg(feature = "libm")]
    fn phi(moments: &Moments, silent_us: u64) -> f64 {
        phi_number::normal(spread::exact_deviations(moments, silent_us))
    }
}

impl Sealed for Logistic {
    fn multiplier(phi: Phi) -> i32 {
        threshold(&thresholds::LOGISTIC, phi)
    }

    fn is_reached(moments: &Moments, silent_us: u64, deviations: i32) -> bool {
        is_beyond(moments, silent_us, deviations)
    }

    fn reached_after(moments: &Moments, deviations: i32) -> u64 {
        reached_after(moments, deviations)
    }

    fn phi_millionths(moments: &Moments, silent_us: u64) -> u32 {
        phi_estimate::interpolate(&values::LOGISTIC, spread::deviations(moments, silent_us))
    }

    #[cfg(feature = "libm")]
    fn phi(moments: &Moments, silent_us: u64) -> f64 {
        phi_number::logistic(spread::exact_deviations(moments, silent_us))
    }
}

impl Sealed for Exponential {
    fn multiplier(phi: Phi) -> i32 {
        phi.tenths().into()
    }

    fn is_reached(moments: &Moments, silent_us: u64, tenths: i32) -> bool {
        means::is_beyond(moments, silent_us, tenths)
    }

    fn reached_after(moments: &Moments, tenths: i32) -> u64 {
        means::reached_after(moments, tenths)
    }

    fn phi_millionths(moments: &Moments, silent_us: u64) -> u32 {
        means::phi_millionths(moments, silent_us)
    }

    #[cfg(feature = "libm")]
    fn phi(moments: &Moments, silent_us: u64) -> f64 {
        means::phi(moments, silent_us)
    }
}

/// The multiplier that a threshold stands for.
fn threshold(thresholds: &Thresholds, phi: Phi) -> i32 {
    let index = usize::from(phi.tenths().saturating_sub(1));
    thresholds.get(index).copied().unwrap_or(i32::MAX)
}

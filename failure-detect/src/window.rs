//! The latest samples, and their exact sums.

use crate::{
    ring::Ring,
    wide::{product, times},
};

/// The latest `N` samples, with their sum and the sum of their squares: exact, however many came
/// and went.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub(crate) struct Window<const N: usize> {
    latest: Ring<u32, N>,
    sum: u64,
    squares: u128,
}

/// What is known of the samples of a window.
#[derive(Clone, Copy, Debug)]
pub struct Moments {
    /// How many there are: at most 2¹⁰.
    pub(crate) count: u64,
    pub(crate) sum: u64,
    squares: u128,
    /// Their sum, if all were the least deviation that is believed.
    least: u64,
}

impl Moments {
    /// The variance of the samples, times the square of their number.
    pub(crate) fn scaled_variance(&self) -> u128 {
        // n Σx² − (Σx)² is n² times the variance, and never negative (Cauchy and Schwarz). With at
        // most 2^10 samples below 2^32, both products are below 2^84.
        let scaled = times(self.squares, self.count).wrapping_sub(product(self.sum, self.sum));
        scaled.max(product(self.least, self.least))
    }

    /// The sum of the samples, if their mean were at least the least deviation.
    pub(crate) fn least_sum(&self) -> u64 {
        self.sum.max(self.least)
    }
}

impl<const N: usize> Window<N> {
    pub(crate) const fn new() -> Self {
        Self { latest: Ring::new(0), sum: 0, squares: 0 }
    }

    /// Takes in a sample, in the place of the oldest once the window is full. O(1).
    pub(crate) fn push(&mut self, sample: u32) {
        let (old, new) = (u64::from(self.latest.push(sample).unwrap_or(0)), u64::from(sample));
        // What goes was added before, and so few numbers of 32 bits do not come near the end.
        self.sum = self.sum.wrapping_add(new).wrapping_sub(old);
        let (old, new) = (old.wrapping_mul(old), new.wrapping_mul(new));
        self.squares = self.squares.wrapping_add(new.into()).wrapping_sub(old.into());
    }

    /// What is known of the samples, if a deviation below `least_us` is not believed.
    pub(crate) fn moments(&self, least_us: u32) -> Moments {
        let count = u64::from(self.latest.len());
        let least = count.wrapping_mul(least_us.max(1).into());
        Moments { count, sum: self.sum, squares: self.squares, least }
    }
}

//! Weights of nodes, and how much of them is needed.

use arbitrary::Arbitrary;

use crate::edge::Edge;

/// Weights by position, and a sum.
#[derive(Arbitrary, Debug)]
pub(crate) struct Weights {
    /// Whether they stand in an array that is longer than a word, and where in it.
    pub(crate) long_from: Option<u8>,
    weights: Vec<Weight>,
    needed: Needed,
}

/// A weight that is mostly small, and sometimes as large as can be.
#[derive(Arbitrary, Clone, Copy, Debug)]
struct Weight(u8);

#[derive(Arbitrary, Debug)]
enum Needed {
    /// The total times this by 240, so that it may exceed the total.
    Share(u8),
    /// This sum.
    Sum(Edge),
}

impl Weights {
    /// The weights in an array of this length.
    pub(crate) fn array<const N: usize>(&self) -> [u32; N] {
        let mut array = [0; N];
        let places = array.iter_mut().skip(usize::from(self.long_from.unwrap_or(0)) % N.max(1));
        for (place, weight) in places.zip(&self.weights) {
            *place = match weight.0 {
                small @ 0..224 => u32::from(small % 8),
                large => u32::MAX - u32::from(large - 224),
            };
        }
        array
    }

    /// The sum that is needed of these.
    pub(crate) fn needed(&self, weights: &[u32]) -> u64 {
        let total: u64 = weights.iter().map(|weight| u64::from(*weight)).sum();
        match &self.needed {
            Needed::Share(share) => total * u64::from(*share) / 240,
            Needed::Sum(sum) => sum.0,
        }
    }
}

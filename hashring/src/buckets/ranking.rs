//! An order of preference, of a rule that names one of its numbered nodes.

use core::marker::PhantomData;

use crate::split_mix::{derived, scaled};

/// A rule that maps a point to one of so many buckets, and where there is one more, moves none but
/// those that move to it.
pub(crate) trait Buckets {
    /// The bucket of a point, below `count`; 0 if that is 0.
    fn bucket(point: u64, count: u32) -> u32;
}

/// How many buckets of an order are such that as little as possible moves.
const RANKED: usize = 16;

/// The buckets below a count, in the order of preference of a point.
///
/// Of n buckets, any k are the first k with equal chance, up to [`RANKED`]; where there is one
/// more, at most one of the k makes place, and for that one. What comes after these is in the order
/// of numbers, from a random one on.
///
/// Think of k rules that know nothing of each other, the i-th of which (from 0) knows of no bucket
/// below i. The greatest that one of them names is among the first k; the rest are the first k − 1
/// of the buckets below it. As the first k − 1 are among the first k, the k-th is the one that is
/// not.
///
/// Source: the crate consistent-choose-k of GitHub's rust-gems, 2025, which proves it.
pub(crate) struct Ranking<B> {
    point: u64,
    count: u32,
    /// The first of them, so many as are known.
    ranked: [u32; RANKED],
    known: usize,
    /// The next one in the order of numbers, and how many are left of that.
    swept: u32,
    unswept: u32,
    rule: PhantomData<B>,
}

impl<B: Buckets> Ranking<B> {
    pub(crate) const fn new(point: u64, count: u32) -> Self {
        // Below the count.
        let swept = scaled(derived(point, u32::MAX), count);
        let ranked = [0; RANKED];
        let rule = PhantomData;
        Self { point, count, ranked, known: 0, swept, unswept: count, rule }
    }

    fn ranked(&self) -> &[u32] {
        self.ranked.get(..self.known).unwrap_or(&[])
    }

    /// The next one, where fewer than all are ranked.
    fn rank(&self) -> u32 {
        let mut index = u32::try_from(self.known).unwrap_or(0);
        let mut bound = self.count;
        loop {
            // So many buckets of those before are below the bound.
            let found = B::bucket(derived(self.point, index), bound.saturating_sub(index));
            let found = found.saturating_add(index);
            let greatest = self.ranked().iter().copied().filter(|&other| other < bound).max();
            let Some(greatest) = greatest.filter(|&greatest| found <= greatest) else {
                return found;
            };
            bound = greatest;
            index = index.saturating_sub(1);
        }
    }

    fn sweep(&mut self) -> Option<u32> {
        while let Some(unswept) = self.unswept.checked_sub(1) {
            self.unswept = unswept;
            let swept = self.swept;
            let next = swept.saturating_add(1);
            self.swept = if next < self.count { next } else { 0 };
            if !self.ranked().contains(&swept) {
                return Some(swept);
            }
        }
        None
    }
}

impl<B: Buckets> Iterator for Ranking<B> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        if u32::try_from(self.known).is_ok_and(|known| known >= self.count) {
            return None;
        }
        if self.known >= RANKED {
            return self.sweep();
        }
        let next = self.rank();
        if let Some(place) = self.ranked.get_mut(self.known) {
            *place = next;
            self.known = self.known.saturating_add(1);
        }
        Some(next)
    }
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)] // A test may panic.
mod tests {
    use super::*;
    use crate::buckets::descent::{Independent, published};
    use crate::buckets::jump::Jump;

    extern crate alloc;
    use alloc::{
        collections::{BTreeMap, BTreeSet},
        vec::Vec,
    };

    /// The first k of n, as they are defined.
    fn first(point: u64, k: u32, n: u32) -> BTreeSet<u32> {
        let named = (0..k).map(|i| i + Jump::bucket(derived(point, i), n - i));
        let Some(greatest) = named.max() else { return BTreeSet::new() };
        let mut rest = first(point, k - 1, greatest);
        rest.insert(greatest);
        rest
    }

    #[test]
    fn as_it_is_defined() {
        let (points, most) = if cfg!(miri) { (2, 8) } else { (200, 24) };
        for point in 0..points {
            for n in 1..=most {
                let order: Vec<_> = Ranking::<Jump>::new(point, n).collect();
                for k in 0..=n.min(16) {
                    let ranked = order[..k as usize].iter().copied().collect();
                    assert_eq!(first(point, k, n), ranked, "{k} of {n}");
                }
                let mut all = order;
                all.sort_unstable();
                assert_eq!(all, (0..n).collect::<Vec<_>>());
            }
        }
    }

    /// JumpBackHash as published, whose buckets at different counts depend on each other.
    struct Published;

    impl Buckets for Published {
        fn bucket(point: u64, count: u32) -> u32 {
            published(point, count).unwrap_or(0)
        }
    }

    /// How much likelier the likeliest set of three of six is than the least likely.
    fn skew<B: Buckets>() -> f64 {
        let mut sets = BTreeMap::<BTreeSet<u32>, u32>::new();
        for point in 0..20_000 {
            let set = Ranking::<B>::new(derived(point, 1), 6).take(3).collect();
            *sets.entry(set).or_default() += 1;
        }
        let counts = || sets.values().copied();
        f64::from(counts().max().unwrap()) / f64::from(counts().min().unwrap())
    }

    /// A thousand points a set, so that four standard deviations are an eighth of it.
    #[test]
    #[cfg_attr(miri, ignore = "takes long, and `cargo test` runs it")]
    fn rules_that_depend_on_each_other_will_not_do() {
        assert!(skew::<Jump>() < 1.25);
        assert!(skew::<Independent>() < 1.25);
        assert!(skew::<Published>() > 1.4);
    }
}

//! What two causal contexts both know.

use core::iter::FusedIterator;

use crate::{Dot, DotRange, sides::Sides};

/// The events that two causal contexts both know, as sorted ranges, each as long as can be: what
/// [`CausalContext::shared`](crate::CausalContext::shared) gives.
///
/// O(n + m) for all of them together, where the contexts have `n` and `m` ranges, and O(n log m)
/// where either has far more than the other. Allocates nothing.
#[derive(Clone, Debug)]
pub struct Shared<'a, Id> {
    sides: Sides<'a, Id>,
}

impl<'a, Id: Copy + Ord> Shared<'a, Id> {
    /// What `own` and `other` have; in each, ranges are sorted and apart.
    pub(crate) const fn new(own: &'a [DotRange<Id>], other: &'a [DotRange<Id>]) -> Self {
        Self { sides: Sides::new(own, other) }
    }

    /// Those of them that come after `dot`: for who has gone as far as that before. O(log n).
    #[must_use]
    pub fn after(mut self, dot: Dot<Id>) -> Self {
        self.sides.pass(dot);
        self
    }
}

impl<Id: Copy + Ord> Iterator for Shared<'_, Id> {
    type Item = DotRange<Id>;

    fn next(&mut self) -> Option<DotRange<Id>> {
        loop {
            let mine = self.sides.take_own()?;
            if let Some(common) = self.sides.first_common(mine) {
                return Some(common);
            }
            self.sides.skip_own()?;
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (0, self.sides.most())
    }
}

impl<Id: Copy + Ord> FusedIterator for Shared<'_, Id> {}

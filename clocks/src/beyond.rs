//! What one causal context knows and another does not.

use core::iter::FusedIterator;

use crate::{Dot, DotRange, sides::Sides};

/// The events that one causal context knows and another does not, as sorted ranges, each as long
/// as can be: what [`CausalContext::beyond`](crate::CausalContext::beyond) gives.
///
/// O(n + m) for all of them together, where the contexts have `n` and `m` ranges, and O(n log m)
/// where the other has far more. Allocates nothing.
#[derive(Clone, Debug)]
pub struct Beyond<'a, Id> {
    sides: Sides<'a, Id>,
}

impl<'a, Id: Copy + Ord> Beyond<'a, Id> {
    /// What `own` has and `other` has not; in each, ranges are sorted and apart.
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

impl<Id: Copy + Ord> Iterator for Beyond<'_, Id> {
    type Item = DotRange<Id>;

    fn next(&mut self) -> Option<DotRange<Id>> {
        loop {
            let mine = self.sides.take_own()?;
            let Some(hidden) = self.sides.first_common(mine) else {
                return Some(mine);
            };
            if let Some(range) = mine.before(hidden.first_dot()) {
                return Some(range);
            }
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (0, self.sides.most())
    }
}

impl<Id: Copy + Ord> FusedIterator for Beyond<'_, Id> {}

//! What one causal context knows and another does not.

use core::iter::FusedIterator;

use crate::DotRange;

/// The events that one causal context knows and another does not, as sorted ranges, each as long
/// as can be: what [`CausalContext::beyond`](crate::CausalContext::beyond) gives.
///
/// O(n + m) for all of them together, where the contexts have `n` and `m` ranges. Allocates
/// nothing.
#[derive(Clone, Debug)]
pub struct Beyond<'a, Id> {
    /// What is left of the range that was begun.
    rest: Option<DotRange<Id>>,
    own: &'a [DotRange<Id>],
    other: &'a [DotRange<Id>],
}

impl<'a, Id> Beyond<'a, Id> {
    /// What `own` has and `other` has not; in each, ranges are sorted and apart.
    pub(crate) const fn new(own: &'a [DotRange<Id>], other: &'a [DotRange<Id>]) -> Self {
        Self { rest: None, own, other }
    }
}

impl<Id: Copy + Ord> Iterator for Beyond<'_, Id> {
    type Item = DotRange<Id>;

    fn next(&mut self) -> Option<DotRange<Id>> {
        loop {
            let mine = match self.rest.take() {
                Some(rest) => rest,
                None => {
                    let (first, rest) = self.own.split_first()?;
                    self.own = rest;
                    *first
                }
            };
            while let [theirs, others @ ..] = self.other {
                let order = theirs.replica().cmp(&mine.replica());
                if order.then_with(|| theirs.last().cmp(&mine.first())).is_ge() {
                    break;
                }
                self.other = others;
            }
            let Some(hidden) = self.other.first().and_then(|theirs| theirs.intersection(mine))
            else {
                return Some(mine);
            };
            self.rest = mine.after(hidden.last_dot());
            if let Some(range) = mine.before(hidden.first_dot()) {
                return Some(range);
            }
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let own = self.own.len().saturating_add(usize::from(self.rest.is_some()));
        // A range of the other side splits at most one in two.
        (0, own.checked_add(self.other.len()))
    }
}

impl<Id: Copy + Ord> FusedIterator for Beyond<'_, Id> {}

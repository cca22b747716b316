//! Two causal contexts, gone through side by side.

use crate::{Dot, DotRange, dot_ranges::skip_to};

/// The ranges of one causal context that are left to look at, and those of another; in each, they
/// are sorted and apart.
#[derive(Clone, Debug)]
pub(crate) struct Sides<'a, Id> {
    /// What is left of the range that was begun.
    rest: Option<DotRange<Id>>,
    own: &'a [DotRange<Id>],
    other: &'a [DotRange<Id>],
}

impl<'a, Id: Copy + Ord> Sides<'a, Id> {
    pub(crate) const fn new(own: &'a [DotRange<Id>], other: &'a [DotRange<Id>]) -> Self {
        Self { rest: None, own, other }
    }

    /// Passes all events up to `dot`.
    pub(crate) fn pass(&mut self, dot: Dot<Id>) {
        self.rest = self.rest.and_then(|rest| rest.after(dot));
        self.own = skip_to(self.own, dot);
        if let (None, [first, own @ ..]) = (self.rest, self.own) {
            (self.rest, self.own) = (first.after(dot), own);
        }
    }

    /// Takes the next own range, or what is left of one.
    pub(crate) fn take_own(&mut self) -> Option<DotRange<Id>> {
        self.rest.take().or_else(|| {
            let (first, own) = self.own.split_first()?;
            self.own = own;
            Some(*first)
        })
    }

    /// The first events of `mine`, the range just taken, that the other side has; what comes behind
    /// them is left to look at.
    pub(crate) fn first_common(&mut self, mine: DotRange<Id>) -> Option<DotRange<Id>> {
        self.other = skip_to(self.other, mine.first_dot());
        let common = mine.intersection(*self.other.first()?)?;
        self.rest = mine.after(common.last_dot());
        Some(common)
    }

    /// Passes the own ranges that end before the next one of the other side begins, if there is
    /// one.
    pub(crate) fn skip_own(&mut self) -> Option<()> {
        let next = self.other.first()?;
        self.own = skip_to(self.own, next.first_dot());
        Some(())
    }

    /// At most so many ranges are in common, or on one side alone: each end of a range of the other
    /// side splits at most one in two.
    pub(crate) fn most(&self) -> Option<usize> {
        let own = self.own.len().saturating_add(usize::from(self.rest.is_some()));
        own.checked_add(self.other.len())
    }
}

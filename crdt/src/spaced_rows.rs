//! The rows of a part of a state, as they travel.

use core::iter;

use synod_clocks::{CausalContext, Dot};

use crate::{State, delta::RowOf};

/// The rows under events of `context`, in order of dot, each with the number of these events that
/// are left out before it: since the row before, or the first event.
pub(crate) fn spaced_rows<'a, S: State>(
    state: &'a S,
    context: &'a CausalContext<S::Id, S::Ranges>,
) -> impl Iterator<Item = (u128, &'a RowOf<S>)> {
    let mut ranges = context.ranges().iter();
    let mut rows = None;
    // In the range of these rows: the first event not passed, and the one behind the last of all;
    // behind the largest counter that is 0, and what wraps around is right again.
    let (mut next, mut end) = (0_u64, 0_u64);
    // Many replicas can have 2^64 events each.
    let mut left_out: u128 = 0;
    iter::from_fn(move || {
        loop {
            let row = rows.as_mut().and_then(Iterator::next);
            let upto = row.map_or(end, |(dot, _): (Dot<_>, _)| dot.counter.get());
            let before = left_out.saturating_add(upto.wrapping_sub(next).into());
            if let Some((_, row)) = row {
                (left_out, next) = (0, upto.wrapping_add(1));
                return Some((before, row));
            }
            let range = ranges.next()?;
            (left_out, next) = (before, range.first().get());
            end = range.last().get().wrapping_add(1);
            rows = Some(state.rows_within(*range));
        }
    })
}

//! How large a message is once it is encoded by postcard.

use core::num::NonZeroUsize;

use synod_capacity::Capacity;
use synod_clocks::{CausalContext, DotRange};

use crate::{State, spaced_rows::spaced_rows};

/// The most bytes of what every message has, besides the cluster and the id of the receiver: three
/// numbers of 32 bits and one of 64, a tag and a flag.
const HEADER: usize = 3 * 5 + 10 + 2;
/// Whether a greeting is the last.
const FLAG: usize = 1;
/// The most bytes of a range besides its id.
const RANGE: usize = COUNTER + COUNTER;
/// The most bytes of the number of an event.
const COUNTER: usize = 10;

/// The sizes that the host's types encode to, and the limit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sizes {
    max_message: usize,
    /// What every message has.
    header: usize,
    id: usize,
    row: usize,
}

impl Sizes {
    pub(crate) fn new(cluster: u64, max_message: usize, id: usize, row: usize) -> Self {
        let header = HEADER.saturating_add(varint(cluster.into())).saturating_add(id);
        Self { max_message, header, id, row }
    }

    /// What must fit: one range of events without a row, and one event with any one row.
    pub(crate) const fn needed(&self) -> usize {
        // A byte for the number of ranges, and one for that of rows, or whether it is the last.
        let range = 2 + RANGE;
        // Instead, a byte for each of these, and for the number of events left out. A row that does
        // not fit with the events around it goes alone: its range has a span of 0.
        let row = (3 + COUNTER + 1_usize).saturating_add(self.row);
        let piece = if row > range { row } else { range };
        self.header.saturating_add(self.id).saturating_add(piece)
    }

    /// More rows never fit: each comes with the number of events left out before it.
    pub(crate) fn most_rows(&self) -> usize {
        let row = NonZeroUsize::MIN.saturating_add(self.row);
        (self.max_message / row).max(1)
    }

    /// Whether a greeting with these events fits.
    pub(crate) fn fits_greeting<Id: Copy + Ord, C: Capacity>(
        &self,
        known: &CausalContext<Id, C>,
    ) -> bool {
        let bytes = self.header.saturating_add(FLAG);
        bytes.saturating_add(self.context(known)) <= self.max_message
    }

    /// Whether the part of `state` that `named` names fits.
    pub(crate) fn fits_delta<S: State>(
        &self,
        state: &S,
        named: &CausalContext<S::Id, S::Ranges>,
    ) -> bool {
        let bytes = self.header.saturating_add(self.context(named));
        bytes.saturating_add(self.rows(state, named)) <= self.max_message
    }

    fn context<Id: Copy + Ord, C: Capacity>(&self, context: &CausalContext<Id, C>) -> usize {
        let ranges = context.ranges();
        let mut bytes = varint(u128::try_from(ranges.len()).unwrap_or(u128::MAX));
        let mut before: Option<DotRange<Id>> = None;
        for range in ranges {
            let earlier = before.filter(|before| before.replica() == range.replica());
            // Two less where one before it ends: see the encoding of a context.
            let skipped = earlier.map_or(1, |before| before.last().get().saturating_add(2));
            let gap = range.first().get().saturating_sub(skipped);
            let span = range.last().get().saturating_sub(range.first().get());
            bytes = bytes
                .saturating_add(self.id)
                .saturating_add(varint(gap.into()))
                .saturating_add(varint(span.into()));
            before = Some(*range);
        }
        bytes
    }

    fn rows<S: State>(&self, state: &S, named: &CausalContext<S::Id, S::Ranges>) -> usize {
        let (mut count, mut bytes) = (0_u128, 0_usize);
        for (left_out, _) in spaced_rows(state, named) {
            bytes = bytes.saturating_add(varint(left_out)).saturating_add(self.row);
            count = count.saturating_add(1);
        }
        bytes.saturating_add(varint(count))
    }
}

/// The bytes of a number: seven bits each.
fn varint(number: u128) -> usize {
    let bits = 128_u32.saturating_sub(number.leading_zeros()).max(1);
    usize::try_from(bits.div_ceil(7)).unwrap_or(usize::MAX)
}

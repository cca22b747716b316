//! The number of ranges, then each as (replica, gap, span). The gap is how many events are missing
//! before it, less the one that must be missing between two ranges of a replica; the span is how
//! many events follow its first. So nothing can be written that is not a context, but for replicas
//! out of order and counters past the last: these, decoding refuses.

use core::{fmt, marker::PhantomData, num::NonZeroU64};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, SeqAccess, Visitor},
    ser::SerializeSeq,
};

use super::{Capacity, CausalContext, DotRange};

impl<Id: Copy + Ord + Serialize, C: Capacity> Serialize for CausalContext<Id, C> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut sequence = serializer.serialize_seq(Some(self.ranges.len()))?;
        let mut previous = None;
        for range in &self.ranges {
            let (first, last) = (range.first().get(), range.last().get());
            // There is a least, for here is a range.
            let least = least_first(previous, range.replica()).map_or(0, NonZeroU64::get);
            let (gap, span) = (first.saturating_sub(least), last.saturating_sub(first));
            sequence.serialize_element(&(range.replica(), gap, span))?;
            previous = Some(range);
        }
        sequence.end()
    }
}

impl<'de, Id, C> Deserialize<'de> for CausalContext<Id, C>
where
    Id: Copy + Ord + Deserialize<'de>,
    C: Capacity,
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(Ranges(PhantomData))
    }
}

struct Ranges<Id, C>(PhantomData<(Id, C)>);

impl<'de, Id, C> Visitor<'de> for Ranges<Id, C>
where
    Id: Copy + Ord + Deserialize<'de>,
    C: Capacity,
{
    type Value = CausalContext<Id, C>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ranges as (replica, gap, span) that fit their capacity")
    }

    /// Like a list, it never allocates for a length that is only claimed.
    fn visit_seq<A: SeqAccess<'de>>(self, mut triples: A) -> Result<Self::Value, A::Error> {
        let mut context = CausalContext::new();
        while let Some(triple) = triples.next_element()? {
            let range = range_after(context.ranges.last(), triple).ok_or_else(|| {
                A::Error::custom("replicas are not in rising order, or a counter is too large")
            })?;
            context.ranges.push(range).map_err(|(full, _)| A::Error::custom(full))?;
        }
        debug_assert!(context.is_compact());
        Ok(context)
    }
}

/// The range that a triple stands for, behind `previous`.
fn range_after<Id: Copy + Ord>(
    previous: Option<&DotRange<Id>>,
    (replica, gap, span): (Id, u64, u64),
) -> Option<DotRange<Id>> {
    if previous.is_some_and(|previous| replica < previous.replica()) {
        return None;
    }
    let first = least_first(previous, replica)?.checked_add(gap)?;
    DotRange::new(replica, first, first.checked_add(span)?)
}

/// The least counter with which a range of `replica` can begin behind `previous`.
fn least_first<Id: Copy + Ord>(previous: Option<&DotRange<Id>>, replica: Id) -> Option<NonZeroU64> {
    match previous {
        Some(previous) if previous.replica() == replica => previous.last().checked_add(2),
        _ => Some(NonZeroU64::MIN),
    }
}

//! The context, then the living rows in order of dot, each with the number of events of the context
//! that were left out before it: no id and no counter is said twice.
//!
//! Equal states have equal bytes. A row cannot stand outside of the context, and decoding refuses
//! what no change could have written.

use core::{fmt, marker::PhantomData, num::NonZeroU64};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{DeserializeSeed, Error, SeqAccess, Visitor},
    ser::SerializeSeq,
};
use synod_capacity::Capacity;
use synod_clocks::{CausalContext, Dot, DotRange};

use crate::{
    Causal, Delta, Source, State, causal::Inside, count::count, kind::Kind, rows::Rows,
    spaced_rows::spaced_rows,
};

impl<Id, T, R, N> Serialize for Causal<Id, T, R, N>
where
    Id: Copy + Ord + Serialize + 'static,
    T: Kind<Id, Row: Serialize>,
    R: Capacity,
    N: Capacity,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Part { state: self, context: self.context() }.serialize(serializer)
    }
}

impl<S> Serialize for Delta<'_, S>
where
    S: State<Id: Serialize, Kind: Kind<S::Id, Row: Serialize>>,
{
    fn serialize<Z: Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
        Part { state: self.state(), context: self.context() }.serialize(serializer)
    }
}

/// A state or a part of it: one compiled body for both.
struct Part<'a, S: State> {
    state: &'a S,
    context: &'a CausalContext<S::Id, S::Ranges>,
}

impl<S> Serialize for Part<'_, S>
where
    S: State<Id: Serialize, Kind: Kind<S::Id, Row: Serialize>>,
{
    fn serialize<Z: Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
        (self.context, RowsOf(self)).serialize(serializer)
    }
}

struct RowsOf<'a, S: State>(&'a Part<'a, S>);

impl<S> Serialize for RowsOf<'_, S>
where
    S: State<Id: Serialize, Kind: Kind<S::Id, Row: Serialize>>,
{
    fn serialize<Z: Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
        let Part { state, context } = self.0;
        let spaced = || spaced_rows(*state, context);
        let mut rows = serializer.serialize_seq(Some(count(spaced())))?;
        for row in spaced() {
            rows.serialize_element(&row)?;
        }
        rows.end()
    }
}

impl<'de, Id, T, R, N> Deserialize<'de> for Causal<Id, T, R, N>
where
    Id: Copy + Ord + Deserialize<'de> + 'static,
    T: Kind<Id, Row: Deserialize<'de>>,
    R: Capacity,
    N: Capacity,
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_tuple(2, StateVisitor(PhantomData))
    }
}

struct StateVisitor<S>(PhantomData<S>);

impl<'de, Id, T, R, N> Visitor<'de> for StateVisitor<Causal<Id, T, R, N>>
where
    Id: Copy + Ord + Deserialize<'de> + 'static,
    T: Kind<Id, Row: Deserialize<'de>>,
    R: Capacity,
    N: Capacity,
{
    type Value = Causal<Id, T, R, N>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a causal context and its rows")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Self::Value, A::Error> {
        let mut state = Causal::<Id, T, R, N>::new();
        let (context, rows) = state.parts(Inside(()));
        *context = parts.next_element()?.ok_or_else(|| A::Error::custom("no context"))?;
        let seed = RowsSeed::<T, _, _, _> { context, rows };
        parts.next_element_seed(seed)?.ok_or_else(|| A::Error::custom("no rows"))?;
        Ok(state)
    }
}

/// Reads rows into a state.
struct RowsSeed<'a, T: Kind<Id>, Id, R: Capacity, N: Capacity> {
    context: &'a CausalContext<Id, R>,
    rows: &'a mut Rows<Id, T::Row, N>,
}

impl<'de, T, Id, R, N> DeserializeSeed<'de> for RowsSeed<'_, T, Id, R, N>
where
    T: Kind<Id, Row: Deserialize<'de>>,
    Id: Copy + Ord + 'static,
    R: Capacity,
    N: Capacity,
{
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de, T, Id, R, N> Visitor<'de> for RowsSeed<'_, T, Id, R, N>
where
    T: Kind<Id, Row: Deserialize<'de>>,
    Id: Copy + Ord + 'static,
    R: Capacity,
    N: Capacity,
{
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("rows")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<(), A::Error> {
        let mut left = Events { ranges: self.context.ranges(), passed: 0 };
        while let Some((left_out, row)) = rows.next_element::<(u128, T::Row)>()? {
            let Some(dot) = left.nth(left_out) else {
                return Err(A::Error::custom("a row outside of the context"));
            };
            if !T::is_legal(dot, &row) {
                return Err(A::Error::custom("a row that no change could have written"));
            }
            self.rows.append(dot, row).map_err(A::Error::custom)?;
        }
        self.rows.index().map_err(A::Error::custom)
    }
}

/// The events of a context in order, from some point on.
struct Events<'a, Id> {
    ranges: &'a [DotRange<Id>],
    /// How many of the first range are passed.
    passed: u64,
}

impl<Id: Copy> Events<'_, Id> {
    /// The event after `left_out` others; goes on behind it.
    fn nth(&mut self, mut left_out: u128) -> Option<Dot<Id>> {
        loop {
            let (range, rest) = self.ranges.split_first()?;
            let span = range.last().get().saturating_sub(range.first().get());
            // What is left of the range, less the one that the span does not count.
            let left = span.checked_sub(self.passed).map(u128::from);
            match left {
                Some(left) if left_out <= left => {
                    let index = u64::try_from(left_out).ok()?.checked_add(self.passed)?;
                    let counter = NonZeroU64::checked_add(range.first(), index)?;
                    self.passed = index.saturating_add(1);
                    return Some(Dot { replica: range.replica(), counter });
                }
                Some(left) => left_out = left_out.saturating_sub(left.saturating_add(1)),
                None => {}
            }
            (self.ranges, self.passed) = (rest, 0);
        }
    }
}

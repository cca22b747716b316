//! A part of a state, on its way to another replica.

use core::fmt;

use synod_capacity::Capacity;
use synod_clocks::{CausalContext, Dot, DotRange};

use crate::{
    causal::State,
    kind::{Kind, Sealed},
};

/// What can be merged into a [`Causal`](crate::Causal) state: another state, or a [`Delta`].
///
/// It is a set of events and, of the rows under them, those that are alive. What it does not name
/// among its events is removed; of all other events it says nothing.
///
/// Only this crate's types are sources. In scope, it gives the events of a delta; and a function
/// can take either:
///
/// ```
/// use synod_crdt::{AwSet, Causal, Inline, Merge, Source};
///
/// type Tags = Causal<u8, AwSet<u16>, Inline<4>, Inline<8>>;
///
/// /// Takes in what knows more of what replica 1 has written.
/// fn restore<O>(tags: &mut Tags, other: &O) -> bool
/// where
///     O: Source<Id = u8, Kind = AwSet<u16>>,
/// {
///     let knows_more = other.context().latest(1) > tags.context().latest(1);
///     knows_more && tags.merge(other).is_ok()
/// }
///
/// let (mut tags, mut older) = (Tags::new(), Tags::new());
/// let delta = tags.write(1).insert(300)?;
/// assert_eq!(delta.context().latest(1), 1);
/// assert!(restore(&mut older, &delta));
/// assert!(!restore(&mut older, &tags)); // it is the same
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Source: Sealed {
    /// The ids of replicas.
    type Id: Copy + Ord + 'static;
    /// What the state holds.
    type Kind: Kind<Self::Id>;
    /// The capacity of its context.
    type Ranges: Capacity;

    /// The events that it speaks of.
    fn context(&self) -> &CausalContext<Self::Id, Self::Ranges>;

    /// Whether there may be rows under its events.
    #[doc(hidden)]
    fn has_rows(&self) -> bool;

    /// The living rows under events of `range`, in order of dot.
    #[doc(hidden)]
    fn rows_within(
        &self,
        range: DotRange<Self::Id>,
    ) -> impl Iterator<Item = (Dot<Self::Id>, &RowOf<Self>)> + Clone;
}

/// A part of a state: some of its events, and what is alive under them.
///
/// Each change gives one, that of its own events. It borrows the state, so it costs no copy of
/// elements: merge it into other replicas, encode it, or keep its [`context`](Source::context) and
/// ask the state for it again with [`Causal::delta`](crate::Causal::delta).
///
/// It takes a reference and a context, which on `Inline<R>` has room for `R` ranges. To go through
/// its rows, as a merge and an encoder do, is O(k log n + m) for `m` rows under events of its `k`
/// ranges, in a state of `n` rows.
///
/// Promises: merging all deltas of a state gives what merging the state gives, in any order,
/// however often and whatever else is merged in between. One that is lost is missed, and can be
/// made up by a later delta of the same events, or by the state.
///
/// A delta encodes as a state does, and decodes as a state with room for it.
///
/// ```
/// use synod_crdt::{AwSet, Causal, Inline, Merge, Source};
///
/// type Tags = Causal<u8, AwSet<u16>, Inline<4>, Inline<8>>;
/// let (mut hall, mut porch, mut attic) = (Tags::new(), Tags::new(), Tags::new());
///
/// let delta = hall.write(1).insert(300)?;
/// porch.merge(&delta)?; // or encode it, and send it
/// let events = delta.context().clone(); // it ends with the next change; its events are small
///
/// hall.write(1).insert(301)?;
/// attic.merge(&hall.delta(&events))?; // the same delta, made again
/// assert!(attic.read().iter().eq(&[300]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: Almeida, Shoker, Baquero, "Delta State Replicated Data Types", JPDC 2018. There a delta
/// is made by a mutator; here it is any restriction of a state to a set of dots, of which those are
/// a case.
pub struct Delta<'a, S: State> {
    state: &'a S,
    context: CausalContext<S::Id, S::Ranges>,
}

impl<'a, S: State> Delta<'a, S> {
    /// The part of `state` that `context`, which is a part of the state's own, names.
    pub(crate) const fn new(state: &'a S, context: CausalContext<S::Id, S::Ranges>) -> Self {
        Self { state, context }
    }

    #[cfg(feature = "serde")]
    pub(crate) const fn state(&self) -> &'a S {
        self.state
    }

    /// Whether it speaks of no event, so that merging it changes nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.context.is_empty()
    }
}

impl<S: State> Sealed for Delta<'_, S> {}

impl<S: State> Source for Delta<'_, S> {
    type Id = S::Id;
    type Kind = S::Kind;
    type Ranges = S::Ranges;

    fn context(&self) -> &CausalContext<S::Id, S::Ranges> {
        &self.context
    }

    fn has_rows(&self) -> bool {
        self.state.has_rows()
    }

    fn rows_within(
        &self,
        range: DotRange<S::Id>,
    ) -> impl Iterator<Item = (Dot<S::Id>, &RowOf<S>)> + Clone {
        self.state.rows_within(range)
    }
}

impl<S: State> Clone for Delta<'_, S> {
    fn clone(&self) -> Self {
        Self { state: self.state, context: self.context.clone() }
    }
}

#[cfg(feature = "defmt")]
impl<S: State<Id: defmt::Format>> defmt::Format for Delta<'_, S> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "Delta {}", self.context);
    }
}

impl<S: State<Id: fmt::Debug>> fmt::Debug for Delta<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delta").field("context", &self.context).finish_non_exhaustive()
    }
}

/// What stands under a dot of `S`.
pub(crate) type RowOf<S> = <<S as Source>::Kind as Kind<<S as Source>::Id>>::Row;

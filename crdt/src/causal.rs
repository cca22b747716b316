//! A causal state: what is alive, and all that was ever known.

use core::{
    fmt,
    hash::{Hash, Hasher},
};

use synod_capacity::{Capacity, Full};
use synod_clocks::{CausalContext, Dot, DotRange};

use crate::{
    Merge, Source,
    count::count,
    delta::RowOf,
    kind::{Kind, Sealed},
    path::Top,
    place::{Reader, Writer},
    replace::Author,
    rows::Rows,
};

/// The replicated state of one set, register, flag, counter or map: its kind is `T`.
///
/// It has the living rows, each under the dot of the event that wrote it, and a causal context: all
/// events that it has ever known. A row that one side has and the other has not is new if the other
/// has never known its dot, and removed if it has. So removals need no tombstones, and merging is
/// safe under loss, duplication and any order.
///
/// Each replica writes through an id of its own. Ids are `Copy + Ord + 'static`, and compared,
/// never hashed.
///
/// `R` holds ranges of the context: one for each replica, and one more for each gap, where events
/// came before their predecessors. `N` holds rows: one for each element, and one more for each
/// concurrent write to the same element until a later write has seen both. What does not fit is
/// refused whole, and merges once there is room.
///
/// A [`merge`](Merge::merge) of states of `n` rows that differ in `d` is O(n + d log n); that of a
/// delta of `d` rows is O(d log n); both, on `Inline` capacities, with O(d n) moves of rows. Each
/// write of an element, value or count is O(log n), on `Inline` capacities O(n).
///
/// Memory on `Inline<R>` and `Inline<N>`: `R` times a `DotRange<Id>` (24 bytes with ids of up to 8
/// bytes), `N` times a `Dot<Id>` (16 bytes) and its row, and a word for each of the two lengths.
///
/// Source: Almeida, Shoker, Baquero, "Delta State Replicated Data Types", JPDC 2018:
/// causal CRDTs, dot stores and their join.
///
/// ```
/// use synod_crdt::{AwSet, Causal, Inline, Merge};
///
/// // Up to 4 replicas with ids of 16 bits, and up to 32 doors.
/// type OpenDoors = Causal<u16, AwSet<u8>, Inline<4>, Inline<32>>;
///
/// let (mut hall, mut porch) = (OpenDoors::new(), OpenDoors::new());
/// let delta = hall.write(1).insert(7)?;
/// porch.merge(&delta)?;
///
/// porch.write(2).remove(&7)?; // the porch has seen it …
/// hall.write(1).insert(7)?; // … but not this
/// porch.merge(&hall)?;
/// hall.merge(&porch)?;
/// assert!(hall.read().contains(&7));
/// assert_eq!(hall, porch);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Causal<Id, T: Kind<Id>, R: Capacity, N: Capacity> {
    context: CausalContext<Id, R>,
    // Each row's dot is in the context.
    rows: Rows<Id, T::Row, N>,
}

impl<Id: Copy + Ord + 'static, T: Kind<Id>, R: Capacity, N: Capacity> Causal<Id, T, R, N> {
    /// The state before any event.
    #[must_use]
    pub const fn new() -> Self {
        Self { context: CausalContext::new(), rows: Rows::new() }
    }

    /// All events known, those whose rows are gone too.
    #[must_use]
    pub const fn context(&self) -> &CausalContext<Id, R> {
        &self.context
    }

    /// The number of rows, which the capacity `N` bounds.
    #[must_use]
    pub fn row_count(&self) -> usize {
        self.rows.len()
    }

    /// What it says.
    #[must_use]
    pub const fn read(&self) -> Reader<'_, Self, T, Top> {
        Reader::new(self, Top)
    }

    /// A change, as the replica `me`, which no other may use.
    pub const fn write(&mut self, me: Id) -> Writer<'_, Self, T, Top> {
        Writer::new(self, Author::new(me), Top)
    }

    pub(crate) const fn context_mut(&mut self) -> &mut CausalContext<Id, R> {
        &mut self.context
    }

    /// The first difference, after `after`, that makes a row of this state die in a merge.
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    fn next_death<O>(&self, other: &O, after: Option<Dot<Id>>) -> Option<Dot<Id>>
    where
        O: Source<Id = Id, Kind = T>,
    {
        let ranges = other.context().ranges();
        let start = ranges.partition_point(|range| Some(range.last_dot()) <= after);
        for range in ranges.get(start..).unwrap_or_default() {
            let left = after.map_or(Some(*range), |dot| range.after(dot));
            let Some(range) = left else { continue };
            let mut theirs = other.rows_within(range).map(|(dot, _)| dot.counter);
            let mut their = theirs.next();
            for (dot, _) in self.rows.within(range) {
                while their.is_some_and(|their| their < dot.counter) {
                    their = theirs.next();
                }
                if their != Some(dot.counter) {
                    return Some(dot);
                }
            }
        }
        None
    }

    /// What a merge would change.
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    fn compare<O>(&self, other: &O) -> Result<Difference, MergeError<Id>>
    where
        O: Source<Id = Id, Kind = T>,
    {
        let mut found = Difference { deaths: 0, births: 0 };
        // Without rows, as in a counter, there is nothing to look for.
        let shared = if self.has_rows() { other.context().ranges() } else { &[] };
        for range in shared {
            let mut theirs = other.rows_within(*range);
            let mut their = theirs.next();
            for (dot, row) in self.rows.within(*range) {
                while their.is_some_and(|(their, _)| their.counter < dot.counter) {
                    their = theirs.next();
                }
                match their {
                    Some((same, their_row)) if same.counter == dot.counter => {
                        if their_row != row {
                            return Err(MergeError::Conflict(dot));
                        }
                        their = theirs.next();
                    }
                    _ => found.deaths = found.deaths.saturating_add(1),
                }
            }
        }
        if other.has_rows() {
            for range in other.context().beyond(&self.context) {
                let born = count(other.rows_within(range));
                found.births = found.births.saturating_add(born);
            }
        }
        Ok(found)
    }

    /// The rows that would be left, if they fit.
    fn fit(&self, found: &Difference) -> Result<(), Full> {
        let left = self.rows.len().saturating_sub(found.deaths);
        let needed = left.saturating_add(found.births);
        if needed > N::LIMIT { Err(Full { needed, capacity: N::LIMIT }) } else { Ok(()) }
    }

    fn bury<O: Source<Id = Id, Kind = T>>(&mut self, other: &O, deaths: usize) {
        if deaths == self.rows.len() {
            self.rows.clear();
            return;
        }
        let mut last = None;
        for _ in 0..deaths {
            last = self.next_death(other, last);
            if let Some(dot) = last {
                self.rows.remove(dot);
            }
        }
    }
}

/// How many rows a merge removes and adds.
struct Difference {
    deaths: usize,
    births: usize,
}

impl<Id, T, R, N, O> Merge<O> for Causal<Id, T, R, N>
where
    Id: Copy + Ord + 'static,
    T: Kind<Id>,
    R: Capacity,
    N: Capacity,
    O: Source<Id = Id, Kind = T>,
{
    type Error = MergeError<Id>;

    fn merge(&mut self, other: &O) -> Result<bool, MergeError<Id>> {
        let found = self.compare(other)?;
        self.fit(&found).map_err(MergeError::Rows)?;
        self.context.reserve_merge(other.context()).map_err(MergeError::Ranges)?;
        // Once what dies is gone, an array has the room. A heap has it before, or refuses.
        if N::LIMIT == usize::MAX {
            self.rows.reserve(found.births).map_err(MergeError::Rows)?;
        }
        self.bury(other, found.deaths);
        if found.births > 0 {
            let births = other.context().beyond(&self.context);
            self.rows.extend(found.births, births, other).map_err(MergeError::Rows)?;
        }
        let news = self.context.merge(other.context()).map_err(MergeError::Ranges)?;
        Ok(news || found.deaths > 0)
    }

    fn validate(&self, other: &O) -> Result<(), MergeError<Id>> {
        let found = self.compare(other)?;
        self.fit(&found).map_err(MergeError::Rows)?;
        // Exact, and without a second way to count: a merge of contexts on the side.
        self.context.clone().reserve_merge(other.context()).map_err(MergeError::Ranges)
    }
}

/// A [`Causal`] state, whatever its kind and its capacities: what functions ask for that take a
/// [`Reader`] or a [`Writer`] of any of them. Only `Causal` is one.
pub trait State: Source {
    #[doc(hidden)]
    type Store: Capacity;

    #[doc(hidden)]
    fn rows(&self) -> &Rows<Self::Id, RowOf<Self>, Self::Store>;

    #[doc(hidden)]
    fn parts(&mut self, _: Inside) -> Parts<'_, Self>;
}

/// What only this crate has: who changes the parts of a state must keep what they promise together.
#[derive(Debug)]
pub struct Inside(pub(crate) ());

/// The context and the rows of a state, to change.
pub(crate) type Parts<'a, S> = (
    &'a mut CausalContext<<S as Source>::Id, <S as Source>::Ranges>,
    &'a mut Rows<<S as Source>::Id, RowOf<S>, <S as State>::Store>,
);

impl<Id, T: Kind<Id>, R: Capacity, N: Capacity> Sealed for Causal<Id, T, R, N> {}

impl<Id: Copy + Ord + 'static, T: Kind<Id>, R: Capacity, N: Capacity> Source
    for Causal<Id, T, R, N>
{
    type Id = Id;
    type Kind = T;
    type Ranges = R;

    fn context(&self) -> &CausalContext<Id, R> {
        &self.context
    }

    fn has_rows(&self) -> bool {
        self.rows.len() > 0
    }

    fn rows_within(&self, range: DotRange<Id>) -> impl Iterator<Item = (Dot<Id>, &T::Row)> + Clone {
        self.rows.within(range)
    }
}

impl<Id: Copy + Ord + 'static, T: Kind<Id>, R: Capacity, N: Capacity> State
    for Causal<Id, T, R, N>
{
    type Store = N;

    fn rows(&self) -> &Rows<Id, T::Row, N> {
        &self.rows
    }

    fn parts(&mut self, _: Inside) -> Parts<'_, Self> {
        (&mut self.context, &mut self.rows)
    }
}

impl<Id: Copy + Ord + 'static, T: Kind<Id>, R: Capacity, N: Capacity> Default
    for Causal<Id, T, R, N>
{
    fn default() -> Self {
        Self::new()
    }
}

impl<Id: Clone, T: Kind<Id>, R: Capacity, N: Capacity> Clone for Causal<Id, T, R, N> {
    fn clone(&self) -> Self {
        Self { context: self.context.clone(), rows: self.rows.clone() }
    }
}

impl<Id, T, R, N> fmt::Debug for Causal<Id, T, R, N>
where
    Id: Copy + Ord + 'static + fmt::Debug,
    T: Kind<Id, Row: fmt::Debug>,
    R: Capacity,
    N: Capacity,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Causal").field("context", &self.context).field("rows", &self.rows).finish()
    }
}

#[cfg(feature = "defmt")]
impl<Id, T, R, N> defmt::Format for Causal<Id, T, R, N>
where
    Id: Copy + Ord + 'static + defmt::Format,
    T: Kind<Id, Row: defmt::Format>,
    R: Capacity,
    N: Capacity,
{
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "Causal {} {}", self.context, self.rows);
    }
}

impl<Id, T, R, N, S, M> PartialEq<Causal<Id, T, S, M>> for Causal<Id, T, R, N>
where
    Id: Copy + Ord + 'static,
    T: Kind<Id>,
    R: Capacity,
    N: Capacity,
    S: Capacity,
    M: Capacity,
{
    fn eq(&self, other: &Causal<Id, T, S, M>) -> bool {
        self.context == other.context && self.rows.iter().eq(other.rows.iter())
    }
}

impl<Id: Copy + Ord + 'static, T: Kind<Id>, R: Capacity, N: Capacity> Eq for Causal<Id, T, R, N> {}

impl<Id, T, R, N> Hash for Causal<Id, T, R, N>
where
    Id: Copy + Ord + Hash + 'static,
    T: Kind<Id, Row: Hash>,
    R: Capacity,
    N: Capacity,
{
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.context.hash(state);
        self.rows.hash(state);
    }
}

/// Why a merge was refused. Nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum MergeError<Id> {
    /// The events do not fit: too many replicas, or too many gaps. Merge the missing events first,
    /// [close gaps](Causal::close_gaps) of events that are nowhere, or use a larger capacity.
    Ranges(Full),
    /// The rows do not fit. Remove some on either side, or use a larger capacity.
    Rows(Full),
    /// The other side has something else under this dot: two events have one name. A replica came
    /// back with an older state and wrote under its old id, or two replicas share an id. Take what
    /// that replica has from others, and give it a new id. (Seen while both are alive; if one of
    /// the two is gone already, the other goes, too, without a word.)
    Conflict(Dot<Id>),
}

impl<Id: fmt::Debug> fmt::Display for MergeError<Id> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ranges(full) => write!(f, "ranges of events: {full}"),
            Self::Rows(full) => write!(f, "rows: {full}"),
            Self::Conflict(dot) => {
                write!(f, "event {} of replica {:?} was issued twice", dot.counter, dot.replica)
            }
        }
    }
}

impl<Id: fmt::Debug> core::error::Error for MergeError<Id> {}

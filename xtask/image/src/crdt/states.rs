//! States and deltas, whatever their kind, and plain lattices.

use core::{
    fmt::{self, Write},
    hash::{Hash, Hasher},
    hint::black_box,
};

use synod_crdt::{
    AwSet, CatchUp, Causal, CausalContext, CausalMap, Delta, DotRange, Full, GCounter, Inline,
    Lexicographic, LwwSet, Max, Merge, MergeError, Min, PnCounter, Refused, RwSet, Source, State,
    WriteError,
};

use crate::{
    dropped::Dropped,
    text::Buffer,
    wire::{decode, encode},
};

type Wide<T> = Causal<u16, T, Inline<8>, Inline<16>>;
/// Of other capacities, for the operations that take two.
type Narrow<T> = Causal<u16, T, Inline<3>, Inline<5>>;
type Set = Wide<AwSet<u16>>;
type NarrowSet = Narrow<AwSet<u16>>;
type Owned = Wide<AwSet<Dropped>>;
type Removals = Wide<RwSet<u16>>;
type Online = Wide<LwwSet<u16>>;
type Count = Wide<PnCounter>;
type Visits = Causal<u16, GCounter, Inline<8>, Inline<0>>;
type Nested = Wide<CausalMap<u8, CausalMap<u8, PnCounter>>>;
type Context = CausalContext<u16, Inline<5>>;
type Season = Lexicographic<u16, Max<u32>>;

operations! {
    "Causal::new" => fn() -> Set {
        Causal::new()
    }
    "Causal::context" => fn(state: &Set) -> &CausalContext<u16, Inline<8>> {
        state.context()
    }
    "Causal::row_count" => fn(state: &Set) -> usize {
        state.row_count()
    }
    "Causal::read" => fn(state: &Set) -> bool {
        state.read().is_empty()
    }
    "Causal::write" => fn(state: &mut Set, me: u16) {
        let _ = black_box(state.write(me));
    }
    "Causal::delta" => fn(state: &'static Set, events: &Context) -> Delta<'static, Set> {
        state.delta(events)
    }
    "Causal::delta_since" => fn(
        state: &'static Set, since: &Context, progress: &mut CatchUp<u16>, budget: usize
    ) -> Option<Delta<'static, Set>> {
        state.delta_since(since, progress, budget)
    }
    "Causal::collect" => fn(state: &'static mut Set, stable: &Context) -> Delta<'static, Set> {
        state.collect(stable)
    }
    "Causal::collect (RwSet)" => fn(
        state: &'static mut Removals, stable: &Context
    ) -> Delta<'static, Removals> {
        state.collect(stable)
    }
    "Causal::collect (LwwSet)" => fn(
        state: &'static mut Online, stable: &Context
    ) -> Delta<'static, Online> {
        state.collect(stable)
    }
    "Causal::collect (nested)" => fn(
        state: &'static mut Nested, stable: &Context
    ) -> Delta<'static, Nested> {
        state.collect(stable)
    }
    "Causal::resume" => fn(
        state: &mut Set, me: u16, floor: u64
    ) -> Result<Delta<'_, Set>, WriteError> {
        state.resume(me, floor)
    }
    "Causal::close_gaps" => fn(state: &mut Set, me: u16) -> Result<Delta<'_, Set>, Full> {
        state.close_gaps(me)
    }
    "Causal as Merge<O>" => fn(state: &mut Set, other: &NarrowSet) -> Result<bool, MergeError<u16>> {
        state.validate(other)?;
        state.merge(other)
    }
    "Causal as Merge<O> (Delta)" => fn(
        state: &mut Set, delta: &Delta<'static, NarrowSet>
    ) -> Result<bool, MergeError<u16>> {
        state.validate(delta)?;
        state.merge(delta)
    }
    "Causal as Merge<O> (dropping)" => fn(
        state: &mut Owned, other: &Owned
    ) -> Result<bool, MergeError<u16>> {
        state.merge(other)
    }
    "Causal as Merge<O> (PnCounter)" => fn(
        state: &mut Count, other: &Narrow<PnCounter>
    ) -> Result<bool, MergeError<u16>> {
        state.merge(other)
    }
    "Causal as Merge<O> (GCounter)" => fn(
        state: &mut Visits, other: &Visits
    ) -> Result<bool, MergeError<u16>> {
        state.merge(other)
    }
    "Causal as Merge<O> (nested)" => fn(
        state: &mut Nested, other: &Nested
    ) -> Result<bool, MergeError<u16>> {
        state.merge(other)
    }
    "Causal as Source" => fn(state: &Set, range: DotRange<u16>) -> u16 {
        black_box(Source::context(state));
        state.rows_within(range).fold(0, |sum, (_, row)| sum ^ row)
    }
    "Causal as State" => fn(state: &Set) {
        black_box(State::rows(state));
    }
    "Causal as Default" => fn() -> Set {
        Causal::default()
    }
    "Causal as Clone" => fn(state: &Set) -> Set {
        state.clone()
    }
    "Causal as Clone (dropping)" => fn(state: &Owned) -> Owned {
        state.clone()
    }
    "Causal as PartialEq<Causal>" => fn(state: &Set, other: &NarrowSet) -> bool {
        state == other
    }
    "Causal as Hash" => fn(state: &Set, hasher: &mut &mut dyn Hasher) {
        state.hash(hasher);
    }
    "Causal as Serialize" => fn(state: &Set, buffer: &mut [u8]) -> Option<usize> {
        encode(state, buffer)
    }
    "Causal as Serialize (LwwSet)" => fn(state: &Online, buffer: &mut [u8]) -> Option<usize> {
        encode(state, buffer)
    }
    "Causal as Serialize (nested)" => fn(state: &Nested, buffer: &mut [u8]) -> Option<usize> {
        encode(state, buffer)
    }
    "Causal as Deserialize" => fn(bytes: &[u8]) -> Option<Set> {
        decode(bytes)
    }
    "Causal as Deserialize (LwwSet)" => fn(bytes: &[u8]) -> Option<Online> {
        decode(bytes)
    }
    "Causal as Deserialize (nested)" => fn(bytes: &[u8]) -> Option<Nested> {
        decode(bytes)
    }
    "Delta::is_empty" => fn(delta: &Delta<'static, Set>) -> bool {
        delta.is_empty()
    }
    "Delta as Source" => fn(delta: &Delta<'static, Set>, range: DotRange<u16>) -> u16 {
        black_box(delta.context());
        delta.rows_within(range).fold(0, |sum, (_, row)| sum ^ row)
    }
    "Delta as Clone" => fn(delta: &Delta<'static, Set>) -> Delta<'static, Set> {
        delta.clone()
    }
    "Delta as Serialize" => fn(delta: &Delta<'static, Set>, buffer: &mut [u8]) -> Option<usize> {
        encode(delta, buffer)
    }
    "CatchUp::new" => fn() -> CatchUp<u16> {
        CatchUp::new()
    }
    "CatchUp::is_done" => fn(progress: &CatchUp<u16>) -> bool {
        progress.is_done()
    }
    "MergeError as Display" => fn(error: &MergeError<u16>, buffer: &mut Buffer) -> fmt::Result {
        write!(buffer, "{error}")
    }
    "WriteError as Display" => fn(error: &WriteError, buffer: &mut Buffer) -> fmt::Result {
        write!(buffer, "{error}")
    }
    "WriteError as From<Refused>" => fn(refused: Refused<u16>) -> WriteError {
        refused.into()
    }
    "Refused as Display" => fn(refused: &Refused<u16>, buffer: &mut Buffer) -> fmt::Result {
        write!(buffer, "{refused}")
    }
    "Max as Merge" => fn(own: &mut Max<u32>, other: &Max<u32>) -> bool {
        own.validate(other) == Ok(()) && own.merge(other) == Ok(true)
    }
    "Max as Serialize" => fn(value: &Max<u32>, buffer: &mut [u8]) -> Option<usize> {
        encode(value, buffer)
    }
    "Max as Deserialize" => fn(bytes: &[u8]) -> Option<Max<u32>> {
        decode(bytes)
    }
    "Min as Merge" => fn(own: &mut Min<u32>, other: &Min<u32>) -> bool {
        own.validate(other) == Ok(()) && own.merge(other) == Ok(true)
    }
    "Min as Serialize" => fn(value: &Min<u32>, buffer: &mut [u8]) -> Option<usize> {
        encode(value, buffer)
    }
    "Min as Deserialize" => fn(bytes: &[u8]) -> Option<Min<u32>> {
        decode(bytes)
    }
    "Lexicographic as Merge" => fn(own: &mut Season, other: &Season) -> bool {
        own.validate(other) == Ok(()) && own.merge(other) == Ok(true)
    }
    "Lexicographic as Serialize" => fn(season: &Season, buffer: &mut [u8]) -> Option<usize> {
        encode(season, buffer)
    }
    "Lexicographic as Deserialize" => fn(bytes: &[u8]) -> Option<Season> {
        decode(bytes)
    }
}

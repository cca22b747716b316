//! `synod-clocks`.

use core::{
    cmp::Ordering,
    fmt::{self, Write},
    hash::{Hash, Hasher},
    hint::black_box,
    iter::Copied,
    num::{NonZeroU32, NonZeroU64},
    slice,
};

use serde::{Serialize, de::DeserializeOwned};
use synod_clocks::{
    CausalContext, Causality, Ceiling, ContextError, Dot, DotInPast, DottedVersionVector,
    Exhausted, ForwardJump, Full, HybridClock, HybridStamp, IncrementError, Inline, IssueError,
    JumpGuard, LamportClock, LamportStamp, NextDotError, PutError, ReceiveError, Siblings,
    SiblingsError, TickError, TickWidener, UnknownBound, VectorClock, VectorClockError,
    VersionVector, WideHybridStamp,
};

use crate::{dropped::Dropped, text::Buffer};

type Vector = VectorClock<4>;
type Version = VersionVector<u16, Inline<8>>;
/// Of another capacity, for the operations that take two.
type Other = VersionVector<u16, Inline<5>>;
type Context = CausalContext<u16, Inline<4>, Inline<6>>;
type OtherContext = CausalContext<u16, Inline<3>, Inline<2>>;
type Dotted = DottedVersionVector<u16, Inline<4>>;
type OtherDotted = DottedVersionVector<u16, Inline<3>>;
type Key = Siblings<u16, u32, Inline<4>, Inline<3>>;
type OtherKey = Siblings<u16, u32, Inline<3>, Inline<5>>;
type OwnedKey = Siblings<u16, Dropped, Inline<4>, Inline<3>>;

fn encode<T: Serialize>(value: &T, buffer: &mut [u8]) -> Option<usize> {
    postcard::to_slice(value, buffer)
        .ok()
        .map(|written| written.len())
}

fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    postcard::from_bytes(bytes).ok()
}

fn hash(value: &impl Hash, hasher: &mut dyn Hasher) {
    let mut hasher = hasher;
    value.hash(&mut hasher);
}

// Causality and dots.
operations! {
    "Causality::reverse" => fn(causality: Causality) -> Causality {
        causality.reverse()
    }
    "Causality::is_concurrent" => fn(causality: Causality) -> bool {
        causality.is_concurrent()
    }
    "Option as From<Causality>" => fn(causality: Causality) -> Option<Ordering> {
        causality.into()
    }
    "Dot::new" => fn(replica: u16, counter: u64) -> Option<Dot<u16>> {
        Dot::new(replica, counter)
    }
    "Dot as Serialize" => fn(dot: &Dot<u16>, buffer: &mut [u8]) -> Option<usize> {
        encode(dot, buffer)
    }
    "Dot as Deserialize" => fn(bytes: &[u8]) -> Option<Dot<u16>> {
        decode(bytes)
    }
}

// Lamport's clock.
operations! {
    "LamportClock::new" => fn(node: u16) -> LamportClock<u16> {
        LamportClock::new(node)
    }
    "LamportClock::recover" => fn(node: u16, time: u64) -> LamportClock<u16> {
        LamportClock::recover(node, time)
    }
    "LamportClock::time" => fn(clock: &LamportClock<u16>) -> u64 {
        clock.time()
    }
    "LamportClock::node" => fn(clock: &LamportClock<u16>) -> u16 {
        clock.node()
    }
    "LamportClock::tick" => fn(clock: &mut LamportClock<u16>) -> Result<LamportStamp<u16>, Exhausted> {
        clock.tick()
    }
    "LamportClock::receive" => fn(
        clock: &mut LamportClock<u16>, sent: LamportStamp<u16>
    ) -> Result<LamportStamp<u16>, Exhausted> {
        clock.receive(sent)
    }
    "LamportClock as Serialize" => fn(clock: &LamportClock<u16>, buffer: &mut [u8]) -> Option<usize> {
        encode(clock, buffer)
    }
    "LamportClock as Deserialize" => fn(bytes: &[u8]) -> Option<LamportClock<u16>> {
        decode(bytes)
    }
    "LamportStamp as Serialize" => fn(stamp: &LamportStamp<u16>, buffer: &mut [u8]) -> Option<usize> {
        encode(stamp, buffer)
    }
    "LamportStamp as Deserialize" => fn(bytes: &[u8]) -> Option<LamportStamp<u16>> {
        decode(bytes)
    }
    "Exhausted as Display" => fn(error: &Exhausted, buffer: &mut Buffer) -> fmt::Result {
        write!(buffer, "{error}")
    }
}

// The vector clock.
operations! {
    "VectorClock::new" => fn() -> Vector {
        Vector::new()
    }
    "VectorClock::get" => fn(clock: &Vector, position: usize) -> Option<u64> {
        clock.get(position)
    }
    "VectorClock::as_array" => fn(clock: &Vector) -> &[u64; 4] {
        clock.as_array()
    }
    "VectorClock::increment" => fn(
        clock: &mut Vector, position: usize
    ) -> Result<u64, VectorClockError> {
        clock.increment(position)
    }
    "VectorClock::observe" => fn(
        clock: &mut Vector, position: usize, counter: u64
    ) -> Result<bool, VectorClockError> {
        clock.observe(position, counter)
    }
    "VectorClock::merge" => fn(clock: &mut Vector, other: &Vector) -> bool {
        clock.merge(other)
    }
    "VectorClock::meet" => fn(clock: &mut Vector, other: &Vector) -> bool {
        clock.meet(other)
    }
    "VectorClock::dominates" => fn(clock: &Vector, other: &Vector) -> bool {
        clock.dominates(other)
    }
    "VectorClock::causality" => fn(clock: &Vector, other: &Vector) -> Causality {
        clock.causality(other)
    }
    "VectorClock as Default" => fn() -> Vector {
        Vector::default()
    }
    "VectorClock as From<array>" => fn(counters: [u64; 4]) -> Vector {
        counters.into()
    }
    "VectorClock as PartialOrd" => fn(clock: &Vector, other: &Vector) -> Option<Ordering> {
        clock.partial_cmp(other)
    }
    "VectorClock as Serialize" => fn(clock: &Vector, buffer: &mut [u8]) -> Option<usize> {
        encode(clock, buffer)
    }
    "VectorClock as Deserialize" => fn(bytes: &[u8]) -> Option<Vector> {
        decode(bytes)
    }
    "VectorClockError as Display" => fn(error: &VectorClockError, buffer: &mut Buffer) -> fmt::Result {
        write!(buffer, "{error}")
    }
}

// The version vector.
operations! {
    "VersionVector::new" => fn() -> Version {
        Version::new()
    }
    "VersionVector::from_dots" => fn(dots: &[Dot<u16>]) -> Result<Version, Full> {
        Version::from_dots(dots.iter().copied())
    }
    "VersionVector::get" => fn(version: &Version, replica: u16) -> u64 {
        version.get(replica)
    }
    "VersionVector::contains" => fn(version: &Version, dot: Dot<u16>) -> bool {
        version.contains(dot)
    }
    "VersionVector::as_slice" => fn(version: &Version) -> &[Dot<u16>] {
        version.as_slice()
    }
    "VersionVector::iter" => fn(version: &Version) -> Copied<slice::Iter<'_, Dot<u16>>> {
        version.iter()
    }
    "VersionVector::len" => fn(version: &Version) -> usize {
        version.len()
    }
    "VersionVector::is_empty" => fn(version: &Version) -> bool {
        version.is_empty()
    }
    "VersionVector::increment" => fn(
        version: &mut Version, replica: u16
    ) -> Result<Dot<u16>, IncrementError> {
        version.increment(replica)
    }
    "VersionVector::observe" => fn(version: &mut Version, dot: Dot<u16>) -> Result<bool, Full> {
        version.observe(dot)
    }
    "VersionVector::remove" => fn(version: &mut Version, replica: u16) -> Option<NonZeroU64> {
        version.remove(replica)
    }
    "VersionVector::clear" => fn(version: &mut Version) {
        version.clear();
    }
    "VersionVector::merge" => fn(version: &mut Version, other: &Other) -> Result<bool, Full> {
        version.merge(other)
    }
    "VersionVector::meet" => fn(version: &mut Version, other: &Other) -> bool {
        version.meet(other)
    }
    "VersionVector::dominates" => fn(version: &Version, other: &Other) -> bool {
        version.dominates(other)
    }
    "VersionVector::causality" => fn(version: &Version, other: &Other) -> Causality {
        version.causality(other)
    }
    "VersionVector as Default" => fn() -> Version {
        Version::default()
    }
    "VersionVector as Clone" => fn(version: &Version) -> Version {
        version.clone()
    }
    "VersionVector as PartialEq<VersionVector>" => fn(version: &Version, other: &Other) -> bool {
        version == other
    }
    "VersionVector as PartialOrd<VersionVector>" => fn(
        version: &Version, other: &Other
    ) -> Option<Ordering> {
        version.partial_cmp(other)
    }
    "VersionVector as Hash" => fn(version: &Version, hasher: &mut dyn Hasher) {
        hash(version, hasher);
    }
    "&VersionVector as IntoIterator" => fn(version: &Version) -> u64 {
        version.into_iter().fold(0, |latest, dot| latest.max(dot.counter.get()))
    }
    "VersionVector as Serialize" => fn(version: &Version, buffer: &mut [u8]) -> Option<usize> {
        encode(version, buffer)
    }
    "VersionVector as Deserialize" => fn(bytes: &[u8]) -> Option<Version> {
        decode(bytes)
    }
    "IncrementError as Display" => fn(error: &IncrementError, buffer: &mut Buffer) -> fmt::Result {
        write!(buffer, "{error}")
    }
}

// The causal context.
operations! {
    "CausalContext::new" => fn() -> Context {
        Context::new()
    }
    "CausalContext::contiguous" => fn(context: &Context) -> &VersionVector<u16, Inline<4>> {
        context.contiguous()
    }
    "CausalContext::cloud" => fn(context: &Context) -> &[Dot<u16>] {
        context.cloud()
    }
    "CausalContext::is_empty" => fn(context: &Context) -> bool {
        context.is_empty()
    }
    "CausalContext::contains" => fn(context: &Context, dot: Dot<u16>) -> bool {
        context.contains(dot)
    }
    "CausalContext::latest" => fn(context: &Context, replica: u16) -> u64 {
        context.latest(replica)
    }
    "CausalContext::next_dot" => fn(
        context: &mut Context, replica: u16
    ) -> Result<Dot<u16>, NextDotError> {
        context.next_dot(replica)
    }
    "CausalContext::insert" => fn(context: &mut Context, dot: Dot<u16>) -> Result<bool, ContextError> {
        context.insert(dot)
    }
    "CausalContext::merge" => fn(
        context: &mut Context, other: &OtherContext
    ) -> Result<bool, ContextError> {
        context.merge(other)
    }
    "CausalContext::dominates" => fn(context: &Context, other: &OtherContext) -> bool {
        context.dominates(other)
    }
    "CausalContext::causality" => fn(context: &Context, other: &OtherContext) -> Causality {
        context.causality(other)
    }
    "CausalContext as Default" => fn() -> Context {
        Context::default()
    }
    "CausalContext as Clone" => fn(context: &Context) -> Context {
        context.clone()
    }
    "CausalContext as PartialEq<CausalContext>" => fn(context: &Context, other: &OtherContext) -> bool {
        context == other
    }
    "CausalContext as PartialOrd<CausalContext>" => fn(
        context: &Context, other: &OtherContext
    ) -> Option<Ordering> {
        context.partial_cmp(other)
    }
    "CausalContext as Hash" => fn(context: &Context, hasher: &mut dyn Hasher) {
        hash(context, hasher);
    }
    "CausalContext as Serialize" => fn(context: &Context, buffer: &mut [u8]) -> Option<usize> {
        encode(context, buffer)
    }
    "CausalContext as Deserialize" => fn(bytes: &[u8]) -> Option<Context> {
        decode(bytes)
    }
    "ContextError as Display" => fn(error: &ContextError, buffer: &mut Buffer) -> fmt::Result {
        write!(buffer, "{error}")
    }
    "NextDotError as Display" => fn(error: &NextDotError, buffer: &mut Buffer) -> fmt::Result {
        write!(buffer, "{error}")
    }
}

// Versions of a key.
operations! {
    "DottedVersionVector::new" => fn(
        dot: Dot<u16>, past: VersionVector<u16, Inline<4>>
    ) -> Result<Dotted, DotInPast> {
        Dotted::new(dot, past)
    }
    "DottedVersionVector::dot" => fn(version: &Dotted) -> Dot<u16> {
        version.dot()
    }
    "DottedVersionVector::past" => fn(version: &Dotted) -> &VersionVector<u16, Inline<4>> {
        version.past()
    }
    "DottedVersionVector::to_context" => fn(
        version: &Dotted
    ) -> Result<VersionVector<u16, Inline<4>>, Full> {
        version.to_context()
    }
    "DottedVersionVector::causality" => fn(version: &Dotted, other: &OtherDotted) -> Causality {
        version.causality(other)
    }
    "DottedVersionVector as PartialEq<DottedVersionVector>" => fn(
        version: &Dotted, other: &OtherDotted
    ) -> bool {
        version == other
    }
    "DottedVersionVector as PartialOrd<DottedVersionVector>" => fn(
        version: &Dotted, other: &OtherDotted
    ) -> Option<Ordering> {
        version.partial_cmp(other)
    }
    "DottedVersionVector as Hash" => fn(version: &Dotted, hasher: &mut dyn Hasher) {
        hash(version, hasher);
    }
    "DottedVersionVector as Serialize" => fn(version: &Dotted, buffer: &mut [u8]) -> Option<usize> {
        encode(version, buffer)
    }
    "DottedVersionVector as Deserialize" => fn(bytes: &[u8]) -> Option<Dotted> {
        decode(bytes)
    }
    "DotInPast as Display" => fn(error: &DotInPast, buffer: &mut Buffer) -> fmt::Result {
        write!(buffer, "{error}")
    }
    "Siblings::new" => fn() -> Key {
        Key::new()
    }
    "Siblings::context" => fn(key: &Key) -> &VersionVector<u16, Inline<4>> {
        key.context()
    }
    "Siblings::versions" => fn(key: &Key) -> &[(Dot<u16>, u32)] {
        key.versions()
    }
    "Siblings::values" => fn(key: &Key) -> u32 {
        key.values().fold(0, |largest, value| largest.max(*value))
    }
    "Siblings::len" => fn(key: &Key) -> usize {
        key.len()
    }
    "Siblings::is_empty" => fn(key: &Key) -> bool {
        key.is_empty()
    }
    "Siblings::put" => fn(
        key: &mut Key, context: &Other, replica: u16, value: u32
    ) -> Result<Dot<u16>, (PutError, u32)> {
        key.put(context, replica, value)
    }
    "Siblings::put (dropping)" => fn(
        key: &mut OwnedKey, context: &Other, replica: u16, value: Dropped
    ) -> Result<Dot<u16>, (PutError, Dropped)> {
        key.put(context, replica, value)
    }
    "Siblings::delete" => fn(key: &mut Key, context: &Other) -> Result<bool, Full> {
        key.delete(context)
    }
    "Siblings::delete (dropping)" => fn(key: &mut OwnedKey, context: &Other) -> Result<bool, Full> {
        key.delete(context)
    }
    "Siblings::merge" => fn(key: &mut Key, other: &OtherKey) -> Result<bool, SiblingsError> {
        key.merge(other)
    }
    "Siblings::merge (dropping)" => fn(
        key: &mut OwnedKey, other: &OwnedKey
    ) -> Result<bool, SiblingsError> {
        key.merge(other)
    }
    "Siblings as Default" => fn() -> Key {
        Key::default()
    }
    "Siblings as Clone" => fn(key: &OwnedKey) -> OwnedKey {
        key.clone()
    }
    "Siblings as PartialEq<Siblings>" => fn(key: &Key, other: &OtherKey) -> bool {
        key == other
    }
    "Siblings as Hash" => fn(key: &Key, hasher: &mut dyn Hasher) {
        hash(key, hasher);
    }
    "Siblings as Serialize" => fn(key: &Key, buffer: &mut [u8]) -> Option<usize> {
        encode(key, buffer)
    }
    "Siblings as Deserialize" => fn(bytes: &[u8]) -> Option<Key> {
        decode(bytes)
    }
    "PutError as Display" => fn(error: &PutError, buffer: &mut Buffer) -> fmt::Result {
        write!(buffer, "{error}")
    }
    "SiblingsError as Display" => fn(error: &SiblingsError, buffer: &mut Buffer) -> fmt::Result {
        write!(buffer, "{error}")
    }
}

// The hybrid clock and its guard.
operations! {
    "HybridStamp::from_wall_us" => fn(wall_us: u64) -> Option<HybridStamp> {
        HybridStamp::from_wall_us(wall_us)
    }
    "HybridStamp::from_bits" => fn(bits: u64) -> HybridStamp {
        HybridStamp::from_bits(bits)
    }
    "HybridStamp::to_bits" => fn(stamp: HybridStamp) -> u64 {
        stamp.to_bits()
    }
    "HybridStamp::wall_us" => fn(stamp: HybridStamp) -> u64 {
        stamp.wall_us()
    }
    "HybridStamp::counter" => fn(stamp: HybridStamp) -> u16 {
        stamp.counter()
    }
    "HybridStamp::at" => fn(stamp: HybridStamp, node: u16) -> WideHybridStamp<u16> {
        stamp.at(node)
    }
    "HybridStamp as Display" => fn(stamp: &HybridStamp, buffer: &mut Buffer) -> fmt::Result {
        write!(buffer, "{stamp}")
    }
    "HybridStamp as Serialize" => fn(stamp: &HybridStamp, buffer: &mut [u8]) -> Option<usize> {
        encode(stamp, buffer)
    }
    "HybridStamp as Deserialize" => fn(bytes: &[u8]) -> Option<HybridStamp> {
        decode(bytes)
    }
    "WideHybridStamp as Serialize" => fn(
        stamp: &WideHybridStamp<u16>, buffer: &mut [u8]
    ) -> Option<usize> {
        encode(stamp, buffer)
    }
    "WideHybridStamp as Deserialize" => fn(bytes: &[u8]) -> Option<WideHybridStamp<u16>> {
        decode(bytes)
    }
    "HybridClock::new" => fn(max_offset_us: u64) -> HybridClock {
        HybridClock::new(max_offset_us)
    }
    "HybridClock::recover" => fn(max_offset_us: u64, last: HybridStamp) -> HybridClock {
        HybridClock::recover(max_offset_us, last)
    }
    "HybridClock::last" => fn(clock: &HybridClock) -> HybridStamp {
        clock.last()
    }
    "HybridClock::max_offset_us" => fn(clock: &HybridClock) -> u64 {
        clock.max_offset_us()
    }
    "HybridClock::tick" => fn(clock: &mut HybridClock, wall_us: u64) -> Result<HybridStamp, TickError> {
        clock.tick(wall_us)
    }
    "HybridClock::receive" => fn(
        clock: &mut HybridClock, wall_us: u64, remote: HybridStamp
    ) -> Result<HybridStamp, ReceiveError> {
        clock.receive(wall_us, remote)
    }
    "TickError as Display" => fn(error: &TickError, buffer: &mut Buffer) -> fmt::Result {
        write!(buffer, "{error}")
    }
    "ReceiveError as Display" => fn(error: &ReceiveError, buffer: &mut Buffer) -> fmt::Result {
        write!(buffer, "{error}")
    }
    "JumpGuard::new" => fn(max_jump_us: u64) -> JumpGuard {
        JumpGuard::new(max_jump_us)
    }
    "JumpGuard::check" => fn(
        guard: &mut JumpGuard, now_us: u64, wall_us: u64
    ) -> Result<u64, ForwardJump> {
        guard.check(now_us, wall_us)
    }
    "JumpGuard::accept" => fn(guard: &mut JumpGuard, now_us: u64, wall_us: u64) {
        guard.accept(now_us, wall_us);
    }
    "ForwardJump as Display" => fn(error: &ForwardJump, buffer: &mut Buffer) -> fmt::Result {
        write!(buffer, "{error}")
    }
}

// The ceiling and the hardware counter.
operations! {
    "Ceiling::new" => fn(block: NonZeroU64) -> Ceiling {
        Ceiling::new(block)
    }
    "Ceiling::recover" => fn(persisted: u64, block: NonZeroU64) -> Ceiling {
        Ceiling::recover(persisted, block)
    }
    "Ceiling::floor" => fn(ceiling: &Ceiling) -> u64 {
        ceiling.floor()
    }
    "Ceiling::bound" => fn(ceiling: &Ceiling) -> u64 {
        ceiling.bound()
    }
    "Ceiling::issue" => fn(ceiling: &mut Ceiling) -> Result<u64, IssueError> {
        ceiling.issue()
    }
    "Ceiling::reserve" => fn(ceiling: &mut Ceiling, number: u64) {
        ceiling.reserve(number);
    }
    "Ceiling::covers" => fn(ceiling: &Ceiling, number: u64) -> bool {
        ceiling.covers(number)
    }
    "Ceiling::poll_output" => fn(ceiling: &mut Ceiling) -> Option<u64> {
        ceiling.poll_output()
    }
    "Ceiling::pending" => fn(ceiling: &Ceiling) -> Option<u64> {
        ceiling.pending()
    }
    "Ceiling::handle_persisted" => fn(ceiling: &mut Ceiling, bound: u64) -> Result<(), UnknownBound> {
        ceiling.handle_persisted(bound)
    }
    "IssueError as Display" => fn(error: &IssueError, buffer: &mut Buffer) -> fmt::Result {
        write!(buffer, "{error}")
    }
    "UnknownBound as Display" => fn(error: &UnknownBound, buffer: &mut Buffer) -> fmt::Result {
        write!(buffer, "{error}")
    }
    "TickWidener::new" => fn(ticks_per_second: NonZeroU32, tick: u32) -> TickWidener {
        TickWidener::new(ticks_per_second, tick)
    }
    "TickWidener::widen" => fn(clock: &mut TickWidener, tick: u32) -> u64 {
        clock.widen(tick)
    }
    "TickWidener::now_us" => fn(clock: &TickWidener) -> u64 {
        clock.now_us()
    }
    "TickWidener::poll_timeout" => fn(clock: &TickWidener) -> u64 {
        clock.poll_timeout()
    }
}

configurations! {
    "Lamport, hybrid and an 8-entry version vector" => fn(
        lamport: &mut LamportClock<u16>,
        hybrid: &mut HybridClock,
        version: &mut Version,
        message: &(LamportStamp<u16>, HybridStamp, Version),
        wall_us: u64,
    ) -> Option<Causality> {
        let _ = black_box(lamport.tick());
        let _ = black_box(lamport.receive(message.0));
        let _ = black_box(hybrid.tick(wall_us));
        let _ = black_box(hybrid.receive(wall_us, message.1));
        let _ = black_box(version.increment(lamport.node()));
        version.merge(&message.2).ok()?;
        Some(version.causality(&message.2))
    }
    "vector clock of 4" => fn(clock: &mut Vector, other: &Vector, own: usize) -> Option<Causality> {
        let _ = black_box(clock.increment(own));
        clock.merge(other);
        Some(clock.causality(other))
    }
    "causal context of 4 replicas and 6 dots" => fn(
        context: &mut Context, other: &Context, dot: Dot<u16>
    ) -> Option<bool> {
        let _ = black_box(context.next_dot(dot.replica));
        let _ = black_box(context.insert(dot));
        context.merge(other).ok()
    }
    "siblings of 4 replicas and 3 values" => fn(
        key: &mut Key, other: &Key, value: u32
    ) -> Option<bool> {
        let context = other.context().clone();
        let _ = black_box(key.put(&context, 1, value));
        key.merge(other).ok()
    }
    "hybrid stamps under a ceiling" => fn(
        clock: &mut HybridClock, guard: &mut JumpGuard, ceiling: &mut Ceiling, now_us: u64, wall_us: u64
    ) -> Option<u64> {
        let stamp = clock.tick(guard.check(now_us, wall_us).ok()?).ok()?.to_bits();
        ceiling.reserve(stamp);
        if let Some(bound) = ceiling.poll_output() {
            ceiling.handle_persisted(black_box(bound)).ok()?;
        }
        ceiling.covers(stamp).then_some(stamp)
    }
    "tick widener" => fn(clock: &mut TickWidener, tick: u32) -> (u64, u64) {
        (clock.widen(tick), clock.poll_timeout())
    }
    "an 8-entry version vector: postcard, both ways" => fn(
        version: &mut Version, input: &[u8], output: &mut [u8]
    ) -> Option<usize> {
        *version = decode(input)?;
        encode(version, output)
    }
}

sizes! {
    "LamportClock<u16>" => LamportClock<u16>,
    "LamportStamp<u16>" => LamportStamp<u16>,
    "VectorClock<4>" => Vector,
    "Dot<u16>" => Dot<u16>,
    "VersionVector<u16, Inline<8>>" => Version,
    "CausalContext<u16, Inline<4>, Inline<6>>" => Context,
    "DottedVersionVector<u16, Inline<4>>" => Dotted,
    "Siblings<u16, u32, Inline<4>, Inline<3>>" => Key,
    "HybridStamp" => HybridStamp,
    "WideHybridStamp<u16>" => WideHybridStamp<u16>,
    "HybridClock" => HybridClock,
    "JumpGuard" => JumpGuard,
    "Ceiling" => Ceiling,
    "TickWidener" => TickWidener,
}

//! `synod-clocks`: what a program would use of it, and the size of its types. The operations are
//! in the modules.

mod contexts;
mod stamps;
mod vectors;

use core::hint::black_box;

use synod_clocks::{
    CausalContext, Causality, Ceiling, Dot, DotRange, DottedVersionVector, HybridClock,
    HybridStamp, Inline, JumpGuard, LamportClock, LamportStamp, Siblings, TickWidener, VectorClock,
    VersionVector, WideHybridStamp,
};

use crate::wire::{decode, encode};

type Vector = VectorClock<4>;
type Version = VersionVector<u16, Inline<8>>;
/// Of another capacity, for the operations that take two.
type Narrow = VersionVector<u16, Inline<3>>;
type Context = CausalContext<u16, Inline<8>>;
type Dotted = DottedVersionVector<u16, Inline<4>>;
type Key = Siblings<u16, u32, Inline<4>, Inline<3>>;

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
    "causal context of 8 ranges" => fn(
        context: &mut Context, other: &Context, replica: u16
    ) -> Option<bool> {
        let _ = black_box(context.insert(context.next_dot(replica)?));
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
    "tick widener" => fn(clock: &mut TickWidener, tick: u32) -> (u64, Option<u64>) {
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
    "DotRange<u16>" => DotRange<u16>,
    "CausalContext<u16, Inline<8>>" => Context,
    "DottedVersionVector<u16, Inline<4>>" => Dotted,
    "Siblings<u16, u32, Inline<4>, Inline<3>>" => Key,
    "HybridStamp" => HybridStamp,
    "WideHybridStamp<u16>" => WideHybridStamp<u16>,
    "HybridClock" => HybridClock,
    "JumpGuard" => JumpGuard,
    "Ceiling" => Ceiling,
    "TickWidener" => TickWidener,
}

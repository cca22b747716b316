//! `synod-clocks`.

mod contexts;
mod stamps;
mod vectors;

use core::hint::black_box;

use synod_clocks::{
    CausalContext, Ceiling, Dot, DottedVersionVector, HybridClock, HybridStamp, Inline, JumpGuard,
    LamportClock, LamportStamp, Siblings, TickWidener, VectorClock, VersionVector, WideHybridStamp,
};

use crate::wire::{decode, encode};

type Version = VersionVector<u16, Inline<8>>;
type Narrow = VersionVector<u16, Inline<3>>;

configurations! {
    "Lamport" => fn(clock: &mut LamportClock<u16>, sent: LamportStamp<u16>) {
        let _ = black_box(clock.tick());
        let _ = black_box(clock.receive(sent));
    }
    "hybrid" => fn(clock: &mut HybridClock, wall_us: u64, remote: HybridStamp) {
        let _ = black_box(clock.tick(wall_us));
        let _ = black_box(clock.receive(wall_us, remote));
    }
    "8-entry version vector" => fn(version: &mut Version, other: &Version, dot: Dot<u16>) {
        let _ = black_box(version.increment(dot.replica));
        let _ = black_box(version.observe(dot));
        let _ = black_box(version.merge(other));
        let _ = black_box(version.causality(other));
    }
    "Lamport + hybrid + 8-entry version vector" => fn(
        lamport: &mut LamportClock<u16>, sent: LamportStamp<u16>,
        hybrid: &mut HybridClock, wall_us: u64, remote: HybridStamp,
        version: &mut Version, other: &Version, dot: Dot<u16>
    ) {
        let _ = black_box(lamport.tick());
        let _ = black_box(lamport.receive(sent));
        let _ = black_box(hybrid.tick(wall_us));
        let _ = black_box(hybrid.receive(wall_us, remote));
        let _ = black_box(version.increment(dot.replica));
        let _ = black_box(version.observe(dot));
        let _ = black_box(version.merge(other));
        let _ = black_box(version.causality(other));
    }
    "8-entry version vector: postcard, both ways" => fn(
        version: &mut Version, input: &[u8], output: &mut [u8]
    ) -> Option<usize> {
        *version = decode(input)?;
        encode(version, output)
    }
    "causal context of 8 replicas and 16 gaps" => fn(
        context: &mut CausalContext<u16, Inline<8>, Inline<16>>,
        other: &CausalContext<u16, Inline<8>, Inline<16>>,
        dot: Dot<u16>
    ) {
        let _ = black_box(context.next_dot(dot.replica));
        let _ = black_box(context.insert(dot));
        let _ = black_box(context.merge(other));
        let _ = black_box(context.causality(other));
    }
    "4 siblings of u32, 8 replicas" => fn(
        key: &mut Siblings<u16, u32, Inline<8>, Inline<4>>,
        other: &Siblings<u16, u32, Inline<8>, Inline<4>>,
        read: &Version, replica: u16, value: u32
    ) {
        let _ = black_box(key.put(read, replica, value));
        let _ = black_box(key.delete(read));
        let _ = black_box(key.merge(other));
    }
}

sizes! {
    "LamportClock<u16>" => LamportClock<u16>,
    "HybridStamp" => HybridStamp,
    "WideHybridStamp<u16>" => WideHybridStamp<u16>,
    "HybridClock" => HybridClock,
    "JumpGuard" => JumpGuard,
    "TickWidener" => TickWidener,
    "Ceiling" => Ceiling,
    "Dot<u16>" => Dot<u16>,
    "VectorClock<5>" => VectorClock<5>,
    "VersionVector<u16, Inline<8>>" => Version,
    "DottedVersionVector<u16, Inline<8>>" => DottedVersionVector<u16, Inline<8>>,
    "CausalContext<u16, Inline<8>, Inline<16>>" => CausalContext<u16, Inline<8>, Inline<16>>,
    "Siblings<u16, u32, Inline<8>, Inline<4>>" => Siblings<u16, u32, Inline<8>, Inline<4>>,
}

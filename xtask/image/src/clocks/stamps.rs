//! Clocks of one number, and what guards them.

use core::{
    fmt::{self, Write},
    num::{NonZeroU32, NonZeroU64},
};

use synod_clocks::{
    Ceiling, Exhausted, ForwardJump, HybridClock, HybridStamp, IssueError, JumpGuard, LamportClock,
    LamportStamp, ReceiveError, TickError, TickWidener, UnknownBound, WideHybridStamp,
};

use crate::{
    text::Buffer,
    wire::{decode, encode},
};

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
    "LamportClock::tick" => fn(
        clock: &mut LamportClock<u16>
    ) -> Result<LamportStamp<u16>, Exhausted> {
        clock.tick()
    }
    "LamportClock::receive" => fn(
        clock: &mut LamportClock<u16>, sent: LamportStamp<u16>
    ) -> Result<LamportStamp<u16>, Exhausted> {
        clock.receive(sent)
    }
    "LamportClock as Serialize" => fn(
        clock: &LamportClock<u16>, buffer: &mut [u8]
    ) -> Option<usize> {
        encode(clock, buffer)
    }
    "LamportClock as Deserialize" => fn(bytes: &[u8]) -> Option<LamportClock<u16>> {
        decode(bytes)
    }
    "LamportStamp as Serialize" => fn(
        stamp: &LamportStamp<u16>, buffer: &mut [u8]
    ) -> Option<usize> {
        encode(stamp, buffer)
    }
    "LamportStamp as Deserialize" => fn(bytes: &[u8]) -> Option<LamportStamp<u16>> {
        decode(bytes)
    }
    "Exhausted as Display" => fn(error: &Exhausted, buffer: &mut Buffer) -> fmt::Result {
        write!(buffer, "{error}")
    }
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
    "HybridClock::tick" => fn(
        clock: &mut HybridClock, wall_us: u64
    ) -> Result<HybridStamp, TickError> {
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
    "TickWidener::new" => fn(ticks_per_second: NonZeroU32, tick: u32) -> TickWidener {
        TickWidener::new(ticks_per_second, tick)
    }
    "TickWidener::with_bits" => fn(
        ticks_per_second: NonZeroU32, bits: u32, tick: u32
    ) -> Option<TickWidener> {
        TickWidener::with_bits(ticks_per_second, bits, tick)
    }
    "TickWidener::widen" => fn(widener: &mut TickWidener, tick: u32) -> u64 {
        widener.widen(tick)
    }
    "TickWidener::now_us" => fn(widener: &TickWidener) -> u64 {
        widener.now_us()
    }
    "TickWidener::poll_timeout" => fn(widener: &TickWidener) -> Option<u64> {
        widener.poll_timeout()
    }
    "Ceiling::new" => fn(block: NonZeroU64) -> Ceiling {
        Ceiling::new(block)
    }
    "Ceiling::recover" => fn(block: NonZeroU64, persisted: u64) -> Ceiling {
        Ceiling::recover(block, persisted)
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
    "Ceiling::handle_persisted" => fn(
        ceiling: &mut Ceiling, bound: u64) -> Result<(
    ), UnknownBound> {
        ceiling.handle_persisted(bound)
    }
    "IssueError as Display" => fn(error: &IssueError, buffer: &mut Buffer) -> fmt::Result {
        write!(buffer, "{error}")
    }
    "UnknownBound as Display" => fn(error: &UnknownBound, buffer: &mut Buffer) -> fmt::Result {
        write!(buffer, "{error}")
    }
}

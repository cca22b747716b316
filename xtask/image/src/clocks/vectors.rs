//! Vector clocks, version vectors and dots.

use core::{
    cmp::Ordering,
    fmt::{self, Write},
    hash::{Hash, Hasher},
    iter::Copied,
    num::NonZeroU64,
    slice,
};

use synod_clocks::{
    Causality, Dot, DotInPast, DottedVersionVector, Full, IncrementError, Inline, VectorClock,
    VectorClockError, VersionVector,
};

use super::{Narrow, Version};
use crate::{
    text::Buffer,
    wire::{decode, encode},
};

type Clock = VectorClock<5>;
type Dotted = DottedVersionVector<u16, Inline<8>>;
type NarrowDotted = DottedVersionVector<u16, Inline<3>>;

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
    "VectorClock::new" => fn() -> Clock {
        VectorClock::new()
    }
    "VectorClock::get" => fn(clock: &Clock, position: usize) -> Option<u64> {
        clock.get(position)
    }
    "VectorClock::as_array" => fn(clock: &Clock) -> &[u64; 5] {
        clock.as_array()
    }
    "VectorClock::increment" => fn(
        clock: &mut Clock, position: usize
    ) -> Result<u64, VectorClockError> {
        clock.increment(position)
    }
    "VectorClock::observe" => fn(
        clock: &mut Clock, position: usize, counter: u64
    ) -> Result<bool, VectorClockError> {
        clock.observe(position, counter)
    }
    "VectorClock::merge" => fn(clock: &mut Clock, other: &Clock) -> bool {
        clock.merge(other)
    }
    "VectorClock::meet" => fn(clock: &mut Clock, other: &Clock) -> bool {
        clock.meet(other)
    }
    "VectorClock::dominates" => fn(a: &Clock, b: &Clock) -> bool {
        a.dominates(b)
    }
    "VectorClock::causality" => fn(a: &Clock, b: &Clock) -> Causality {
        a.causality(b)
    }
    "VectorClock as Default" => fn() -> Clock {
        VectorClock::default()
    }
    "VectorClock as From<array>" => fn(counters: [u64; 5]) -> Clock {
        counters.into()
    }
    "VectorClock as PartialOrd" => fn(a: &Clock, b: &Clock) -> Option<Ordering> {
        a.partial_cmp(b)
    }
    "VectorClock as Serialize" => fn(clock: &Clock, buffer: &mut [u8]) -> Option<usize> {
        encode(clock, buffer)
    }
    "VectorClock as Deserialize" => fn(bytes: &[u8]) -> Option<Clock> {
        decode(bytes)
    }
    "VectorClockError as Display" => fn(
        error: &VectorClockError, buffer: &mut Buffer
    ) -> fmt::Result {
        write!(buffer, "{error}")
    }
    "VersionVector::new" => fn() -> Version {
        VersionVector::new()
    }
    "VersionVector::from_dots" => fn(dots: &[Dot<u16>]) -> Result<Version, Full> {
        VersionVector::from_dots(dots.iter().copied())
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
    "VersionVector::merge" => fn(version: &mut Version, other: &Narrow) -> Result<bool, Full> {
        version.merge(other)
    }
    "VersionVector::meet" => fn(version: &mut Version, other: &Narrow) -> bool {
        version.meet(other)
    }
    "VersionVector::dominates" => fn(a: &Version, b: &Narrow) -> bool {
        a.dominates(b)
    }
    "VersionVector::causality" => fn(a: &Version, b: &Narrow) -> Causality {
        a.causality(b)
    }
    "VersionVector as Default" => fn() -> Version {
        VersionVector::default()
    }
    "VersionVector as Clone" => fn(version: &Version) -> Version {
        version.clone()
    }
    "VersionVector as PartialEq<VersionVector>" => fn(a: &Version, b: &Narrow) -> bool {
        a == b
    }
    "VersionVector as PartialOrd<VersionVector>" => fn(
        a: &Version, b: &Narrow
    ) -> Option<Ordering> {
        a.partial_cmp(b)
    }
    "VersionVector as Hash" => fn(version: &Version, hasher: &mut &mut dyn Hasher) {
        version.hash(hasher);
    }
    "&VersionVector as IntoIterator" => fn(version: &Version) -> Copied<slice::Iter<'_, Dot<u16>>> {
        version.into_iter()
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
    "DottedVersionVector::new" => fn(dot: Dot<u16>, past: Version) -> Result<Dotted, DotInPast> {
        DottedVersionVector::new(dot, past)
    }
    "DottedVersionVector::dot" => fn(version: &Dotted) -> Dot<u16> {
        version.dot()
    }
    "DottedVersionVector::past" => fn(version: &Dotted) -> &Version {
        version.past()
    }
    "DottedVersionVector::to_context" => fn(version: &Dotted) -> Result<Version, Full> {
        version.to_context()
    }
    "DottedVersionVector::causality" => fn(a: &Dotted, b: &NarrowDotted) -> Causality {
        a.causality(b)
    }
    "DottedVersionVector as PartialEq<DottedVersionVector>" => fn(
        a: &Dotted, b: &NarrowDotted
    ) -> bool {
        a == b
    }
    "DottedVersionVector as PartialOrd<DottedVersionVector>" => fn(
        a: &Dotted, b: &NarrowDotted
    ) -> Option<Ordering> {
        a.partial_cmp(b)
    }
    "DottedVersionVector as Hash" => fn(version: &Dotted, hasher: &mut &mut dyn Hasher) {
        version.hash(hasher);
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
}

//! What a choice of quorums gives.

use core::fmt::{self, Write};

use synod_quorum::{
    ConcurrentWrites, Consistency, Finding, GridQuorums, Hints, LiveSets, Majority, Otherwise,
    Partitioned, Profile, ThresholdError, TooManyNodes, classify,
};

use super::{Count, List, Opaque, Weights};
use crate::text::Buffer;

operations! {
    "LiveSets::of" => fn(family: &Majority<2>) -> Result<LiveSets, TooManyNodes> {
        LiveSets::of(family)
    }
    "LiveSets::of (nothing is known)" => fn(
        family: &Opaque<List>
    ) -> Result<LiveSets, TooManyNodes> {
        LiveSets::of(family)
    }
    "LiveSets::counts" => fn(live: &LiveSets) -> &[u32] {
        live.counts()
    }
    "LiveSets::resilience" => fn(live: &LiveSets) -> usize {
        live.resilience()
    }
    "LiveSets::availability" => fn(live: &LiveSets, failure: f64) -> Option<f64> {
        live.availability(failure)
    }
    "LiveSets::unavailability" => fn(live: &LiveSets, failure: f64) -> Option<f64> {
        live.unavailability(failure)
    }
    "TooManyNodes as Display" => fn(error: &TooManyNodes, buffer: &mut Buffer) -> fmt::Result {
        write!(buffer, "{error}")
    }
    "classify" => fn(n: usize, r: usize, w: usize, hints: Hints) -> Result<Profile, ThresholdError> {
        classify(n, r, w, hints)
    }
    "Profile::of" => fn(
        read: &Count, write: &Weights, hints: Hints
    ) -> Result<Profile, TooManyNodes> {
        Profile::of(read, write, hints)
    }
    "Profile::of (nothing is known)" => fn(
        read: &Opaque<List>, write: &GridQuorums<2>, hints: Hints
    ) -> Result<Profile, TooManyNodes> {
        Profile::of(read, write, hints)
    }
    "Profile::reads_meet_writes" => fn(profile: &Profile) -> bool {
        profile.reads_meet_writes()
    }
    "Profile::writes_meet" => fn(profile: &Profile) -> bool {
        profile.writes_meet()
    }
    "Profile::consistency" => fn(profile: &Profile) -> Finding<Consistency> {
        profile.consistency()
    }
    "Profile::concurrent_writes" => fn(profile: &Profile) -> Finding<ConcurrentWrites> {
        profile.concurrent_writes()
    }
    "Profile::reads_survive" => fn(profile: &Profile) -> Finding<usize> {
        profile.reads_survive()
    }
    "Profile::writes_survive" => fn(profile: &Profile) -> Finding<usize> {
        profile.writes_survive()
    }
    "Profile::hints" => fn(profile: &Profile) -> Finding<Hints> {
        profile.hints()
    }
    "Profile::partitioned" => fn(profile: &Profile) -> Finding<Partitioned> {
        profile.partitioned()
    }
    "Profile::otherwise" => fn(profile: &Profile) -> Finding<Otherwise> {
        profile.otherwise()
    }
    "Profile::pacelc" => fn(profile: &Profile) -> &'static str {
        profile.pacelc()
    }
    "Profile as Display" => fn(profile: &Profile, buffer: &mut Buffer) -> fmt::Result {
        write!(buffer, "{profile}")
    }
    "Hints as Display" => fn(hints: &Hints, buffer: &mut Buffer) -> fmt::Result {
        write!(buffer, "{hints}")
    }
    "Consistency as Display" => fn(found: &Consistency, buffer: &mut Buffer) -> fmt::Result {
        write!(buffer, "{found}")
    }
    "ConcurrentWrites as Display" => fn(
        found: &ConcurrentWrites, buffer: &mut Buffer
    ) -> fmt::Result {
        write!(buffer, "{found}")
    }
    "Partitioned as Display" => fn(found: &Partitioned, buffer: &mut Buffer) -> fmt::Result {
        write!(buffer, "{found}")
    }
    "Otherwise as Display" => fn(found: &Otherwise, buffer: &mut Buffer) -> fmt::Result {
        write!(buffer, "{found}")
    }
}

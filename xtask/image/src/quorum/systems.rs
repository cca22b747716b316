//! Families that are safe together, and the proof that they are.

use core::{
    error::Error,
    fmt::{self, Write},
};

use synod_quorum::{
    Coterie, Dissemination, Flexible, Grid, GridQuorums, IntersectionError, Joint, Majority,
    Masking, NodeSet, ReadWrite, ReadWriteError, Threshold, Weighted, WeightedError, intersection,
};

use super::{Count, Decisions, List, Opaque, Reports, Set, Weights, decide, phases};
use crate::{
    text::Buffer,
    wire::{decode, encode},
};

type Proof = Result<(), IntersectionError<2>>;
/// Halves of which each is proven in its own way.
type Change = Joint<Coterie<Weights, 2>, Majority<2>, 2>;
type Phases = Flexible<Count, List, 2>;
type Store = ReadWrite<Count, Weights, 2>;

operations! {
    "intersection (thresholds)" => fn(first: &Count, second: &Count) -> Proof {
        intersection(first, second)
    }
    "intersection (thresholds, one word)" => fn(
        first: &Threshold, second: &Threshold
    ) -> Result<(), IntersectionError> {
        intersection(first, second)
    }
    "intersection (a threshold and weights)" => fn(first: &Count, second: &Weights) -> Proof {
        intersection(first, second)
    }
    "intersection (weights and a threshold)" => fn(first: &Weights, second: &Count) -> Proof {
        intersection(first, second)
    }
    "intersection (weights)" => fn(first: &Weights, second: &Weights) -> Proof {
        intersection(first, second)
    }
    "intersection (a list)" => fn(first: &List, second: &Weights) -> Proof {
        intersection(first, second)
    }
    "intersection (with a list)" => fn(first: &Weights, second: &List) -> Proof {
        intersection(first, second)
    }
    "intersection (grids)" => fn(first: &GridQuorums<2>, second: &GridQuorums<2>) -> Proof {
        intersection(first, second)
    }
    "intersection (a search)" => fn(first: &Opaque<List>, second: &Weights) -> Proof {
        intersection(first, second)
    }
    "intersection (a joint system)" => fn(first: &Change, second: &Majority<2>) -> Proof {
        intersection(first, second)
    }
    "IntersectionError as Display" => fn(
        error: &IntersectionError<2>, buffer: &mut Buffer
    ) -> fmt::Result {
        write!(buffer, "{error}")
    }
    "Coterie::new" => fn(family: Weights) -> Result<Coterie<Weights, 2>, IntersectionError<2>> {
        Coterie::new(family)
    }
    "Coterie::family" => fn(system: &Coterie<Weights, 2>) -> &Weights {
        system.family()
    }
    "Coterie as Quorums" => fn(
        system: &Coterie<Weights, 2>, nodes: Set, silent: Set, reports: &Reports
    ) -> Decisions<2> {
        decide(system, nodes, silent, reports)
    }
    "Coterie as QuorumSystem" => fn(system: &Coterie<Weights, 2>, nodes: Set) -> (bool, bool) {
        phases(system, nodes)
    }
    "Coterie as Serialize" => fn(
        system: &Coterie<Weights, 2>, buffer: &mut [u8]
    ) -> Option<usize> {
        encode(system, buffer)
    }
    "Coterie as Deserialize" => fn(bytes: &[u8]) -> Option<Coterie<Weights, 2>> {
        decode(bytes)
    }
    "Coterie as Deserialize (a list)" => fn(bytes: &[u8]) -> Option<Coterie<List, 2>> {
        decode(bytes)
    }
    "Weighted::majority" => fn(
        weights: [u32; 70]
    ) -> Result<Coterie<Weights, 2>, WeightedError> {
        Weighted::majority(weights)
    }
    "Majority as QuorumSystem" => fn(system: &Majority<2>, nodes: Set) -> (bool, bool) {
        phases(system, nodes)
    }
    "Dissemination as QuorumSystem" => fn(system: &Dissemination<2>, nodes: Set) -> (bool, bool) {
        phases(system, nodes)
    }
    "Masking as QuorumSystem" => fn(system: &Masking<2>, nodes: Set) -> (bool, bool) {
        phases(system, nodes)
    }
    "Grid as QuorumSystem" => fn(grid: &Grid<2>, nodes: Set) -> (bool, bool) {
        phases(grid, nodes)
    }
    "Flexible::new" => fn(first: Count, second: List) -> Result<Phases, IntersectionError<2>> {
        Flexible::new(first, second)
    }
    "Flexible::phase1" => fn(system: &Phases) -> &Count {
        system.phase1()
    }
    "Flexible::phase2" => fn(system: &Phases) -> &List {
        system.phase2()
    }
    "Flexible as QuorumSystem" => fn(system: &Phases, nodes: Set) -> (bool, bool) {
        phases(system, nodes)
    }
    "Flexible as Serialize" => fn(system: &Phases, buffer: &mut [u8]) -> Option<usize> {
        encode(system, buffer)
    }
    "Flexible as Deserialize" => fn(bytes: &[u8]) -> Option<Phases> {
        decode(bytes)
    }
    "ReadWrite::new" => fn(read: Count, write: Weights) -> Result<Store, ReadWriteError<2>> {
        ReadWrite::new(read, write)
    }
    "ReadWrite::read" => fn(store: &Store) -> &Count {
        store.read()
    }
    "ReadWrite::write" => fn(store: &Store) -> &Weights {
        store.write()
    }
    "ReadWrite as QuorumSystem" => fn(store: &Store, nodes: Set) -> (bool, bool) {
        phases(store, nodes)
    }
    "ReadWrite as Serialize" => fn(store: &Store, buffer: &mut [u8]) -> Option<usize> {
        encode(store, buffer)
    }
    "ReadWrite as Deserialize" => fn(bytes: &[u8]) -> Option<Store> {
        decode(bytes)
    }
    "ReadWriteError as Display" => fn(
        error: &ReadWriteError<2>, buffer: &mut Buffer
    ) -> fmt::Result {
        write!(buffer, "{error}")
    }
    "ReadWriteError as Error" => fn(error: &ReadWriteError<2>) -> bool {
        error.source().is_some()
    }
    "Joint::new" => fn(outgoing: Coterie<Weights, 2>, incoming: Majority<2>) -> Change {
        Joint::new(outgoing, incoming)
    }
    "Joint::outgoing" => fn(system: &Change) -> &Coterie<Weights, 2> {
        system.outgoing()
    }
    "Joint::incoming" => fn(system: &Change) -> &Majority<2> {
        system.incoming()
    }
    "Joint as Quorums" => fn(
        system: &Change, nodes: Set, silent: Set, reports: &Reports
    ) -> Decisions<2> {
        decide(system, nodes, silent, reports)
    }
    "Joint as Quorums (majorities of one word)" => fn(
        system: &Joint<Majority>, nodes: NodeSet, silent: NodeSet, reports: &Reports
    ) -> Decisions<1> {
        decide(system, nodes, silent, reports)
    }
    "Joint as QuorumSystem" => fn(system: &Change, nodes: Set) -> (bool, bool) {
        phases(system, nodes)
    }
    "Joint as Serialize" => fn(system: &Change, buffer: &mut [u8]) -> Option<usize> {
        encode(system, buffer)
    }
    "Joint as Deserialize" => fn(bytes: &[u8]) -> Option<Change> {
        decode(bytes)
    }
}

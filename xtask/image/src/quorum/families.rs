//! Families of quorums: which sets are enough.

use core::{
    error::Error,
    fmt::{self, Write},
};

use synod_quorum::{
    Dissemination, Explicit, ExplicitError, Grid, GridError, GridQuorums, GridRule, Majority,
    Masking, NoMembers, NodeSet, OutOfRange, Quorums, Shape, Shortfall, Threshold, ThresholdError,
    TooFewNodes, TooManyNodes, Weighted, WeightedError,
};

use super::{Count, Decisions, List, Opaque, Reports, Set, Weights, decide, report};
use crate::{
    text::Buffer,
    wire::{decode, encode},
};

operations! {
    "Quorums::committed" => fn(family: &Opaque<List>, reports: &Reports) -> Option<u64> {
        family.committed(|node| report(reports, node))
    }
    "Quorums::critical" => fn(family: &Opaque<List>, silent: Set) -> Set {
        family.critical(silent)
    }
    "Quorums::is_blocked_by" => fn(family: &Opaque<List>, silent: Set) -> bool {
        family.is_blocked_by(silent)
    }
    "Quorums::resilience" => fn(family: &Opaque<List>) -> Result<usize, TooManyNodes> {
        family.resilience()
    }
    "Quorums::shape" => fn(family: &Opaque<List>) -> Shape<'_, 2> {
        family.shape()
    }
    "Quorums::shortfall" => fn(family: &Opaque<List>, have: Set, silent: Set) -> Shortfall {
        family.shortfall(have, silent)
    }
    "Quorums::shortfall (of a reference)" => fn(
        family: &Opaque<&Weights>, have: Set, silent: Set
    ) -> Shortfall {
        family.shortfall(have, silent)
    }
    "Majority::new" => fn(members: Set) -> Result<Majority<2>, NoMembers> {
        Majority::new(members)
    }
    "Majority::needed" => fn(system: &Majority<2>) -> usize {
        system.needed()
    }
    "Majority as Quorums" => fn(
        system: &Majority<2>, nodes: Set, silent: Set, reports: &Reports
    ) -> Decisions<2> {
        decide(system, nodes, silent, reports)
    }
    "Majority as Quorums (one word)" => fn(
        system: &Majority, nodes: NodeSet, silent: NodeSet, reports: &Reports
    ) -> Decisions<1> {
        decide(system, nodes, silent, reports)
    }
    "Majority as Serialize" => fn(system: &Majority<2>, buffer: &mut [u8]) -> Option<usize> {
        encode(system, buffer)
    }
    "Majority as Deserialize" => fn(bytes: &[u8]) -> Option<Majority<2>> {
        decode(bytes)
    }
    "NoMembers as Display" => fn(error: &NoMembers, buffer: &mut Buffer) -> fmt::Result {
        write!(buffer, "{error}")
    }
    "Threshold::new" => fn(members: Set, needed: usize) -> Result<Count, ThresholdError> {
        Threshold::new(members, needed)
    }
    "Threshold::needed" => fn(family: &Count) -> usize {
        family.needed()
    }
    "Threshold as Quorums" => fn(
        family: &Count, nodes: Set, silent: Set, reports: &Reports
    ) -> Decisions<2> {
        decide(family, nodes, silent, reports)
    }
    "Threshold as Serialize" => fn(family: &Count, buffer: &mut [u8]) -> Option<usize> {
        encode(family, buffer)
    }
    "Threshold as Deserialize" => fn(bytes: &[u8]) -> Option<Count> {
        decode(bytes)
    }
    "ThresholdError as Display" => fn(error: &ThresholdError, buffer: &mut Buffer) -> fmt::Result {
        write!(buffer, "{error}")
    }
    "Weighted::new" => fn(weights: [u32; 70], needed: u64) -> Result<Weights, WeightedError> {
        Weighted::new(weights, needed)
    }
    "Weighted::new (one word)" => fn(
        weights: [u32; 5], needed: u64
    ) -> Result<Weighted<5>, WeightedError> {
        Weighted::new(weights, needed)
    }
    "Weighted::weights" => fn(family: &Weights) -> &[u32; 70] {
        family.weights()
    }
    "Weighted::weight" => fn(family: &Weights, node: usize) -> u32 {
        family.weight(node)
    }
    "Weighted::needed" => fn(family: &Weights) -> u64 {
        family.needed()
    }
    "Weighted::total" => fn(family: &Weights) -> u64 {
        family.total()
    }
    "Weighted::weight_of" => fn(family: &Weights, nodes: Set) -> u64 {
        family.weight_of(nodes)
    }
    "Weighted as Quorums" => fn(
        family: &Weights, nodes: Set, silent: Set, reports: &Reports
    ) -> Decisions<2> {
        decide(family, nodes, silent, reports)
    }
    "Weighted as Quorums (one word)" => fn(
        family: &Weighted<5>, nodes: NodeSet, silent: NodeSet, reports: &Reports
    ) -> Decisions<1> {
        decide(family, nodes, silent, reports)
    }
    "Weighted as Serialize" => fn(family: &Weights, buffer: &mut [u8]) -> Option<usize> {
        encode(family, buffer)
    }
    "Weighted as Deserialize" => fn(bytes: &[u8]) -> Option<Weights> {
        decode(bytes)
    }
    "WeightedError as From<OutOfRange>" => fn(error: OutOfRange) -> WeightedError {
        error.into()
    }
    "WeightedError as Display" => fn(error: &WeightedError, buffer: &mut Buffer) -> fmt::Result {
        write!(buffer, "{error}")
    }
    "WeightedError as Error" => fn(error: &WeightedError) -> bool {
        error.source().is_some()
    }
    "Explicit::new" => fn(quorums: &[Set]) -> Result<List, ExplicitError> {
        Explicit::new(quorums)
    }
    "Explicit::quorums" => fn(family: &List) -> &[Set] {
        family.quorums()
    }
    "Explicit as Quorums" => fn(
        family: &List, nodes: Set, silent: Set, reports: &Reports
    ) -> Decisions<2> {
        decide(family, nodes, silent, reports)
    }
    "Explicit as Serialize" => fn(family: &List, buffer: &mut [u8]) -> Option<usize> {
        encode(family, buffer)
    }
    "Explicit as Deserialize" => fn(bytes: &[u8]) -> Option<List> {
        decode(bytes)
    }
    "ExplicitError as Display" => fn(error: &ExplicitError, buffer: &mut Buffer) -> fmt::Result {
        write!(buffer, "{error}")
    }
    "Grid::new" => fn(rows: usize, columns: usize) -> Result<Grid<2>, GridError> {
        Grid::new(rows, columns)
    }
    "Grid::rows" => fn(grid: &Grid<2>) -> usize {
        grid.rows()
    }
    "Grid::columns" => fn(grid: &Grid<2>) -> usize {
        grid.columns()
    }
    "Grid::quorums" => fn(grid: &Grid<2>, rule: GridRule) -> GridQuorums<2> {
        grid.quorums(rule)
    }
    "Grid as Serialize" => fn(grid: &Grid<2>, buffer: &mut [u8]) -> Option<usize> {
        encode(grid, buffer)
    }
    "Grid as Deserialize" => fn(bytes: &[u8]) -> Option<Grid<2>> {
        decode(bytes)
    }
    "GridRule as Serialize" => fn(rule: &GridRule, buffer: &mut [u8]) -> Option<usize> {
        encode(rule, buffer)
    }
    "GridRule as Deserialize" => fn(bytes: &[u8]) -> Option<GridRule> {
        decode(bytes)
    }
    "GridQuorums::grid" => fn(family: &GridQuorums<2>) -> Grid<2> {
        family.grid()
    }
    "GridQuorums::rule" => fn(family: &GridQuorums<2>) -> GridRule {
        family.rule()
    }
    "GridQuorums as Quorums" => fn(
        family: &GridQuorums<2>, nodes: Set, silent: Set, reports: &Reports
    ) -> Decisions<2> {
        decide(family, nodes, silent, reports)
    }
    "GridQuorums as Serialize" => fn(family: &GridQuorums<2>, buffer: &mut [u8]) -> Option<usize> {
        encode(family, buffer)
    }
    "GridQuorums as Deserialize" => fn(bytes: &[u8]) -> Option<GridQuorums<2>> {
        decode(bytes)
    }
    "GridError as Display" => fn(error: &GridError, buffer: &mut Buffer) -> fmt::Result {
        write!(buffer, "{error}")
    }
    "GridError as Error" => fn(error: &GridError) -> bool {
        error.source().is_some()
    }
    "Dissemination::new" => fn(members: Set, b: usize) -> Result<Dissemination<2>, TooFewNodes> {
        Dissemination::new(members, b)
    }
    "Dissemination::needed" => fn(system: &Dissemination<2>) -> usize {
        system.needed()
    }
    "Dissemination::b" => fn(system: &Dissemination<2>) -> usize {
        system.b()
    }
    "Dissemination as Quorums" => fn(
        system: &Dissemination<2>, nodes: Set, silent: Set, reports: &Reports
    ) -> Decisions<2> {
        decide(system, nodes, silent, reports)
    }
    "Dissemination as Serialize" => fn(
        system: &Dissemination<2>, buffer: &mut [u8]
    ) -> Option<usize> {
        encode(system, buffer)
    }
    "Dissemination as Deserialize" => fn(bytes: &[u8]) -> Option<Dissemination<2>> {
        decode(bytes)
    }
    "Masking::new" => fn(members: Set, b: usize) -> Result<Masking<2>, TooFewNodes> {
        Masking::new(members, b)
    }
    "Masking::needed" => fn(system: &Masking<2>) -> usize {
        system.needed()
    }
    "Masking::b" => fn(system: &Masking<2>) -> usize {
        system.b()
    }
    "Masking::vouching" => fn(system: &Masking<2>) -> Count {
        system.vouching()
    }
    "Masking as Quorums" => fn(
        system: &Masking<2>, nodes: Set, silent: Set, reports: &Reports
    ) -> Decisions<2> {
        decide(system, nodes, silent, reports)
    }
    "Masking as Serialize" => fn(system: &Masking<2>, buffer: &mut [u8]) -> Option<usize> {
        encode(system, buffer)
    }
    "Masking as Deserialize" => fn(bytes: &[u8]) -> Option<Masking<2>> {
        decode(bytes)
    }
    "TooFewNodes as Display" => fn(error: &TooFewNodes, buffer: &mut Buffer) -> fmt::Result {
        write!(buffer, "{error}")
    }
}

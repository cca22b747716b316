//! Sets of nodes, and votes.

use core::fmt::{self, Write};

use synod_quorum::{Majority, NodeSet, Nodes, OutOfRange, Outcome, VoteError, Votes};

use super::{Set, Weights};
use crate::{
    text::Buffer,
    wire::{decode, encode},
};

operations! {
    "NodeSet::new" => fn() -> Set {
        NodeSet::new()
    }
    "NodeSet::first" => fn(count: usize) -> Result<Set, OutOfRange> {
        NodeSet::first(count)
    }
    "NodeSet::first (one word)" => fn(count: usize) -> Result<NodeSet, OutOfRange> {
        NodeSet::first(count)
    }
    "NodeSet::first (no word)" => fn(count: usize) -> Result<NodeSet<0>, OutOfRange> {
        NodeSet::first(count)
    }
    "NodeSet::from_nodes" => fn(nodes: &[usize]) -> Result<Set, OutOfRange> {
        NodeSet::from_nodes(nodes)
    }
    "NodeSet::from_nodes (one word)" => fn(nodes: &[usize]) -> Result<NodeSet, OutOfRange> {
        NodeSet::from_nodes(nodes)
    }
    "NodeSet::from_words" => fn(words: [u64; 2]) -> Set {
        NodeSet::from_words(words)
    }
    "NodeSet::to_words" => fn(set: Set) -> [u64; 2] {
        set.to_words()
    }
    "NodeSet::insert" => fn(set: &mut Set, node: usize) -> Result<bool, OutOfRange> {
        set.insert(node)
    }
    "NodeSet::insert (one word)" => fn(set: &mut NodeSet, node: usize) -> Result<bool, OutOfRange> {
        set.insert(node)
    }
    "NodeSet::insert (no word)" => fn(
        set: &mut NodeSet<0>, node: usize
    ) -> Result<bool, OutOfRange> {
        set.insert(node)
    }
    "NodeSet::remove" => fn(set: &mut Set, node: usize) -> bool {
        set.remove(node)
    }
    "NodeSet::remove (one word)" => fn(set: &mut NodeSet, node: usize) -> bool {
        set.remove(node)
    }
    "NodeSet::contains" => fn(set: Set, node: usize) -> bool {
        set.contains(node)
    }
    "NodeSet::contains (one word)" => fn(set: NodeSet, node: usize) -> bool {
        set.contains(node)
    }
    "NodeSet::len" => fn(set: Set) -> usize {
        set.len()
    }
    "NodeSet::is_empty" => fn(set: Set) -> bool {
        set.is_empty()
    }
    "NodeSet::is_subset" => fn(set: Set, other: Set) -> bool {
        set.is_subset(other)
    }
    "NodeSet::is_disjoint" => fn(set: Set, other: Set) -> bool {
        set.is_disjoint(other)
    }
    "NodeSet::iter" => fn(set: Set) -> Nodes<2> {
        set.iter()
    }
    "NodeSet as IntoIterator" => fn(set: Set) -> Nodes<2> {
        set.into_iter()
    }
    "NodeSet as Default" => fn() -> Set {
        NodeSet::default()
    }
    "NodeSet as BitOr" => fn(set: Set, other: Set) -> Set {
        set | other
    }
    "NodeSet as BitAnd" => fn(set: Set, other: Set) -> Set {
        set & other
    }
    "NodeSet as Sub" => fn(set: Set, other: Set) -> Set {
        set - other
    }
    "NodeSet as Display" => fn(set: &Set, buffer: &mut Buffer) -> fmt::Result {
        write!(buffer, "{set}")
    }
    "NodeSet as Serialize" => fn(set: &Set, buffer: &mut [u8]) -> Option<usize> {
        encode(set, buffer)
    }
    "NodeSet as Deserialize" => fn(bytes: &[u8]) -> Option<Set> {
        decode(bytes)
    }
    "Nodes as Iterator" => fn(nodes: &mut Nodes<2>) -> (usize, Option<usize>) {
        (nodes.len(), nodes.next())
    }
    "Nodes as Iterator (one word)" => fn(nodes: &mut Nodes) -> (usize, Option<usize>) {
        (nodes.len(), nodes.next())
    }
    "OutOfRange as Display" => fn(error: &OutOfRange, buffer: &mut Buffer) -> fmt::Result {
        write!(buffer, "{error}")
    }
    "Votes::new" => fn(members: Set) -> Votes<2> {
        Votes::new(members)
    }
    "Votes::record" => fn(
        votes: &mut Votes<2>, node: usize, granted: bool
    ) -> Result<bool, VoteError> {
        votes.record(node, granted)
    }
    "Votes::record (one word)" => fn(
        votes: &mut Votes, node: usize, granted: bool
    ) -> Result<bool, VoteError> {
        votes.record(node, granted)
    }
    "Votes::outcome" => fn(votes: &Votes<2>, system: &Majority<2>) -> Outcome {
        votes.outcome(system)
    }
    "Votes::outcome (weights)" => fn(votes: &Votes<2>, system: &Weights) -> Outcome {
        votes.outcome(system)
    }
    "Votes::members" => fn(votes: &Votes<2>) -> Set {
        votes.members()
    }
    "Votes::granted" => fn(votes: &Votes<2>) -> Set {
        votes.granted()
    }
    "Votes::refused" => fn(votes: &Votes<2>) -> Set {
        votes.refused()
    }
    "Votes::pending" => fn(votes: &Votes<2>) -> Set {
        votes.pending()
    }
    "VoteError as Display" => fn(error: &VoteError, buffer: &mut Buffer) -> fmt::Result {
        write!(buffer, "{error}")
    }
}

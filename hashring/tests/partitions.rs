//! Tables of partitions: the slots of others, and what a rebalanced table promises, against all
//! tables that there could be.
// Thousands of tables take the interpreter too long; `portable.rs` runs the same code there.
#![cfg(not(miri))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // A test may panic.
#![allow(clippy::arithmetic_side_effects, clippy::cast_possible_truncation)]
#![allow(clippy::std_instead_of_alloc)] // And use `std`.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use synod_hashring::{
    AssignError, Inline, KeyHash, Partitioning, Partitions, Placement, Rebalanced, Ring,
};

const HASH: KeyHash = KeyHash::v1(0);

type Small = Partitions<u8, Inline<6>, Inline<64>>;
type Rows = Vec<Vec<u8>>;

fn rows<const N: usize, const T: usize>(table: &Partitions<u8, Inline<N>, Inline<T>>) -> Rows {
    table.iter().map(|(_, nodes)| nodes.collect()).collect()
}

/// What of a table is to be.
#[derive(Debug)]
struct Wanted {
    /// How many copies each partition has, and how many of these one zone may have.
    copies: usize,
    in_zone: usize,
    /// The exact share of each node.
    shares: BTreeMap<u8, f64>,
}

/// Raises the number of entries for a weight of 1 until all are given out, or a zone is full: by
/// halves.
fn wanted(nodes: &[(u8, u32)], zone: impl Fn(u8) -> u8, partitions: u16, copies: usize) -> Wanted {
    let mut zones = BTreeMap::<u8, Vec<(u8, f64)>>::new();
    for &(node, weight) in nodes.iter().filter(|(_, weight)| *weight > 0) {
        zones.entry(zone(node)).or_default().push((node, weight.into()));
    }
    let within = |most: usize| zones.values().map(|nodes| nodes.len().min(most)).sum::<usize>();
    let copies = copies.min(within(usize::MAX));
    let in_zone = (0..).find(|&most| within(most) >= copies).unwrap();
    let partitions = f64::from(partitions);
    let at = |level: f64, weight: f64| partitions.min(level * weight);
    let zone_at = |level: f64, nodes: &[(u8, f64)]| {
        nodes.iter().map(|(_, weight)| at(level, *weight)).sum::<f64>()
    };
    let halves = |total: f64, sum: &dyn Fn(f64) -> f64| {
        let (mut below, mut above) = (0.0, partitions);
        for _ in 0..200 {
            let middle = (below + above) / 2.0;
            if sum(middle) < total { below = middle } else { above = middle }
        }
        above
    };
    let zone_most = partitions * in_zone as f64;
    let all = |level| zones.values().map(|nodes| zone_at(level, nodes).min(zone_most)).sum();
    let level = halves(partitions * copies as f64, &all);
    let mut shares = BTreeMap::new();
    for nodes in zones.values() {
        let level = level.min(halves(zone_most, &|level| zone_at(level, nodes)));
        shares.extend(nodes.iter().map(|&(node, weight)| (node, at(level, weight))));
    }
    Wanted { copies, in_zone, shares }
}

/// All ways to choose so many.
fn choices(nodes: &[u8], copies: usize) -> Rows {
    match (nodes, copies) {
        (_, 0) => vec![vec![]],
        ([], _) => vec![],
        ([first, rest @ ..], _) => {
            let with = choices(rest, copies - 1).into_iter();
            let with = with.map(|mut row| {
                row.push(*first);
                row
            });
            with.chain(choices(rest, copies)).collect()
        }
    }
}

/// For each way to load the nodes, the fewest copies that any table moves.
fn fewest(
    old: &Rows,
    nodes: &[u8],
    is_row: impl Fn(&[u8]) -> bool,
    copies: usize,
) -> BTreeMap<Vec<u8>, usize> {
    let choices: Rows = choices(nodes, copies).into_iter().filter(|row| is_row(row)).collect();
    let mut best = BTreeMap::from([(vec![0_u8; 256], 0)]);
    for row in old {
        let mut next = BTreeMap::new();
        for (loads, moved) in &best {
            for choice in &choices {
                let mut loads: Vec<u8> = loads.clone();
                choice.iter().for_each(|node| loads[usize::from(*node)] += 1);
                let moved = moved + choice.iter().filter(|node| !row.contains(node)).count();
                let known = next.entry(loads).or_insert(moved);
                *known = moved.min(*known);
            }
        }
        best = next;
    }
    best
}

/// What holds of every table that was rebalanced.
fn check(old: &Rows, table: &Small, zone: impl Fn(u8) -> u8, report: Rebalanced) {
    let nodes: Vec<_> = table.nodes().map(|(node, weight)| (*node, weight)).collect();
    let copies = usize::from(table.copies());
    let wanted = wanted(&nodes, &zone, table.count(), copies);
    let new = rows(table);
    let mut loads = BTreeMap::<u8, u32>::new();
    let mut owned = BTreeMap::<u8, u32>::new();
    let mut together = 0;
    for row in &new {
        assert_eq!(row.len(), wanted.copies);
        let mut zones = BTreeMap::<u8, usize>::new();
        for &node in row {
            *loads.entry(node).or_default() += 1;
            *zones.entry(zone(node)).or_default() += 1;
        }
        assert_eq!(row.iter().collect::<BTreeSet<_>>().len(), row.len(), "different nodes");
        assert!(zones.values().all(|count| *count <= wanted.in_zone), "{row:?}");
        together += u32::from(zones.values().any(|count| *count > 1));
        if let Some(owner) = row.first() {
            *owned.entry(*owner).or_default() += 1;
        }
    }
    for &(node, _) in &nodes {
        let load = loads.get(&node).copied().unwrap_or(0);
        let share = wanted.shares.get(&node).copied().unwrap_or(0.0);
        assert!((f64::from(load) - share).abs() < 1.0 - 1e-9, "{node}: {load} for {share}");
        assert_eq!(table.load(&node), Some(load));
        let part = f64::from(load) / (wanted.copies.max(1)) as f64;
        let owned = owned.get(&node).copied().unwrap_or(0);
        assert!((f64::from(owned) - part).abs() < 1.0 - 1e-9, "{node} owns {owned} for {part}");
    }
    let pairs = || old.iter().zip(&new);
    let moved = pairs().flat_map(|(old, new)| new.iter().filter(|node| !old.contains(node)));
    let moved = moved.count() as u32;
    let owners = pairs().filter(|(old, new)| old.first() != new.first()).count() as u32;
    let missing = (new.len() * (copies - wanted.copies)) as u32;
    assert_eq!(report, Rebalanced { moved, owners, missing, together });
    assert_eq!(table.node_count(), loads.len());
}

proptest! {
    /// Ranges of points, in order, whose sizes differ by one.
    #[test]
    fn points_are_in_ranges(point: u64, count: u16) {
        let by_hash = Partitioning::v1(HASH, count);
        let exact = (u128::from(point) * u128::from(count)) >> 64;
        prop_assert_eq!(u128::from(by_hash.partition_of_point(point)), exact);
        prop_assert_eq!(by_hash.partition(point), by_hash.partition_of_point(HASH.point(point)));
        // The last of the partition before that of a point, and the first of its own.
        if exact > 0 {
            let first = (exact << 64).div_ceil(count.into()) as u64;
            let found = [first - 1, first].map(|point| by_hash.partition_of_point(point));
            prop_assert_eq!(found.map(u128::from), [exact - 1, exact]);
        }
    }
}

/// Of 100,000 keys, 1,000 partitions have numbers whose variance is that of chance, their mean,
/// within four standard deviations of that estimate, √(2/1,000). (Slots of a Redis Cluster are less
/// even where keys are much alike: a CRC is no hash.)
#[test]
fn keys_are_spread_as_by_chance() {
    let by_hash = Partitioning::v1(HASH, 1_000);
    let mut loads = vec![0.0; 1_000];
    for key in 0..100_000 {
        loads[usize::from(by_hash.partition(format!("user:{key:08}").as_str()))] += 1.0;
    }
    let variance = loads.iter().map(|load: &f64| (load - 100.0).powi(2)).sum::<f64>() / 1_000.0;
    assert!((variance / 100.0 - 1.0).abs() < 4.0 * (2.0 / 1_000_f64).sqrt(), "{variance}");
}

type Large = Partitions<u8, Inline<41>, Inline<6_144>>;

/// With 40 nodes and 3 copies of 2,048 partitions: who comes takes its share, from all, and nothing
/// else moves; who goes leaves its own.
#[test]
fn who_comes_and_goes_moves_its_share() {
    let mut table = Large::new(Partitioning::v1(HASH, 2_048), 3).unwrap();
    for node in 0..40 {
        table.insert(node, 3 + u32::from(node) % 5).unwrap();
    }
    let zone = |node| node % 4;
    assert_eq!(table.rebalance_apart(zone).unwrap().moved, 6_144);
    let before = table.clone();
    table.insert(40, 5).unwrap();
    let report = table.rebalance_apart(zone).unwrap();
    // 5 of 205: 149.9 copies.
    assert!([149, 150].contains(&report.moved) && table.load(&40) == Some(report.moved));
    let givers = (0..40).filter(|node| table.load(node) < before.load(node));
    assert!(givers.count() >= 35);
    assert_eq!(table.remove(&40), Some(5));
    assert_eq!(table.rebalance_apart(zone).unwrap().moved, report.moved);
    let loads = |table: &Large| (0..40).map(|node| table.load(&node)).collect::<Vec<_>>();
    for (before, after) in loads(&before).into_iter().zip(loads(&table)) {
        assert!(before.unwrap().abs_diff(after.unwrap()) <= 1);
    }
}

/// Weights as large as they can be, and a node beside which all others are nothing.
#[test]
fn no_weight_is_too_large() {
    let mut table = Large::new(Partitioning::v1(HASH, 2_048), 3).unwrap();
    for node in 0..41 {
        table.insert(node, u32::MAX).unwrap();
    }
    table.rebalance().unwrap();
    assert!((0..41).all(|node| [149, 150].contains(&table.load(&node).unwrap())));
    for node in 1..41 {
        table.insert(node, 1).unwrap();
    }
    // It has all that its zone may have, but for less than one. The others of it share that.
    table.rebalance_apart(|node| node % 3).unwrap();
    let loads = (0..41).step_by(3).map(|node| table.load(&node).unwrap());
    assert!(table.load(&0) >= Some(2_047) && loads.sum::<u32>() == 2_048);
}

/// Who agrees on a ring agrees on a table, and a ring that moves little moves little there.
#[test]
fn by_a_ring_little_moves() {
    let nodes: Vec<_> = (0..41).map(|node| (node, 50)).collect();
    let with = |count: usize| {
        Ring::<u8, Inline<41>, Inline<2_050>>::from_nodes(HASH, &nodes[..count]).unwrap()
    };
    let mut table = Large::new(Partitioning::v1(HASH, 2_048), 3).unwrap();
    for (node, _) in &nodes {
        table.insert(*node, 1).unwrap();
    }
    assert_eq!(table.assign_by(&with(40)).moved, 6_144);
    let old = rows(&table);
    let report = table.assign_by(&with(41));
    for (old, new) in old.iter().zip(rows(&table)) {
        assert!(new.iter().all(|node| *node == 40 || old.contains(node)));
    }
    assert_eq!(Some(report.moved), table.load(&40));
}

#[test]
fn errors_say_what_is_wrong() {
    let errors = [
        (AssignError::NoPartition, "no such partition"),
        (AssignError::UnknownNode, "a node that is not there"),
        (AssignError::NodeTwice, "a node twice"),
        (AssignError::TooManyNodes, "more nodes than copies"),
    ];
    assert!(errors.iter().all(|(error, text)| error.to_string() == *text));
}

/// A table, and how it was changed by hand since.
#[derive(Clone, Debug)]
struct Start {
    weights: Vec<u32>,
    later: Vec<u32>,
    partitions: u16,
    copies: u8,
    zones: Vec<u8>,
    assigned: Vec<(u16, Vec<u8>)>,
    removed: Option<u8>,
}

impl Start {
    fn zone(&self) -> impl Fn(u8) -> u8 {
        let zones = self.zones.clone();
        move |node| zones[usize::from(node)]
    }
}

fn start(partitions: u16) -> impl Strategy<Value = Start> {
    let weight = || prop_oneof![2 => 0..6_u32, 2 => Just(1), 1 => 50..60_u32];
    let weights = || prop::collection::vec(weight(), 0..6);
    let assigned = (0..partitions, prop::collection::vec(0..6_u8, 0..4));
    let assigned = prop::collection::vec(assigned, 0..20);
    let zones = prop::collection::vec(0..4_u8, 6);
    (weights(), weights(), 0..=partitions, 0..4_u8, zones, assigned, prop::option::of(0..6_u8))
        .prop_map(|(weights, later, partitions, copies, zones, assigned, removed)| Start {
            weights,
            later,
            partitions,
            copies,
            zones,
            assigned,
            removed,
        })
}

/// A table that was rebalanced, then changed by hand.
fn table(start: &Start, apart: bool) -> Small {
    let partitioning = Partitioning::v1(HASH, start.partitions);
    let mut table = Small::new(partitioning, start.copies).unwrap();
    for (node, weight) in (0..).zip(&start.weights) {
        table.insert(node, *weight).unwrap();
    }
    let none = rows(&table);
    let zone = start.zone();
    let report = if apart { table.rebalance_apart(&zone) } else { table.rebalance() };
    if apart {
        check(&none, &table, &zone, report.unwrap());
    } else {
        check(&none, &table, |node| node, report.unwrap());
    }
    for (node, weight) in (0..).zip(&start.later) {
        table.insert(node, *weight).unwrap();
    }
    for (partition, nodes) in &start.assigned {
        let _ = table.assign(*partition, nodes);
    }
    if let Some(node) = start.removed {
        let weight = table.get(&node);
        assert_eq!(table.remove(&node), weight);
    }
    table
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn shares_are_exact_and_copies_apart(start in start(16), apart: bool) {
        let mut table = table(&start, apart);
        let old = rows(&table);
        let zone = start.zone();
        if apart {
            let report = table.rebalance_apart(&zone).unwrap();
            check(&old, &table, &zone, report);
        } else {
            let report = table.rebalance().unwrap();
            check(&old, &table, |node| node, report);
        }
        // What is balanced stays.
        let again = table.clone();
        let report = if apart { table.rebalance_apart(&zone) } else { table.rebalance() }.unwrap();
        prop_assert_eq!((report.moved, report.owners), (0, 0));
        prop_assert!(table == again);
    }

    /// No table with these loads moves fewer copies; for one copy, they are what nodes get beyond
    /// what they had.
    #[test]
    fn no_table_moves_fewer(start in start(6), apart: bool) {
        let mut table = table(&start, apart);
        let old = rows(&table);
        let zone = start.zone();
        let own = |node| if apart { zone(node) } else { node };
        let nodes: Vec<_> = table.nodes().map(|(node, weight)| (*node, weight)).collect();
        let wanted = wanted(&nodes, own, table.count(), table.copies().into());
        let is_row = |row: &[u8]| {
            let in_zone = |node: &u8| row.iter().filter(|other| own(**other) == own(*node)).count();
            row.iter().all(|node| in_zone(node) <= wanted.in_zone)
        };
        let were_apart = old.iter().all(|row| is_row(row));
        let report = if apart { table.rebalance_apart(&zone) } else { table.rebalance() }.unwrap();
        let mut loads = vec![0; 256];
        rows(&table).iter().flatten().for_each(|node| loads[usize::from(*node)] += 1);
        let takers: Vec<_> =
            nodes.iter().filter(|(_, weight)| *weight > 0).map(|(node, _)| *node).collect();
        let fewest = fewest(&old, &takers, is_row, wanted.copies);
        let least = fewest[&loads] as u32;
        if were_apart {
            prop_assert_eq!(report.moved, least);
        } else {
            prop_assert!(report.moved >= least);
        }
        if wanted.copies == 1 && table.copies() == 1 {
            let had = |node: u8| old.iter().flatten().filter(|other| **other == node).count();
            let gain = |node: u8| usize::from(loads[usize::from(node)]).saturating_sub(had(node));
            prop_assert_eq!(report.moved as usize, takers.iter().map(|node| gain(*node)).sum());
        }
    }
}

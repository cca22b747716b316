//! What moves between two rings, against asking about points before and after.

use std::collections::BTreeSet;

use arbitrary::Arbitrary;
use synod_hashring::{Heap, KeyHash, Placement, Plan, Ring, Zoned};

/// The nodes of two rings with their tokens, and points to ask about.
#[derive(Arbitrary, Debug)]
pub struct PlanScenario {
    seed: u64,
    before: Vec<(u8, u8)>,
    after: Vec<(u8, u8)>,
    points: Vec<u64>,
}

type Growable = Ring<u8, Heap, Heap>;

impl PlanScenario {
    /// Plans for one and for three replicas.
    pub fn check(&self) {
        let hash = KeyHash::v1(self.seed);
        let [before, after] = [&self.before, &self.after].map(|nodes| {
            let nodes: Vec<_> = nodes.iter().map(|&(node, tokens)| (node, tokens.into())).collect();
            Growable::from_nodes(hash, &nodes).unwrap()
        });
        self.check_plan::<1>(&before, &after);
        self.check_plan::<3>(&before, &after);
        self.check_zones(&after);
    }

    fn check_plan<const K: usize>(&self, before: &Growable, after: &Growable) {
        let plan: Vec<_> = Plan::<_, _, K>::new(before, after).unwrap().collect();
        assert!(plan.windows(2).all(|pair| pair[1].last < pair[0].first));
        let ends =
            plan.iter().flat_map(|range| [range.first, range.last, range.last.wrapping_add(1)]);
        let points: Vec<_> = ends.take(64).chain(self.points.iter().copied()).collect();
        for point in points {
            let [old, new] = [before, after].map(|ring| first::<K>(ring, point));
            let told = plan.iter().find(|range| range.contains(point));
            assert_eq!(told.is_some(), set(&old) != set(&new));
            if let Some(range) = told {
                assert_eq!((&range.before[..], &range.after[..]), (&old[..], &new[..]));
            }
            let rest = Plan::<_, _, K>::below(before, after, point).unwrap();
            assert_eq!(rest.count(), plan.iter().filter(|range| range.first < point).count());
        }
    }

    /// No two replicas are in one zone while there are others.
    fn check_zones(&self, ring: &Growable) {
        let zone = |node: u8| node % 5;
        let zoned = Zoned::new(ring, zone);
        for &key in &self.points {
            let Ok(three) = zoned.replicas::<3>(key) else {
                assert!(ring.node_count() < 3);
                continue;
            };
            assert_eq!(set(&three.nodes).len(), 3);
            assert_eq!(set(&three.nodes.map(zone)).len(), three.zones);
            assert_eq!(three.zones, zoned.zone_count().unwrap().min(3));
            assert_eq!(Some(three.nodes[0]), ring.owner(key));
        }
    }
}

fn set(nodes: &[u8]) -> BTreeSet<u8> {
    nodes.iter().copied().collect()
}

/// The first `K` nodes of a point, or all there are.
fn first<const K: usize>(ring: &Growable, point: u64) -> Vec<u8> {
    let mut nodes = Vec::new();
    ring.first_where_of_point(point, |node| {
        if !nodes.contains(&node) {
            nodes.push(node);
        }
        nodes.len() == K
    });
    nodes
}

//! Rendezvous hashing, with weights and without, bounded and growable, against sorted lists.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use arbitrary::Arbitrary;
use synod_hashring::{
    Capacity, Heap, Inline, KeyHash, Placement, Rendezvous, TooFewNodes, WeightedRendezvous,
};

/// Nodes with weights, and calls.
#[derive(Arbitrary, Debug)]
pub struct RendezvousScenario {
    seed: u64,
    calls: Vec<Call>,
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Call {
    Insert {
        node: u8,
        weight: u32,
    },
    Remove {
        node: u8,
    },
    /// Asks of a point, or of one that gives a node a score.
    Ask {
        point: u64,
    },
    AskOf {
        node: u8,
        score: u64,
    },
}

/// More nodes than a pass finds.
const ROOM: usize = 12;

impl RendezvousScenario {
    /// Runs the calls with both capacities.
    pub fn check(&self) {
        self.run::<Inline<ROOM>>(ROOM);
        self.run::<Heap>(usize::MAX);
    }

    fn run<C: Capacity>(&self, most: usize) {
        let hash = KeyHash::v1(self.seed);
        let (plain, weighted) = (Rendezvous::new(hash), WeightedRendezvous::new(hash));
        let mut world = World::<C> { hash, plain, weighted, model: BTreeMap::new() };
        for call in &self.calls {
            match *call {
                Call::Insert { node, weight } => world.insert(node, weight, most),
                Call::Remove { node } => {
                    let before = world.model.remove(&node);
                    assert_eq!(world.plain.remove(&node), before.is_some());
                    assert_eq!(world.weighted.remove(&node), before);
                }
                Call::Ask { point } => world.ask(point),
                Call::AskOf { node, score } => world.ask(unmixed(score) ^ world.seed(node)),
            }
            let nodes = world.weighted.nodes().map(|(node, weight)| (*node, weight));
            assert!(nodes.eq(world.model.iter().map(|(node, weight)| (*node, *weight))));
            assert!(world.plain.nodes().eq(world.model.keys()));
        }
        let nodes: Vec<_> =
            world.model.iter().rev().map(|(node, weight)| (*node, *weight)).collect();
        assert!(WeightedRendezvous::from_nodes(hash, &nodes).as_ref() == Ok(&world.weighted));
        let nodes: Vec<_> = nodes.iter().map(|(node, _)| *node).collect();
        assert!(Rendezvous::from_nodes(hash, &nodes).as_ref() == Ok(&world.plain));
    }
}

struct World<C: Capacity> {
    hash: KeyHash,
    plain: Rendezvous<u8, C>,
    weighted: WeightedRendezvous<u8, C>,
    model: BTreeMap<u8, u32>,
}

impl<C: Capacity> World<C> {
    fn insert(&mut self, node: u8, weight: u32, most: usize) {
        if self.model.len() >= most && !self.model.contains_key(&node) {
            assert!(self.plain.insert(node).is_err());
            assert!(self.weighted.insert(node, weight).is_err());
            return;
        }
        let before = self.model.insert(node, weight);
        assert_eq!(self.plain.insert(node), Ok(before.is_none()));
        assert_eq!(self.weighted.insert(node, weight), Ok(before));
    }

    fn seed(&self, node: u8) -> u64 {
        mix(self.hash.point(node) ^ 0x9e37_79b9_7f4a_7c15)
    }

    fn score(&self, node: u8, point: u64) -> u64 {
        mix(point ^ self.seed(node))
    }

    fn ask(&self, point: u64) {
        let mut order: Vec<_> = self.model.keys().copied().collect();
        order.sort_by_key(|&node| Reverse(self.score(node, point)));
        compare(&self.plain, point, &order);

        let found = all(&self.weighted, point);
        compare(&self.weighted, point, &found);
        self.check_weighted(point, &found);
    }

    /// The order by logarithms in floats, where these can tell.
    fn check_weighted(&self, point: u64, order: &[u8]) {
        let taking = self.model.values().filter(|weight| **weight > 0);
        assert_eq!(order.len(), taking.count());
        for pair in order.windows(2) {
            let [first, second] = [pair[0], pair[1]]
                .map(|node| (negative_ln(self.score(node, point)), f64::from(self.model[&node])));
            let slack = 1.0 + 1e-9;
            // An absolute part, too: they have 57 bits.
            let off = 2_f64.powi(-54) * (first.1 + second.1);
            assert!(first.0 * second.1 <= second.0 * first.1 * slack + off, "{order:?}");
        }
    }
}

/// Of a score as a fraction of 2^64: to full precision at both ends.
fn negative_ln(score: u64) -> f64 {
    let unit = 2_f64.powi(-64);
    let score = score | 1;
    if score >> 63 == 0 {
        -f64::ln(score as f64 * unit)
    } else {
        -f64::ln_1p(-((!score).wrapping_add(1) as f64 * unit))
    }
}

/// All nodes, in the order in which they are asked about.
fn all(placement: &impl Placement<Node = u8>, point: u64) -> Vec<u8> {
    let mut nodes = Vec::new();
    assert_eq!(
        placement.first_where_of_point(point, |node| {
            nodes.push(node);
            false
        }),
        None
    );
    nodes
}

/// Compares all answers with an order of preference.
fn compare(placement: &impl Placement<Node = u8>, point: u64, order: &[u8]) {
    assert_eq!(all(placement, point), order);
    assert_eq!(placement.node_count(), order.len());
    assert_eq!(placement.owner_of_point(point), order.first().copied());

    let order = all(placement, placement.point(point));
    let mut room = [0; 10];
    assert_eq!(placement.successors(point, &mut room), &order[..order.len().min(10)]);
    let expected = order.first_chunk::<3>().copied();
    let expected = expected.ok_or(TooFewNodes { needed: 3, nodes: order.len() });
    assert_eq!(placement.replicas(point), expected);
}

fn mix(z: u64) -> u64 {
    let z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ z >> 31
}

/// What is mixed to a number.
fn unmixed(z: u64) -> u64 {
    let z = (z ^ z >> 31 ^ z >> 62).wrapping_mul(inverse(0x94d0_49bb_1331_11eb));
    let z = (z ^ z >> 27 ^ z >> 54).wrapping_mul(inverse(0xbf58_476d_1ce4_e5b9));
    z ^ z >> 30 ^ z >> 60
}

/// Of an odd number, modulo 2^64: by Newton's method, which doubles the bits that are right.
fn inverse(number: u64) -> u64 {
    (0..6).fold(number, |inverse, _| {
        inverse.wrapping_mul(2_u64.wrapping_sub(number.wrapping_mul(inverse)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logarithms_are_finite_at_both_ends() {
        assert!((negative_ln(0) - 44.361_419_555_836_5).abs() < 1e-12);
        assert!((negative_ln(1 << 63) - std::f64::consts::LN_2).abs() < 1e-15);
        assert_eq!(negative_ln(u64::MAX), 2_f64.powi(-64));
    }

    #[test]
    fn mixing_is_undone() {
        for number in [0, 1, u64::MAX, 0x0123_4567_89ab_cdef] {
            assert_eq!(unmixed(mix(number)), number);
        }
    }
}

//! Numbered nodes: what holds of any point and any count.

use arbitrary::Arbitrary;
use synod_hashring::{Jump, JumpBack, KeyHash, Placement, TooFewNodes};

/// A point, and a count of nodes.
#[derive(Arbitrary, Debug)]
pub struct BucketsScenario {
    seed: u64,
    point: u64,
    nodes: u32,
    /// Nodes that are down: a bit for all that leave the same rest by eight.
    down: u8,
}

impl BucketsScenario {
    /// Asks both algorithms.
    pub fn check(&self) {
        let hash = KeyHash::v1(self.seed);
        self.check_one(|nodes| Jump::new(hash, nodes));
        self.check_one(|nodes| JumpBack::new(hash, nodes));
    }

    fn check_one<P: Placement<Node = u32>>(&self, of: impl Fn(u32) -> P) {
        let placement = of(self.nodes);
        let Some(owner) = placement.owner_of_point(self.point) else {
            assert_eq!(self.nodes, 0);
            return;
        };
        assert!(owner < self.nodes);
        // The key has been there since there is such a node, and was elsewhere before.
        assert_eq!(of(owner + 1).owner_of_point(self.point), Some(owner));
        assert!(of(owner).owner_of_point(self.point).is_none_or(|before| before < owner));

        let mut room = [u32::MAX; 20];
        let order = placement.successors(self.point, &mut room);
        assert_eq!(order.len(), 20.min(self.nodes as usize));
        assert!(order.iter().all(|&node| node < self.nodes));
        let mut sorted = order.to_vec();
        sorted.sort_unstable();
        assert!(sorted.windows(2).all(|pair| pair[0] < pair[1]));
        let expected = order.first_chunk::<5>().copied();
        let expected = expected.ok_or(TooFewNodes { needed: 5, nodes: order.len() });
        assert_eq!(placement.replicas(self.point), expected);

        let is_up = |node: u32| self.down >> (node % 8) & 1 == 0;
        let up = order.iter().copied().find(|&node| is_up(node));
        if up.is_some() {
            assert_eq!(placement.first_where_of_point(placement.point(self.point), is_up), up);
        }
    }
}

//! Ketama, bounded and growable: what holds whatever comes and goes. (That points are where clients
//! have them is for vectors to say.)

use std::collections::BTreeMap;

use arbitrary::Arbitrary;
use synod_hashring::{Capacity, Heap, Inline, Ketama, KetamaRule, Placement};

/// A ring, and calls of it.
#[derive(Arbitrary, Debug)]
pub struct KetamaScenario {
    rule: u8,
    calls: Vec<Call>,
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Call {
    Insert { node: u8, weight: u32 },
    InsertLight { node: u8, weight: u8 },
    Remove { node: u8 },
    Ask { point: u64 },
}

impl KetamaScenario {
    /// Runs the calls with both capacities.
    pub fn check(&self) {
        let bounded = self.run::<Inline<4>, Inline<480>>(4, 480);
        let growable = self.run::<Heap, Heap>(usize::MAX, usize::MAX);
        if let (Some(bounded), Some(growable)) = (bounded, growable) {
            assert!(bounded.nodes().eq(growable.nodes()));
        }
    }

    /// The ring at the end, if nothing was refused.
    fn run<N: Capacity, P: Capacity>(&self, most: usize, room: usize) -> Option<Ketama<u8, N, P>> {
        let rule = match self.rule % 3 {
            0 => KetamaRule::Libketama,
            1 => KetamaRule::Libmemcached,
            _ => KetamaRule::Spymemcached,
        };
        let mut ketama = Ketama::<u8, N, P>::new(rule);
        let mut model = BTreeMap::new();
        let mut refused = false;
        for call in self.calls.iter().take(16) {
            let (node, weight) = match *call {
                Call::Insert { node, weight } => (node, weight),
                Call::InsertLight { node, weight } => (node, weight.into()),
                Call::Remove { node } => {
                    assert_eq!(ketama.remove(&node), model.remove(&node));
                    continue;
                }
                Call::Ask { point } => {
                    ask(&ketama, &model, point);
                    continue;
                }
            };
            let mut next = model.clone();
            let before = next.insert(node, weight);
            let weighted = next.values().filter(|weight| **weight > 0).count();
            let found = ketama.insert(node, weight);
            if next.len() <= most && weighted * 160 <= room {
                assert_eq!(found, Ok(before));
                model = next;
            } else {
                assert!(found.is_err());
                refused = true;
            }
        }
        assert!(ketama.nodes().map(|(node, weight)| (*node, weight)).eq(model.clone()));
        let nodes: Vec<_> = model.into_iter().rev().collect();
        assert!(Ketama::from_nodes(rule, &nodes).as_ref() == Ok(&ketama));
        (!refused).then_some(ketama)
    }
}

fn ask<N: Capacity, P: Capacity>(ketama: &Ketama<u8, N, P>, model: &BTreeMap<u8, u32>, point: u64) {
    let weighted = model.values().filter(|weight| **weight > 0).count();
    assert!(ketama.point_count() <= weighted * 160 && ketama.node_count() <= weighted);
    assert_eq!(ketama.node_count() > 0, weighted > 0);
    let mut order = Vec::new();
    ketama.first_where_of_point(point, |node| {
        if !order.contains(&node) {
            order.push(node);
        }
        false
    });
    assert_eq!(ketama.owner_of_point(point), order.first().copied());
    assert_eq!(ketama.node_count(), order.len());
    assert!(order.iter().all(|node| model.get(node).is_some_and(|&weight| weight > 0)));
    // The lower half does not count.
    assert_eq!(ketama.owner_of_point(point ^ 0xffff), ketama.owner_of_point(point));
}

//! What is enough, in the opinion of the simulator.

use alloc::vec::Vec;

use crate::{nodes::Nodes, random::Random};

/// Which quorum system the nodes use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Majority,
    Flexible,
    Weighted,
}

/// Which nodes are enough: those whose weights add up to what a phase needs. It is written anew here,
/// as what is checked is not to be its own judge.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    pub(super) kind: Kind,
    /// By node.
    pub(super) weights: Vec<u32>,
    pub(super) phase1: u32,
    pub(super) phase2: u32,
}

impl Rule {
    pub(super) fn draw(nodes: usize, random: &mut Random) -> Self {
        #[allow(clippy::cast_possible_truncation)] // they are few
        let (kind, weights): (_, Vec<u32>) = match random.below(4) {
            0 | 1 => (Kind::Majority, (0..nodes).map(|_| 1).collect()),
            2 => (Kind::Flexible, (0..nodes).map(|_| 1).collect()),
            // One node at least has a say.
            _ => {
                let weight = |node| if node == 0 { 1 } else { random.below(4) as u32 };
                (Kind::Weighted, (0..nodes).map(weight).collect())
            }
        };
        let total = weights.iter().sum::<u32>();
        let mut phase2 = total / 2 + 1;
        if kind == Kind::Flexible {
            phase2 = 1 + u32::try_from(random.below(total.into())).unwrap_or(0);
        }
        let phase1 = if kind == Kind::Flexible { total + 1 - phase2 } else { phase2 };
        Self { kind, weights, phase1, phase2 }
    }

    /// Whether these have to be heard before anything is proposed.
    pub(super) fn is_phase1(&self, nodes: Nodes) -> bool {
        self.weight(nodes) >= self.phase1
    }

    /// Whether what these have accepted is chosen.
    pub(super) fn is_phase2(&self, nodes: Nodes) -> bool {
        self.weight(nodes) >= self.phase2
    }

    fn weight(&self, nodes: Nodes) -> u32 {
        let weights = self.weights.iter().enumerate();
        weights.filter(|&(node, _)| nodes.has(node)).map(|(_, weight)| weight).sum()
    }
}

//! What the grantors have granted to one holder.

use synod_quorum::{NodeSet, QuorumSystem, Quorums};

/// Until when each grantor's grant counts, and what they said to the latest round.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub(super) struct Grants<const N: usize> {
    /// By the holder's clock; 0 is no grant.
    until_us: [u64; N],
    granted: NodeSet,
    refused: NodeSet,
}

impl<const N: usize> Grants<N> {
    pub(super) const fn new() -> Self {
        Self { until_us: [0; N], granted: NodeSet::new(), refused: NodeSet::new() }
    }

    /// A round of requests begins: nobody has answered it.
    pub(super) const fn ask(&mut self) {
        self.granted = NodeSet::new();
        self.refused = NodeSet::new();
    }

    pub(super) fn grant(&mut self, from: usize, until_us: u64) {
        if let Some(place) = self.until_us.get_mut(from) {
            // Each is in the system, and so in the set.
            let _ = self.granted.insert(from);
            self.refused.remove(from);
            *place = until_us;
        }
    }

    pub(super) fn refuse(&mut self, from: usize) {
        let _ = self.refused.insert(from);
    }

    pub(super) const fn has_granted(&self, from: usize) -> bool {
        self.granted.contains(from)
    }

    pub(super) const fn has_refused(&self, from: usize) -> bool {
        self.refused.contains(from)
    }

    pub(super) const fn refused(&self) -> NodeSet {
        self.refused
    }

    /// Whether the refusals to this round leave no quorum.
    pub(super) fn is_blocked(&self, system: &impl QuorumSystem) -> bool {
        let refused = self.refused;
        system.phase1().is_blocked_by(refused) || system.phase2().is_blocked_by(refused)
    }

    /// Whether a quorum has granted this round.
    pub(super) fn is_confirmed(&self, system: &impl QuorumSystem) -> bool {
        is_enough(system, self.granted)
    }

    /// When the grants that still count cease to contain a quorum.
    pub(super) fn held_until_us(&self, system: &impl QuorumSystem) -> Option<u64> {
        let until = |node: usize| self.until_us.get(node).copied().filter(|us| *us > 0);
        let (first, second) = (system.phase1().committed(until), system.phase2().committed(until));
        first.zip(second).map(|(first, second)| first.min(second))
    }
}

/// Those who can grant, or block, a lease.
pub(super) fn members(system: &impl QuorumSystem) -> NodeSet {
    system.phase1().members() | system.phase2().members()
}

/// A quorum of both phases: as each quorum of one meets each of the other, any two such sets meet.
fn is_enough(system: &impl QuorumSystem, nodes: NodeSet) -> bool {
    system.phase1().is_quorum(nodes) && system.phase2().is_quorum(nodes)
}

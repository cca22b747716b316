//! What is chosen, as the disks of all acceptors say together.

use std::collections::{BTreeMap, BTreeSet};

use synod_consensus_core::{Ballot, Proposal};
use synod_quorum::{Flexible, NodeSet, Quorums, Threshold};

/// Sees everything that is proposed, accepted and told.
#[derive(Debug)]
pub(super) struct Oracle {
    system: Flexible<Threshold>,
    /// The values that proposers started with.
    offered: BTreeSet<u8>,
    /// The value that goes by each ballot.
    proposed: BTreeMap<Ballot, u8>,
    /// On whose disks it is, or was.
    accepted: BTreeMap<Ballot, NodeSet>,
    chosen: Option<Proposal<u8>>,
    /// Somebody was believed who lied: there need be no agreement any more.
    pub(super) is_deceived: bool,
}

impl Oracle {
    pub(super) fn new(system: Flexible<Threshold>) -> Self {
        Self {
            system,
            offered: BTreeSet::new(),
            proposed: BTreeMap::new(),
            accepted: BTreeMap::new(),
            chosen: None,
            is_deceived: false,
        }
    }

    /// A proposer starts with this value.
    pub(super) fn offer(&mut self, value: u8) {
        self.offered.insert(value);
    }

    /// A proposer asks to accept this.
    pub(super) fn propose(&mut self, proposal: Proposal<u8>) {
        let Proposal { ballot, value } = proposal;
        let by_ballot = *self.proposed.entry(ballot).or_insert(value);
        assert_eq!(by_ballot, value, "two values under {ballot}");
        if !self.is_deceived {
            assert!(self.offered.contains(&value), "{value} was invented");
            self.check_above();
        }
    }

    /// An acceptor has this on its disk.
    pub(super) fn accept(&mut self, place: usize, proposal: Proposal<u8>) {
        if self.is_deceived {
            return;
        }
        let Proposal { ballot, value } = proposal;
        assert_eq!(self.proposed.get(&ballot), Some(&value), "nobody proposed it");
        let holders = self.accepted.entry(ballot).or_default();
        holders.insert(place).expect("a place of an acceptor");
        if self.system.phase2().is_quorum(*holders) {
            let first = self.chosen.get_or_insert(proposal);
            assert_eq!(first.value, value, "two values are chosen");
            first.ballot = first.ballot.min(ballot);
            self.check_above();
        }
    }

    /// A machine says that this is chosen.
    pub(super) fn tell(&self, value: u8) {
        if !self.is_deceived {
            assert_eq!(self.chosen.map(|chosen| chosen.value), Some(value));
        }
    }

    /// Above a ballot under which a value is chosen, nobody proposes another one.
    fn check_above(&self) {
        let Some(chosen) = self.chosen else { return };
        for (ballot, &value) in self.proposed.range(chosen.ballot..) {
            assert_eq!(value, chosen.value, "{ballot} is above {}", chosen.ballot);
        }
    }
}

//! Pairs of version vectors, and how each implementation holds them.

use std::collections::BTreeMap;

use crdts::{CmRDT, VClock};
use synod_clocks::{Capacity, Dot, VersionVector};

use crate::Random;

/// The entries of a version vector: replicas and their counters, both at least 1.
pub type Entries = BTreeMap<u64, u64>;

/// How the two sides of a merge or a comparison stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Case {
    /// The same replicas; each side is ahead on a random half of them.
    SameReplicas,
    /// Half of the replicas are on both sides, the others on one; ids interleave at random. A
    /// merge grows by half.
    HalfShared,
    /// The other side knows a random half of the own replicas, and is ahead on half of those.
    Subset,
    /// The other side knows one event, of a replica that is on both sides.
    OneDot,
    /// Both sides are equal.
    Equal,
    /// The same replicas; the own side knows all, and more of half of them.
    After,
}

impl Case {
    /// As part of a benchmark's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SameReplicas => "same replicas",
            Self::HalfShared => "half of the replicas shared",
            Self::Subset => "half of the replicas, no other",
            Self::OneDot => "one dot",
            Self::Equal => "equal",
            Self::After => "after",
        }
    }

    /// The own side and the other side, `size` replicas each where the case does not say otherwise.
    #[must_use]
    pub fn sides(self, size: usize, random: &mut Random) -> (Entries, Entries) {
        let mut own = Entries::new();
        while own.len() < size {
            own.insert(random.number(), random.up_to(1_000_000));
        }
        let mut other = own.clone();
        match self {
            Self::Equal => {}
            Self::SameReplicas => {
                for (mine, theirs) in own.values_mut().zip(other.values_mut()) {
                    *(if random.number() & 1 == 0 { mine } else { theirs }) += 1;
                }
            }
            Self::After => {
                for mine in own.values_mut() {
                    *mine += random.number() & 1;
                }
            }
            Self::OneDot => {
                let chosen = random.number() as usize % size;
                let dot = other.into_iter().nth(chosen);
                other = dot.map(|(id, counter)| (id, counter + 1)).into_iter().collect();
            }
            Self::Subset => {
                remove_half(&mut other, random);
                for theirs in other.values_mut() {
                    *theirs += random.number() & 1;
                }
            }
            Self::HalfShared => {
                remove_half(&mut other, random);
                while other.len() < size {
                    other.insert(random.number(), random.up_to(1_000_000));
                }
            }
        }
        (own, other)
    }
}

fn remove_half(entries: &mut Entries, random: &mut Random) {
    let mut leaving: Vec<_> = entries.keys().map(|id| (random.number(), *id)).collect();
    leaving.sort_unstable();
    for (_, id) in &leaving[..entries.len() / 2] {
        entries.remove(id);
    }
}

/// The entries as ours holds them.
///
/// # Panics
///
/// If they do not fit.
#[must_use]
pub fn synod<C: Capacity>(entries: &Entries) -> VersionVector<u64, C> {
    let dots = entries.iter().filter_map(|(id, counter)| Dot::new(*id, *counter));
    VersionVector::from_dots(dots).expect("capacities are chosen large enough")
}

/// The entries as the peer holds them.
#[must_use]
pub fn crdts(entries: &Entries) -> VClock<u64> {
    let mut clock = VClock::new();
    for (id, counter) in entries {
        clock.apply(crdts::Dot::new(*id, *counter));
    }
    clock
}

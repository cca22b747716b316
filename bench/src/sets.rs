//! Add-wins sets of 64-bit numbers, each around another implementation.

mod crdt_kit;
mod crdts;
mod dson;
mod minerva;
mod synod;

pub use self::{crdt_kit::CrdtKit, crdts::Crdts, dson::Dson, minerva::Minerva, synod::Synod};

use std::collections::BTreeSet;

use crate::Random;

/// How many replicas write.
pub const REPLICAS: u8 = 4;

/// One replica of a set.
pub trait Set: Clone {
    /// What an addition sends to others.
    type Delta: Clone;

    /// An empty set, in which the replica `me` writes.
    fn new(me: u8) -> Self;

    /// Adds an element here.
    fn insert(&mut self, element: u64);

    /// The same, and what is to be sent.
    fn insert_delta(&mut self, element: u64) -> Self::Delta;

    /// Removes an element here, as far as it was observed.
    fn remove(&mut self, element: u64);

    /// Takes in another replica, which may be empty thereafter.
    fn merge(&mut self, other: &mut Self);

    /// Takes in what was sent, which may be taken away.
    fn merge_delta(&mut self, delta: &mut Option<Self::Delta>);

    /// The elements, in order.
    fn elements(&self) -> BTreeSet<u64>;
}

/// A set of `size` random elements, added by all replicas, as the replica `me` has it.
#[must_use]
pub fn of_size<S: Set>(me: u8, size: usize, random: &mut Random) -> S {
    let mut sets: Vec<S> = (0..REPLICAS).map(S::new).collect();
    for replica in (0..sets.len()).cycle().take(size) {
        sets[replica].insert(random.number());
    }
    let mut own = S::new(me);
    sets.iter_mut().for_each(|set| own.merge(set));
    own
}

/// Two replicas of a set of `size` elements that differ in 1 % of them: each has added and removed
/// a quarter of a percent that the other has not.
#[must_use]
pub fn that_differ<S: Set>(size: usize, random: &mut Random) -> (S, S) {
    let mut base: S = of_size(0, size, random);
    let mut elements: Vec<u64> = base.elements().into_iter().collect();
    let mut other = S::new(1);
    other.merge(&mut base.clone());
    for set in [&mut base, &mut other] {
        for _ in 0..size / 400 {
            set.insert(random.number());
            let removed = random.number() as usize % elements.len();
            set.remove(elements.swap_remove(removed));
        }
    }
    (base, other)
}

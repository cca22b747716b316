//! The ring with bounded loads, which depends on the keys that were placed before.

use core::hint::black_box;
use std::time::Instant;

use synod_hashring::{BoundedLoads, Heap};

use crate::algorithms::{Algorithm, ByRing, TokensByWeight};
use crate::case::{Case, Node};
use crate::counting::Loads;
use crate::keys::Keys;
use crate::measure::{Figures, Report, nanoseconds, sample};
use crate::progress::Progress;

pub(crate) const NAME: &str = "bounded";

/// How much more than its share a node may have.
pub(crate) const OVER_PER_MILLE: u16 = 250;

/// Places all keys in their order; then, with the other nodes, takes each away and places it again.
pub(crate) fn measure(case: &Case, keys: &Keys, progress: &mut Progress) -> Report {
    progress.begin(NAME);
    Report { name: NAME, equal: false, figures: figures(case, keys, progress) }
}

type Bounds<'a> = BoundedLoads<Node<'a>, Heap>;

fn figures(case: &Case, keys: &Keys, progress: &mut Progress) -> Result<Figures, String> {
    let start = Instant::now();
    let tokens = TokensByWeight::new(case);
    let ring = tokens.ring(&case.before())?;
    let mut bounds = Bounds::new(OVER_PER_MILLE);
    for (node, weight) in case.before() {
        bounds.insert(node, weight).map_err(|error| error.to_string())?;
    }
    let build = start.elapsed();
    let owner_ns = nanoseconds(&sample(keys), |sample| {
        let mut bounds = bounds.clone();
        for key in sample.iter() {
            black_box(bounds.place(&ring, key).ok());
        }
    });
    let nodes = bounds.loads().len().saturating_mul(8);
    let bytes = ByRing::bytes(&ring).saturating_add(nodes);

    let mut owners = Loads::new(case, true);
    // Places among the members, which are fewer.
    let mut placed = Vec::<u16>::new();
    keys.for_each(|key| {
        let node = bounds.place(&ring, key).ok();
        placed.push(node.and_then(|node| node.at.try_into().ok()).unwrap_or(u16::MAX));
        progress.step();
    });

    let after = case.after();
    for (node, _) in case.before() {
        if !after.iter().any(|(other, _)| *other == node) {
            bounds.remove(&node);
        }
    }
    for (node, weight) in &after {
        bounds.insert(*node, *weight).map_err(|error| error.to_string())?;
    }
    let ring = tokens.ring(&after)?;
    let mut before = placed.iter();
    keys.for_each(|key| {
        let old = before.next().and_then(|at| case.node(usize::from(*at)));
        if let Some(old) = old {
            // Of a node that is gone, nothing is left to release.
            bounds.release(&old);
        }
        let new = bounds.place(&ring, key).ok();
        owners.add(old.as_slice(), new.as_slice());
        progress.step();
    });
    Ok(Figures { owners, replicas: None, owner_ns, bytes, build })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{Change, Listed};

    /// Equal nodes, and one key many times, so that the bound is all that spreads it.
    fn loads(names: &[&str], change: Change) -> Loads {
        let listed = |name: &&str| Listed { name: (*name).into(), weight: 1, zone: None };
        let nodes = names.iter().map(listed).collect();
        let case = Case::new(nodes, &[change], Some(1)).unwrap();
        let keys = Keys::Lines(Keys::random(1).sample(1_000));
        figures(&case, &keys, &mut Progress::new()).unwrap().owners
    }

    #[test]
    fn what_does_not_change_moves_nothing() {
        let Loads { mut before, after, moved } = loads(&["a", "b"], Change::Weight("a".into(), 1));
        assert_eq!((after.as_ref(), moved), (Some(&before), 0));
        before.sort_unstable();
        assert_eq!(before, [375, 625]);
    }

    #[test]
    fn the_keys_of_a_node_that_goes_are_placed() {
        let Loads { before, after, .. } = loads(&["a", "b", "c"], Change::Remove("c".into()));
        assert_eq!(before.iter().max(), Some(&417));
        let mut after = after.unwrap();
        after.sort_unstable();
        assert_eq!(after, [0, 375, 625]);
    }
}

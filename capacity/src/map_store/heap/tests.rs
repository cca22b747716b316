//! What does not show outside: the shape of the tree, and insertions without an allocator.
#![allow(clippy::arithmetic_side_effects)] // A test may panic.

use alloc::{collections::BTreeMap, vec::Vec};

use proptest::{collection, prelude::*};

use super::{FEWEST, HeapMap, MOST, search_leaf};
use crate::map_store::MapStore;

/// Large enough that a leaf has the fewest pairs.
type Wide = [u64; 128];
type Tree = HeapMap<u32, Wide>;

fn wide(value: u32) -> Wide {
    [u64::from(value); 128]
}

/// Asserts all that the tree promises itself.
fn check<V>(tree: &HeapMap<u32, V>) {
    let leaf = HeapMap::<u32, V>::LEAF;
    let (used, spare) = tree.leaves.split_at(tree.used().len());
    assert!(used.iter().flatten().is_sorted_by(|(a, _), (b, _)| a < b));
    assert!(used.len() <= 1 || used.iter().all(|pairs| !pairs.is_empty()));
    assert!(used.iter().all(|pairs| pairs.len() <= leaf));
    assert!(spare.iter().all(Vec::is_empty));
    let whole = |pairs: &Vec<(u32, V)>| pairs.capacity() >= leaf;
    assert!(tree.leaves.len() <= 1 || tree.leaves.iter().all(whole));
    assert!(tree.firsts.iter().eq(used.iter().skip(1).map(|pairs| &pairs[0].0)));
    assert!(tree.firsts.capacity() + 1 >= tree.leaves.len());
    assert_eq!(tree.len, used.iter().map(Vec::len).sum());
    assert!(tree.allocated() - tree.len >= tree.promised);
}

fn tree(keys: impl IntoIterator<Item = u32>) -> Tree {
    let mut tree = Tree::EMPTY;
    for key in keys {
        assert_eq!(tree.insert(key, wide(key)), Ok(None));
    }
    check(&tree);
    tree
}

fn keys(tree: &Tree) -> Vec<u32> {
    tree.used().iter().flatten().map(|(key, _)| *key).collect()
}

fn size(here: usize, under_miri: usize) -> usize {
    if cfg!(miri) { under_miri } else { here }
}

proptest! {
    /// Rounds of a reservation, so many insertions without an allocator, and removals in between.
    #[test]
    fn promised_insertions_need_no_allocator(
        rounds in collection::vec(
            (0..40_usize, collection::vec((0..400_u32, any::<bool>()), 0..size(60, 20))),
            0..size(12, 4),
        ),
    ) {
        let mut tree = Tree::EMPTY;
        let mut model = BTreeMap::new();
        for (promised, steps) in rounds {
            prop_assert_eq!(tree.reserve(promised), Ok(()));
            let mut left = promised;
            for (key, is_removal) in steps {
                if is_removal {
                    prop_assert_eq!(tree.remove(&key), model.remove(&key));
                } else if left > 0 || model.contains_key(&key) {
                    left -= usize::from(!model.contains_key(&key));
                    let old = model.insert(key, wide(key));
                    prop_assert_eq!(tree.put(key, wide(key), false), Ok(old));
                }
                check(&tree);
            }
            prop_assert!(keys(&tree).iter().eq(model.keys()));
        }
    }

    /// Each slot is used before anything is refused.
    #[test]
    fn without_an_allocator_every_slot_is_used(
        reserved in 0..100_usize,
        new in collection::vec(any::<u32>(), size(120, 40)),
    ) {
        let mut tree = Tree::EMPTY;
        prop_assert_eq!(tree.reserve(reserved), Ok(()));
        let slots = tree.allocated();
        for key in new {
            let before = keys(&tree);
            let is_new = !before.contains(&key);
            match tree.put(key, wide(key), false) {
                Ok(old) => prop_assert_eq!(old.is_none(), is_new),
                Err((full, pair)) => {
                    prop_assert_eq!((full.needed, full.capacity), (slots + 1, slots));
                    prop_assert_eq!(pair, (key, wide(key)));
                    prop_assert_eq!((tree.len, is_new), (slots, true));
                    prop_assert_eq!(keys(&tree), before);
                }
            }
            check(&tree);
        }
        prop_assert_eq!(tree.len, slots.min(size(120, 40)));
    }
}

#[test]
fn leaves_have_the_size_that_their_pairs_allow() {
    assert_eq!(Tree::LEAF, FEWEST);
    assert_eq!(HeapMap::<u64, u64>::LEAF, MOST);
    assert_eq!(HeapMap::<u64, [u64; 7]>::LEAF, 64);
    assert_eq!(HeapMap::<(), ()>::LEAF, MOST);
}

#[test]
fn ascending_keys_fill_their_leaves() {
    let tree = tree(0..80);
    assert_eq!(tree.leaves.len(), 10);
    assert!(tree.leaves.iter().all(|pairs| pairs.len() == FEWEST));
}

#[test]
fn descending_keys_between_two_leaves_share_theirs() {
    let mut tree = tree((0..16).map(|key| key * 1000));
    for key in (7001..7041).rev() {
        assert_eq!(tree.insert(key, wide(key)), Ok(None));
        check(&tree);
    }
    assert!(tree.used().len() <= 2 + 40 / (FEWEST / 2), "{}", tree.used().len());
}

#[test]
fn emptied_leaves_are_given_back() {
    for is_ascending in [true, false] {
        let count = if cfg!(miri) { 60 } else { 200 };
        let mut tree = tree(0..count);
        for nth in 0..count {
            let key = if is_ascending { nth } else { count - 1 - nth };
            assert_eq!(tree.remove(&key), Some(wide(key)));
            check(&tree);
        }
        assert_eq!((tree.len, tree.firsts.len()), (0, 0));
        assert!(tree.leaves.len() <= 2);
    }
}

#[test]
fn a_promise_outlives_clearing_and_a_large_one_is_given_back_when_kept() {
    let mut tree = tree(0..100);
    assert_eq!(tree.reserve(50), Ok(()));
    tree.clear();
    check(&tree);
    for key in 0..50 {
        assert_eq!(tree.put(key, wide(key), false), Ok(None));
    }
    tree.clear();
    check(&tree);
    assert!(tree.leaves.len() <= 2);
}

#[test]
fn a_refused_reservation_changes_nothing() {
    let mut tree = tree(0..20);
    let leaves = tree.leaves.len();
    let full = tree.reserve(usize::MAX / 2).map_err(|full| (full.needed, full.capacity));
    assert_eq!(full, Err((usize::MAX / 2 + 20, leaves * FEWEST)));
    assert_eq!((tree.leaves.len(), tree.promised), (leaves, 0));
    check(&tree);
}

#[test]
fn a_small_map_is_small() {
    let mut tree = HeapMap::<u32, u32>::EMPTY;
    assert_eq!(tree.insert(1, 1), Ok(None));
    assert!(tree.allocated() <= 4);
    assert_eq!(tree.reserve(5), Ok(()));
    assert!(tree.allocated() <= 8);
    assert_eq!((tree.leaves.len(), tree.firsts.capacity()), (1, 0));
    check(&tree);
}

#[test]
fn a_clone_promises_itself_the_same() {
    for len in [0, 3, 8, 9, 100] {
        let mut clone = tree(0..len).duplicate();
        check(&clone);
        assert!(keys(&clone).into_iter().eq(0..len));
        for key in len..len + 30 {
            assert_eq!(clone.insert(key, wide(key)), Ok(None));
            check(&clone);
        }
    }
}

#[test]
fn a_search_of_a_leaf_is_a_binary_search() {
    for len in 0..if cfg!(miri) { 20 } else { 70_u8 } {
        let pairs: Vec<(u8, ())> = (0..len).map(|at| (2 * at + 1, ())).collect();
        for key in 0..2 * len + 2 {
            let expected = pairs.binary_search_by_key(&key, |(own, ())| *own);
            assert_eq!(search_leaf(&pairs, &key), expected, "{key} in {len}");
        }
    }
}

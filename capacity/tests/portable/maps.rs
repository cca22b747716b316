//! Maps, and the index that there is only with a heap.

use core::cell::Cell;

use synod_capacity::{Full, Index, Inline, List, Map};

use super::{Counted, full};

suite! {
    an_empty_map_is_usable_in_a_static
    a_map_is_in_order_of_its_keys
    an_equal_key_is_replaced_even_in_a_full_map
    a_refused_pair_is_handed_back
    a_map_is_searched_and_changed_in_place
    what_leaves_a_map_is_dropped_once
    iteration_begins_where_it_is_told
    an_iterator_stays_at_its_end
    capacities_do_not_matter_to_maps
    reserved_insertions_succeed
    a_map_without_room_refuses_everything
    a_map_is_as_large_as_a_list_of_pairs
    without_a_heap_there_is_no_index
}

type Names = Map<u16, u8, Inline<4>>;

fn names(pairs: &[(u16, u8)]) -> Names {
    let mut map = Map::new();
    for (key, value) in pairs {
        assert_eq!(map.insert(*key, *value), Ok(None));
    }
    map
}

fn an_empty_map_is_usable_in_a_static() {
    static EMPTY: Names = Map::new();
    assert_eq!((EMPTY.len(), EMPTY.is_empty(), EMPTY.capacity()), (0, true, 4));
    assert_eq!((EMPTY.last(), EMPTY.get(&1), EMPTY.iter().next()), (None, None, None));
    assert_eq!(EMPTY, Names::default());
}

fn a_map_is_in_order_of_its_keys() {
    let mut map = names(&[(5, 50), (1, 10), (9, 90), (7, 70)]);
    assert!(map.iter().eq([(&1, &10), (&5, &50), (&7, &70), (&9, &90)]));
    assert_eq!(map.last(), Some((&9, &90)));
    assert_eq!((map.remove(&5), map.remove(&5), map.remove(&9)), (Some(50), None, Some(90)));
    assert!(map.into_iter().eq([(&1, &10), (&7, &70)]));
    assert_eq!((map.len(), map.is_empty()), (2, false));
}

fn an_equal_key_is_replaced_even_in_a_full_map() {
    let mut map = names(&[(1, 10), (2, 20), (3, 30), (4, 40)]);
    assert_eq!(map.insert(3, 31), Ok(Some(30)));
    assert_eq!(map, names(&[(1, 10), (2, 20), (3, 31), (4, 40)]));
}

fn a_refused_pair_is_handed_back() {
    let before = names(&[(1, 10), (3, 30), (5, 50), (7, 70)]);
    let mut map = before.clone();
    for key in [0, 2, 4, 6, 8] {
        assert_eq!(map.insert(key, 1), Err((full(5), (key, 1))));
        assert_eq!(map, before);
    }
}

fn a_map_is_searched_and_changed_in_place() {
    let mut map = names(&[(1, 10), (3, 30), (5, 50)]);
    for key in 0..7 {
        let is_there = key % 2 == 1;
        assert_eq!(map.contains_key(&key), is_there);
        assert_eq!(map.get(&key).is_some(), is_there);
        if let Some(value) = map.get_mut(&key) {
            *value = value.saturating_add(1);
        }
    }
    assert_eq!(map, names(&[(1, 11), (3, 31), (5, 51)]));
    assert_ne!(map, names(&[(1, 11), (3, 31), (5, 50)]));
    assert_ne!(map, names(&[(1, 11), (3, 31), (6, 51)]));
    assert_ne!(map, names(&[(1, 11), (3, 31)]));
}

fn what_leaves_a_map_is_dropped_once() {
    let cells = [const { Cell::new(0) }; 4];
    let mut map: Map<u8, Counted<'_>, Inline<3>> = Map::new();
    for (key, cell) in [3, 1, 2].into_iter().zip(&cells) {
        assert!(map.insert(key, Counted(cell)).is_ok());
    }
    drop(map.insert(1, Counted(&cells[3])));
    assert_eq!(cells.each_ref().map(Cell::get), [0, 1, 0, 0]);
    drop(map.remove(&3));
    assert_eq!(cells.each_ref().map(Cell::get), [1, 1, 0, 0]);
    map.clear();
    map.clear();
    assert_eq!(cells.each_ref().map(Cell::get), [1, 1, 1, 1]);
}

fn iteration_begins_where_it_is_told() {
    let map = names(&[(10, 1), (20, 2), (30, 3)]);
    let first_from = |least: u16| map.iter_from(|key| *key < least).next();
    assert_eq!(first_from(0), Some((&10, &1)));
    assert_eq!(first_from(10), Some((&10, &1)));
    assert_eq!(first_from(11), Some((&20, &2)));
    assert_eq!(first_from(30), Some((&30, &3)));
    assert_eq!(first_from(31), None);
    assert!(map.iter_from(|key| *key < 20).eq([(&20, &2), (&30, &3)]));
}

fn an_iterator_stays_at_its_end() {
    let map = names(&[(1, 10), (2, 20)]);
    let mut pairs = map.iter();
    assert_eq!(pairs.size_hint(), (2, Some(2)));
    assert_eq!(pairs.next(), Some((&1, &10)));
    let mut again = pairs.clone();
    assert_eq!((pairs.next(), pairs.next(), pairs.next()), (Some((&2, &20)), None, None));
    assert_eq!((again.next(), again.next()), (Some((&2, &20)), None));
}

fn capacities_do_not_matter_to_maps() {
    let mut wide: Map<u16, u8, Inline<9>> = Map::new();
    assert_eq!((wide.insert(2, 20), wide.insert(1, 10)), (Ok(None), Ok(None)));
    assert_eq!(wide, names(&[(1, 10), (2, 20)]));
    assert_eq!(names(&[(1, 10), (2, 20)]), wide);
}

fn reserved_insertions_succeed() {
    let mut map = names(&[(1, 10)]);
    assert_eq!(map.reserve(4), Err(full(5)));
    assert_eq!(map.reserve(usize::MAX), Err(full(usize::MAX)));
    assert_eq!(map.reserve(3), Ok(()));
    for key in 2..5 {
        assert_eq!(map.insert(key, 0), Ok(None));
    }
}

fn a_map_without_room_refuses_everything() {
    let mut map: Map<u8, u8, Inline<0>> = Map::new();
    assert_eq!(map.insert(1, 2), Err((Full { needed: 1, capacity: 0 }, (1, 2))));
    assert_eq!((map.reserve(0), map.remove(&1)), (Ok(()), None));
    assert_eq!(map.get(&1), None);
}

fn a_map_is_as_large_as_a_list_of_pairs() {
    assert_eq!(size_of::<Names>(), size_of::<List<(u16, u8), Inline<4>>>());
}

fn without_a_heap_there_is_no_index() {
    type Numbers = Index<u32, Inline<4>>;
    let mut index = Numbers::new();
    assert_eq!((Numbers::EXISTS, size_of::<Numbers>()), (false, 0));
    for key in 0..9 {
        assert_eq!(index.insert(key), Ok(()));
    }
    assert_eq!(index.reserve(usize::MAX), Ok(()));
    index.remove(&3);
    assert_eq!(index.clone().iter_from(|_| false).next(), None);
    index.clear();
}

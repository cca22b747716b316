//! What must hold on every target: run here by `cargo test`, and on boards by `cargo xtask board`.
//!
//! It uses `core`, this crate and `Inline` alone. The firmware includes this file.
#![allow(clippy::indexing_slicing)] // A test may panic.

use core::cell::Cell;

use synod_capacity::{Full, Index, Inline, List, Map};

/// Names the tests once: for `cargo test`, and in `SUITE` for the firmware.
macro_rules! suite {
    ($($test:ident)*) => {
        /// The tests by name.
        #[cfg(not(test))]
        pub const SUITE: &[(&str, fn())] = &[$((stringify!($test), $test)),*];

        #[cfg(test)]
        mod on_the_host {
            $(#[test] fn $test() { super::$test() })*
        }
    };
}

suite! {
    an_empty_list_is_usable_in_a_static
    push_and_pop_work_at_the_end
    a_refused_push_hands_the_element_back
    insert_moves_the_rest_up
    a_refused_insert_changes_nothing
    remove_closes_the_gap
    swap_remove_puts_the_last_in_the_gap
    retain_keeps_the_order_and_asks_once
    what_is_taken_out_is_dropped_once
    slices_are_taken_whole_or_not_at_all
    resize_fills_or_cuts
    reserved_pushes_succeed
    capacities_do_not_matter_to_comparison
    iteration_by_value_goes_both_ways
    what_iteration_leaves_is_dropped_once
    no_index_or_length_is_too_large
    a_list_without_room_refuses_everything
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

type Small = List<u16, Inline<4>>;

fn small(elements: &[u16]) -> Small {
    let mut list = List::new();
    assert_eq!(list.extend_from_slice(elements), Ok(()));
    list
}

fn full(needed: usize) -> Full {
    Full { needed, capacity: 4 }
}

fn an_empty_list_is_usable_in_a_static() {
    static EMPTY: Small = List::new();
    assert_eq!(EMPTY, []);
    assert_eq!(EMPTY.capacity(), 4);
    assert_eq!(EMPTY, Small::default());
}

fn push_and_pop_work_at_the_end() {
    let mut list = Small::new();
    assert_eq!(list.push(1), Ok(()));
    assert_eq!(list.push(2), Ok(()));
    assert_eq!(list, [1, 2]);
    assert_eq!(list.pop(), Some(2));
    assert_eq!(list.pop(), Some(1));
    assert_eq!(list.pop(), None);
}

fn a_refused_push_hands_the_element_back() {
    let mut list = small(&[1, 2, 3, 4]);
    assert_eq!(list.push(5), Err((full(5), 5)));
    assert_eq!(list, [1, 2, 3, 4]);
}

fn insert_moves_the_rest_up() {
    let mut list = small(&[10, 20]);
    assert_eq!(list.insert(0, 5), Ok(()));
    assert_eq!(list.insert(2, 15), Ok(()));
    assert_eq!(list, [5, 10, 15, 20]);
    assert_eq!(list.pop(), Some(20));
    assert_eq!(list.insert(3, 30), Ok(()));
    assert_eq!(list, [5, 10, 15, 30]);
}

fn a_refused_insert_changes_nothing() {
    let mut list = small(&[1, 2, 3, 4]);
    for index in 0..6 {
        assert_eq!(list.insert(index, 9), Err((full(5), 9)));
        assert_eq!(list, [1, 2, 3, 4]);
    }
}

fn remove_closes_the_gap() {
    let mut list = small(&[1, 2, 3, 4]);
    assert_eq!(list.remove(4), None);
    assert_eq!(list.remove(1), Some(2));
    assert_eq!(list, [1, 3, 4]);
    assert_eq!(list.remove(2), Some(4));
    assert_eq!(list.remove(0), Some(1));
    assert_eq!(list.remove(0), Some(3));
    assert_eq!(list.remove(0), None);
}

fn swap_remove_puts_the_last_in_the_gap() {
    let mut list = small(&[1, 2, 3, 4]);
    assert_eq!(list.swap_remove(0), Some(1));
    assert_eq!(list, [4, 2, 3]);
    assert_eq!(list.swap_remove(2), Some(3));
    assert_eq!(list, [4, 2]);
    assert_eq!(list.swap_remove(2), None);
    assert_eq!(list, [4, 2]);
}

fn retain_keeps_the_order_and_asks_once() {
    let mut list = small(&[1, 2, 3, 4]);
    let mut asked = Small::new();
    list.retain(|element| asked.push(*element).is_ok() && element % 2 == 0);
    assert_eq!(list, [2, 4]);
    assert_eq!(asked, [1, 2, 3, 4]);
    list.retain(|_| true);
    assert_eq!(list, [2, 4]);
    list.retain(|_| false);
    assert_eq!(list, []);
}

/// Counts in its cell how often it was dropped.
#[derive(Debug)]
struct Counted<'a>(&'a Cell<u32>);

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get().saturating_add(1));
    }
}

fn counted(cells: &[Cell<u32>; 4]) -> List<Counted<'_>, Inline<4>> {
    let mut list = List::new();
    for cell in cells {
        assert!(list.push(Counted(cell)).is_ok());
    }
    list
}

fn what_is_taken_out_is_dropped_once() {
    let cells = [const { Cell::new(0) }; 4];
    let mut list = counted(&cells);
    list.truncate(3);
    assert_eq!(cells.each_ref().map(Cell::get), [0, 0, 0, 1]);
    drop(list.remove(0));
    assert_eq!(cells.each_ref().map(Cell::get), [1, 0, 0, 1]);
    list.retain(|element| !core::ptr::eq(element.0, &cells[2]));
    assert_eq!(cells.each_ref().map(Cell::get), [1, 0, 1, 1]);
    list.clear();
    list.clear();
    assert_eq!(cells.each_ref().map(Cell::get), [1, 1, 1, 1]);
}

fn slices_are_taken_whole_or_not_at_all() {
    let mut list = small(&[1, 2]);
    assert_eq!(list.extend_from_slice(&[3, 4, 5]), Err(full(5)));
    assert_eq!(list, [1, 2]);
    assert_eq!(list.extend_from_slice(&[3, 4]), Ok(()));
    assert_eq!(list.extend_from_slice(&[]), Ok(()));
    assert_eq!(list, [1, 2, 3, 4]);
    assert_eq!(Small::from_slice(&[0; 5]), Err(full(5)));
}

fn resize_fills_or_cuts() {
    let mut list = small(&[1]);
    assert_eq!(list.resize(3, &7), Ok(()));
    assert_eq!(list, [1, 7, 7]);
    assert_eq!(list.resize(5, &8), Err(full(5)));
    assert_eq!(list, [1, 7, 7]);
    assert_eq!(list.resize(1, &8), Ok(()));
    assert_eq!(list, [1]);
}

fn reserved_pushes_succeed() {
    let mut list = small(&[1]);
    assert_eq!(list.reserve(4), Err(full(5)));
    assert_eq!(list.reserve(3), Ok(()));
    for element in 0..3 {
        assert_eq!(list.push(element), Ok(()));
    }
}

fn capacities_do_not_matter_to_comparison() {
    let wide: Result<List<u16, Inline<9>>, Full> = List::from_slice(&[1, 2, 3]);
    let Ok(mut wide) = wide else {
        return assert!(wide.is_ok());
    };
    assert_eq!(wide, small(&[1, 2, 3]));
    assert!(wide < small(&[1, 2, 4]));
    assert!(wide > small(&[1, 2]));
    wide.as_mut_slice()[2] = 4;
    assert_eq!(small(&[1, 2, 4]), wide);
    assert_eq!(wide.clone(), wide);
}

fn iteration_by_value_goes_both_ways() {
    let mut elements = small(&[1, 2, 3, 4]).into_iter();
    assert_eq!(elements.len(), 4);
    assert_eq!(elements.next(), Some(1));
    assert_eq!(elements.next_back(), Some(4));
    assert_eq!(elements.size_hint(), (2, Some(2)));
    assert_eq!(elements.next(), Some(2));
    assert_eq!(elements.next_back(), Some(3));
    assert_eq!((elements.next(), elements.next_back()), (None, None));
    assert!(small(&[5, 6]).into_iter().rev().eq([6, 5]));
}

fn what_iteration_leaves_is_dropped_once() {
    let cells = [const { Cell::new(0) }; 4];
    let mut elements = counted(&cells).into_iter();
    drop(elements.next());
    drop(elements.next_back());
    assert_eq!(cells.each_ref().map(Cell::get), [1, 0, 0, 1]);
    drop(elements);
    assert_eq!(cells.each_ref().map(Cell::get), [1, 1, 1, 1]);
}

fn no_index_or_length_is_too_large() {
    let mut list = small(&[1, 2]);
    assert_eq!(list.insert(usize::MAX, 3), Ok(()));
    assert_eq!(list, [1, 2, 3]);
    assert_eq!(list.remove(usize::MAX), None);
    assert_eq!(list.swap_remove(usize::MAX), None);
    assert_eq!(list.reserve(usize::MAX), Err(full(usize::MAX)));
    assert_eq!(list.resize(usize::MAX, &0), Err(full(usize::MAX)));
    list.truncate(usize::MAX);
    assert_eq!(list, [1, 2, 3]);
}

fn a_list_without_room_refuses_everything() {
    let mut list: List<u8, Inline<0>> = List::new();
    assert_eq!(list.push(1), Err((Full { needed: 1, capacity: 0 }, 1)));
    assert_eq!(list.insert(0, 1), Err((Full { needed: 1, capacity: 0 }, 1)));
    assert_eq!(list.reserve(0), Ok(()));
    assert_eq!(list.pop(), None);
    assert_eq!(list.into_iter().next(), None);
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

/// Golden bytes: they are part of the public contract, and the same on every target.
#[cfg(feature = "serde")]
pub mod encodings {
    use super::{Inline, List, Map};

    suite! {
        a_list_is_its_length_and_its_elements
        bytes_do_not_depend_on_the_capacity
        what_does_not_fit_is_refused
        what_is_cut_short_is_refused
        a_map_is_its_length_and_its_pairs_in_order
        keys_that_do_not_ascend_are_refused
        a_map_that_does_not_fit_or_is_cut_short_is_refused
    }

    type Words = List<u32, Inline<4>>;

    const GOLDEN: &[u8] = &[3, 1, 0x80, 1, 0xff, 0xff, 0xff, 0xff, 15];

    fn a_list_is_its_length_and_its_elements() {
        let list = Words::from_slice(&[1, 128, u32::MAX]);
        let mut buffer = [0; 16];
        let written =
            list.as_ref().ok().and_then(|list| postcard::to_slice(list, &mut buffer).ok());
        assert_eq!(written.as_deref(), Some(GOLDEN));
        assert_eq!(postcard::from_bytes(GOLDEN).ok(), list.ok());
        assert_eq!(postcard::to_slice(&Words::new(), &mut buffer).ok().as_deref(), Some(&[0][..]));
    }

    fn bytes_do_not_depend_on_the_capacity() {
        let wide: Option<List<u32, Inline<9>>> = postcard::from_bytes(GOLDEN).ok();
        let narrow: Option<List<u32, Inline<3>>> = postcard::from_bytes(GOLDEN).ok();
        assert!(wide.is_some_and(|wide| narrow.is_some_and(|narrow| wide == narrow)));
    }

    fn what_does_not_fit_is_refused() {
        assert!(postcard::from_bytes::<List<u32, Inline<2>>>(GOLDEN).is_err());
        assert!(postcard::from_bytes::<List<u32, Inline<0>>>(GOLDEN).is_err());
    }

    fn what_is_cut_short_is_refused() {
        for cut in 0..GOLDEN.len() {
            assert!(postcard::from_bytes::<Words>(&GOLDEN[..cut]).is_err());
        }
        let claims_four_billion = [0xff, 0xff, 0xff, 0xff, 15, 1, 2];
        assert!(postcard::from_bytes::<Words>(&claims_four_billion).is_err());
    }

    type Ages = Map<u16, i8, Inline<3>>;

    /// 1 → -1, 2 → 0 and 300 → 64.
    const AGES: &[u8] = &[3, 1, 0xff, 2, 0, 0xac, 2, 64];

    fn a_map_is_its_length_and_its_pairs_in_order() {
        let mut ages = Ages::new();
        let mut buffer = [0; 16];
        assert_eq!(postcard::to_slice(&ages, &mut buffer).ok().as_deref(), Some(&[0][..]));
        for (key, value) in [(300, 64), (1, -1), (2, 0)] {
            assert_eq!(ages.insert(key, value), Ok(None));
        }
        assert_eq!(postcard::to_slice(&ages, &mut buffer).ok().as_deref(), Some(AGES));
        assert_eq!(postcard::from_bytes(AGES).ok().as_ref(), Some(&ages));
        let wide: Option<Map<u16, i8, Inline<9>>> = postcard::from_bytes(AGES).ok();
        assert!(wide.is_some_and(|wide| wide == ages));
    }

    fn keys_that_do_not_ascend_are_refused() {
        assert!(postcard::from_bytes::<Ages>(&[2, 1, 0, 2, 0]).is_ok());
        assert!(postcard::from_bytes::<Ages>(&[2, 1, 0, 1, 0]).is_err());
        assert!(postcard::from_bytes::<Ages>(&[2, 2, 0, 1, 0]).is_err());
        assert!(postcard::from_bytes::<Ages>(&[3, 1, 0, 3, 0, 2, 0]).is_err());
    }

    fn a_map_that_does_not_fit_or_is_cut_short_is_refused() {
        assert!(postcard::from_bytes::<Map<u16, i8, Inline<2>>>(AGES).is_err());
        for cut in 0..AGES.len() {
            assert!(postcard::from_bytes::<Ages>(&AGES[..cut]).is_err());
        }
    }
}

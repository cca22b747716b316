//! Lists.

use core::cell::Cell;

use synod_capacity::{Full, Inline, List};

use super::{Counted, full};

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
}

type Small = List<u16, Inline<4>>;

fn small(elements: &[u16]) -> Small {
    let mut list = List::new();
    assert_eq!(list.extend_from_slice(elements), Ok(()));
    list
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

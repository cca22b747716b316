//! Golden bytes: they are part of the public contract, and the same on every target.

use synod_capacity::{Inline, List, Map};

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
    let written = list.as_ref().ok().and_then(|list| postcard::to_slice(list, &mut buffer).ok());
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

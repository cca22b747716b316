//! Operations that can panic, which the check must catch and name, and one which cannot.
//!
//! They are in every image and no part of any library: they show that the check still bites.

operations! {
    "panics: an index out of range" => fn(values: &[u32], index: usize) -> u32 {
        values[index]
    }
    "panics: an addition that overflows" => fn(a: u32, b: u32) -> u32 {
        a + b
    }
    "panics: an unwrap two calls deep" => fn(value: Option<u32>) -> u32 {
        outer(value)
    }
    "clean" => fn(values: &[u32], index: usize) -> Option<u32> {
        values.get(index).copied()
    }
}

#[inline(never)]
fn outer(value: Option<u32>) -> u32 {
    inner(value).wrapping_mul(3)
}

#[inline(never)]
fn inner(value: Option<u32>) -> u32 {
    value.unwrap()
}

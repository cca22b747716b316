#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "alloc")]
extern crate alloc;

mod capacity;
#[cfg(feature = "serde")]
mod encoding;
mod full;
mod index;
mod list;
mod map;
#[cfg(feature = "serde")]
mod map_encoding;
mod map_store;
mod pairs;
mod store;

#[cfg(feature = "alloc")]
pub use capacity::Heap;
pub use capacity::{Capacity, Inline};
pub use full::Full;
pub use index::Index;
pub use list::{IntoIter, List};
pub use map::{Iter, Map};

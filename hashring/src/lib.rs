#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "alloc")]
extern crate alloc;

mod assignment;
mod copies;
mod descent;
#[cfg(feature = "serde")]
mod encoding;
mod exchange;
mod jump;
mod jump_back;
mod key;
mod key_hash;
mod mix;
mod owners;
mod partitioning;
mod partitions;
#[cfg(feature = "serde")]
mod partitions_encoding;
mod placement;
mod ranking;
mod ring;
mod search;
mod shares;
mod sort;
mod split_mix;
mod table;
mod takers;
mod token;
mod tokens;

pub use assignment::Rebalanced;
#[cfg(feature = "serde")]
#[cfg_attr(docsrs, doc(cfg(feature = "serde")))]
pub use encoding::MAX_ENCODED_TOKENS;
pub use jump::Jump;
pub use jump_back::JumpBack;
pub use key::Key;
pub use key_hash::KeyHash;
pub use partitioning::Partitioning;
pub use partitions::{AssignError, Partitions};
pub use placement::{Placement, TooFewNodes};
pub use ring::Ring;
#[cfg(feature = "alloc")]
#[cfg_attr(docsrs, doc(cfg(feature = "alloc")))]
#[doc(no_inline)]
pub use synod_capacity::Heap;
#[doc(no_inline)]
pub use synod_capacity::{Capacity, Full, Inline, List};

#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "alloc")]
extern crate alloc;

mod node_id;
pub mod raft;

pub use node_id::NodeId;
#[cfg(feature = "alloc")]
#[cfg_attr(docsrs, doc(cfg(feature = "alloc")))]
#[doc(no_inline)]
pub use synod_capacity::Heap;
#[doc(no_inline)]
pub use synod_capacity::{Capacity, Inline};

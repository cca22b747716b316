// Where the links of the README lead here: of two definitions the first counts.
//! [comparison]: crate::comparison
//! [raft-rules]: crate::raft#the-hosts-contract
//! [multi-paxos-rules]: crate::multi_paxos#what-the-host-must-know-beside-that
//! [register-rules]: crate::register
//! [paxos-rules]: crate::paxos
//!
#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "alloc")]
extern crate alloc;

mod back_off;
mod ballot;
mod canonical;
pub mod comparison;
mod config;
mod instance;
mod members;
pub mod multi_paxos;
mod node_id;
mod one_write;
pub mod paxos;
mod proposal;
pub mod raft;
mod random;
pub mod register;

pub use ballot::Ballot;
pub use canonical::Canonical;
pub use instance::Instance;
pub use members::{Members, MembersError};
pub use node_id::NodeId;
pub use one_write::UnknownWrite;
pub use proposal::Proposal;
#[cfg(feature = "alloc")]
#[cfg_attr(docsrs, doc(cfg(feature = "alloc")))]
#[doc(no_inline)]
pub use synod_capacity::Heap;
#[doc(no_inline)]
pub use synod_capacity::{Capacity, Inline};

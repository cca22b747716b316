#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "alloc")]
extern crate alloc;

mod assignment;
mod bounded_loads;
mod copies;
mod descending;
mod descent;
#[cfg(feature = "serde")]
mod encoding;
mod exchange;
mod jump;
mod jump_back;
#[cfg(feature = "ketama")]
mod ketama;
#[cfg(feature = "ketama")]
mod ketama_rule;
mod key;
mod key_hash;
mod maglev;
mod maglev_error;
mod merge_sort;
mod mix;
mod negative_log;
mod owners;
mod partitioning;
mod partitions;
#[cfg(feature = "serde")]
mod partitions_encoding;
mod placement;
mod plan;
mod preference;
mod prime;
mod quotient;
mod ranged;
mod ranking;
mod rendezvous;
mod ring;
mod ring_ranges;
mod roster;
mod search;
mod shares;
mod sort;
mod split_mix;
mod table;
mod takers;
mod token;
mod tokens;
mod turns;
mod weighted_rendezvous;
mod zoned;

pub use assignment::Rebalanced;
pub use bounded_loads::{BoundedLoads, PlaceError};
#[cfg(feature = "serde")]
#[cfg_attr(docsrs, doc(cfg(feature = "serde")))]
pub use encoding::{MAX_ENCODED_TABLE, MAX_ENCODED_TOKENS};
pub use jump::Jump;
pub use jump_back::JumpBack;
#[cfg(feature = "ketama")]
#[cfg_attr(docsrs, doc(cfg(feature = "ketama")))]
pub use ketama::Ketama;
#[cfg(feature = "ketama")]
#[cfg_attr(docsrs, doc(cfg(feature = "ketama")))]
pub use ketama_rule::KetamaRule;
pub use key::Key;
pub use key_hash::KeyHash;
pub use maglev::Maglev;
pub use maglev_error::MaglevError;
pub use partitioning::Partitioning;
pub use partitions::{AssignError, Partitions};
pub use placement::{Placement, TooFewNodes};
pub use plan::{DifferentPoints, Move, Plan, Transfer};
pub use ranged::{Points, Ranged, Ranges};
pub use rendezvous::Rendezvous;
pub use ring::Ring;
pub use ring_ranges::RingRanges;
#[cfg(feature = "alloc")]
#[cfg_attr(docsrs, doc(cfg(feature = "alloc")))]
#[doc(no_inline)]
pub use synod_capacity::Heap;
#[doc(no_inline)]
pub use synod_capacity::{Capacity, Full, Inline, List};
pub use weighted_rendezvous::WeightedRendezvous;
pub use zoned::{Replicas, Zoned};

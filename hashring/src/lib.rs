#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "alloc")]
extern crate alloc;

mod bounded_loads;
mod buckets;
#[cfg(feature = "serde")]
mod encoding;
#[cfg(feature = "ketama")]
mod ketama;
mod key;
mod key_hash;
mod maglev;
mod partitions;
mod placement;
mod plan;
mod ranged;
mod rendezvous;
mod ring;
mod split_mix;
mod tokens;
mod zoned;

pub use bounded_loads::{BoundedLoads, PlaceError};
pub use buckets::{Jump, JumpBack};
#[cfg(feature = "ketama")]
#[cfg_attr(docsrs, doc(cfg(feature = "ketama")))]
pub use ketama::{Ketama, KetamaRule};
pub use key::Key;
pub use key_hash::KeyHash;
#[cfg(feature = "serde")]
#[cfg_attr(docsrs, doc(cfg(feature = "serde")))]
pub use maglev::MAX_ENCODED_TABLE;
pub use maglev::{Maglev, MaglevError};
pub use partitions::{AssignError, PartitionRanges, Partitioning, Partitions, Rebalanced};
pub use placement::{Placement, TooFewNodes};
pub use plan::{DifferentPoints, Move, Plan, Transfer};
pub use ranged::{Points, Ranged, Ranges};
pub use rendezvous::{Rendezvous, WeightedRendezvous};
#[cfg(feature = "serde")]
#[cfg_attr(docsrs, doc(cfg(feature = "serde")))]
pub use ring::MAX_ENCODED_TOKENS;
pub use ring::{Ring, RingRanges};
#[cfg(feature = "alloc")]
#[cfg_attr(docsrs, doc(cfg(feature = "alloc")))]
#[doc(no_inline)]
pub use synod_capacity::Heap;
#[doc(no_inline)]
pub use synod_capacity::{Capacity, Full, Inline, List};
pub use zoned::{Replicas, Zoned};

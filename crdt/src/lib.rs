#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod anti_entropy;
mod aw_set;
mod catch_up;
mod causal;
mod causal_map;
mod collect;
mod count;
mod delta;
#[cfg(feature = "serde")]
mod encoding;
mod extremum;
mod flag;
mod g_counter;
mod g_set;
mod kind;
mod lexicographic;
mod lww_register;
mod lww_set;
mod max_row;
mod merge;
mod mv_register;
mod path;
mod place;
mod pn_counter;
mod replace;
mod restart;
mod rows;
mod rw_set;
mod spaced_rows;
mod stamped;
mod touch;
mod write_error;

pub use anti_entropy::{
    AntiEntropy, AntiEntropyConfig, Body, ConfigError, Message, Output, ReceiveError,
};
pub use aw_set::AwSet;
pub use catch_up::CatchUp;
pub use causal::{Causal, MergeError, State};
pub use causal_map::CausalMap;
pub use delta::{Delta, Source};
pub use extremum::{Max, Min};
pub use flag::{DwFlag, EwFlag};
pub use g_counter::GCounter;
pub use g_set::GSet;
pub use kind::{Kind, Nest};
pub use lexicographic::Lexicographic;
pub use lww_register::LwwRegister;
pub use lww_set::LwwSet;
pub use merge::Merge;
pub use mv_register::MvRegister;
pub use path::{At, Path, Top};
pub use place::{Reader, Writer};
pub use pn_counter::PnCounter;
pub use rw_set::RwSet;
pub use stamped::Stamped;
#[cfg(feature = "alloc")]
#[cfg_attr(docsrs, doc(cfg(feature = "alloc")))]
#[doc(no_inline)]
pub use synod_capacity::Heap;
#[doc(no_inline)]
pub use synod_capacity::{Capacity, Full, Inline};
#[doc(no_inline)]
pub use synod_clocks::{CausalContext, Ceiling, Dot, DotRange, HybridStamp, WideHybridStamp};
pub use write_error::{Refused, WriteError};

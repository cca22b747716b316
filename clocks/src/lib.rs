#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod beyond;
mod causal_context;
mod causality;
mod ceiling;
mod dot;
mod dot_range;
mod dot_ranges;
mod dotted_version_vector;
mod hybrid_clock;
mod hybrid_stamp;
mod jump_guard;
mod lamport_clock;
mod shared;
mod siblings;
mod sides;
mod sorted_dots;
mod tick_widener;
mod vector_clock;
mod version_vector;

pub use beyond::Beyond;
pub use causal_context::CausalContext;
pub use causality::Causality;
pub use ceiling::{Ceiling, IssueError, UnknownBound};
pub use dot::Dot;
pub use dot_range::DotRange;
pub use dotted_version_vector::{DotInPast, DottedVersionVector};
pub use hybrid_clock::{HybridClock, ReceiveError, TickError};
pub use hybrid_stamp::{HybridStamp, WideHybridStamp};
pub use jump_guard::{ForwardJump, JumpGuard};
pub use lamport_clock::{Exhausted, LamportClock, LamportStamp};
pub use shared::Shared;
pub use siblings::{PutError, Siblings, SiblingsError};
#[cfg(feature = "alloc")]
#[cfg_attr(docsrs, doc(cfg(feature = "alloc")))]
#[doc(no_inline)]
pub use synod_capacity::Heap;
#[doc(no_inline)]
pub use synod_capacity::{Capacity, Full, Inline};
pub use tick_widener::TickWidener;
pub use vector_clock::{VectorClock, VectorClockError};
pub use version_vector::{IncrementError, VersionVector};

#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod causal_context;
mod causality;
mod ceiling;
mod dot;
mod dotted_version;
mod hybrid_clock;
mod hybrid_stamp;
mod jump_guard;
mod lamport;
mod siblings;
mod sorted_dots;
mod tick_widener;
mod vector_clock;
mod version_vector;

pub use causal_context::{CausalContext, ContextError, NextDotError};
pub use causality::Causality;
pub use ceiling::{Ceiling, IssueError, UnknownBound};
pub use dot::Dot;
pub use dotted_version::{DotInPast, DottedVersionVector};
pub use hybrid_clock::{HybridClock, ReceiveError, TickError};
pub use hybrid_stamp::{HybridStamp, WideHybridStamp};
pub use jump_guard::{ForwardJump, JumpGuard};
pub use lamport::{Exhausted, LamportClock, LamportStamp};
pub use siblings::{PutError, Siblings, SiblingsError};
#[cfg(feature = "alloc")]
#[cfg_attr(docsrs, doc(cfg(feature = "alloc")))]
pub use synod_capacity::Heap;
pub use synod_capacity::{Capacity, Full, Inline};
pub use tick_widener::TickWidener;
pub use vector_clock::{VectorClock, VectorClockError};
pub use version_vector::{IncrementError, VersionVector};

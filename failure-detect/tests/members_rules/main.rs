//! What a member does in the odd cases, one by one.
#![cfg(feature = "serde")]
// Minutes of a group take the interpreter too long; `members.rs` runs the same code there.
#![cfg(not(miri))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // A test may panic.
#![allow(clippy::arithmetic_side_effects, clippy::cast_possible_truncation)]
#![allow(clippy::std_instead_of_alloc)] // And use `std`.

mod exchanges;
mod forgetting;
mod limits;
mod lives;
mod net;
mod news;
mod probes;
mod suspicion;

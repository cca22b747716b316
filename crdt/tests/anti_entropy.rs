//! The machine that keeps replicas equal: random clusters, and case by case. Every message goes
//! through its encoding, and fits into 64 bytes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // A test may panic.
#![allow(clippy::arithmetic_side_effects, clippy::cast_possible_truncation)]
// Nor is it for boards.
#![allow(clippy::std_instead_of_core, clippy::std_instead_of_alloc)]
#![cfg(all(feature = "serde", feature = "alloc"))]

// The interpreter has the others, which go the same ways.
#[cfg(not(miri))]
#[path = "anti_entropy/cases.rs"]
mod cases;
#[path = "anti_entropy/cluster.rs"]
mod cluster;
#[cfg(not(miri))]
#[path = "anti_entropy/economy.rs"]
mod economy;
#[path = "anti_entropy/hostile.rs"]
mod hostile;
#[path = "anti_entropy/node.rs"]
mod node;
#[path = "anti_entropy/stable.rs"]
mod stable;
#[path = "anti_entropy/starts.rs"]
mod starts;

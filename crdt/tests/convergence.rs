//! That replicas converge, and on what: every kind of causal state against the laws of merge and of
//! deltas, and against a model that is written from its definition.
//!
//! All of it runs on random histories, `exhaustive` on all short ones. With optimisation it takes
//! minutes to compile, so that must be asked for: `cargo xtask laws` is the long run.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, clippy::expect_used)] // A test may panic.
#![allow(clippy::arithmetic_side_effects, clippy::cast_possible_truncation, clippy::panic)]
// Nor is it for boards.
#![allow(clippy::std_instead_of_core, clippy::std_instead_of_alloc)]
// The interpreter has the other files; these histories would take it hours.
#![cfg(all(feature = "alloc", feature = "serde", not(miri)))]
#![cfg(any(debug_assertions, synod_long))]

#[path = "convergence/capacities.rs"]
mod capacities;
#[path = "convergence/catching_up.rs"]
mod catching_up;
#[path = "convergence/collecting.rs"]
mod collecting;
#[path = "convergence/counters.rs"]
mod counters;
#[path = "convergence/event.rs"]
mod event;
#[path = "convergence/exhaustive.rs"]
mod exhaustive;
#[path = "convergence/flags.rs"]
mod flags;
#[path = "convergence/group.rs"]
mod group;
#[path = "convergence/history.rs"]
mod history;
#[path = "convergence/late.rs"]
mod late;
#[path = "convergence/laws.rs"]
mod laws;
#[path = "convergence/maps.rs"]
mod maps;
#[path = "convergence/models.rs"]
mod models;
#[path = "convergence/plain.rs"]
mod plain;
#[path = "convergence/pointwise.rs"]
mod pointwise;
#[path = "convergence/registers.rs"]
mod registers;
#[path = "convergence/restart.rs"]
mod restart;
#[path = "convergence/sets.rs"]
mod sets;
#[path = "convergence/subject.rs"]
mod subject;

//! A replicated key-value server that speaks the Redis protocol.
#![forbid(unsafe_code)]
#![allow(clippy::std_instead_of_core, clippy::std_instead_of_alloc)] // It is a server.

pub mod ask;
pub mod chaos;
pub mod client;
pub mod cluster;
pub mod command;
pub mod glance;
pub mod load;
pub mod overview;
pub mod proposal;
pub mod reply;
pub mod state;
pub mod status;

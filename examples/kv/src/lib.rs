//! A replicated key-value server that speaks the Redis protocol.
#![forbid(unsafe_code)]
#![allow(clippy::std_instead_of_core, clippy::std_instead_of_alloc)] // It is a server.

pub mod apply;
pub mod ask;
pub mod chaos;
pub mod client;
pub mod cluster;
pub mod command;
pub mod glance;
pub mod links;
pub mod load;
pub mod number;
pub mod outbox;
pub mod overview;
pub mod proposal;
pub mod reply;
pub mod state;
pub mod status;
pub mod wire;

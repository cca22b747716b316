//! A replicated key-value server that speaks the Redis protocol.
#![forbid(unsafe_code)]
#![allow(clippy::std_instead_of_core, clippy::std_instead_of_alloc)] // It is a server.

pub mod ask;
pub mod command;
pub mod disk;
pub mod proposal;
pub mod reply;
pub mod state;
pub mod status;
pub mod storage;

//! A replicated key-value server that speaks the Redis protocol.
#![forbid(unsafe_code)]
#![allow(clippy::std_instead_of_core, clippy::std_instead_of_alloc)] // It is a server.

pub mod apply;
pub mod ask;
pub mod command;
pub mod disk;
pub mod links;
pub mod node;
pub mod number;
pub mod outbox;
pub mod post;
pub mod proposal;
pub mod reads;
pub mod reply;
pub mod service;
pub mod start;
pub mod state;
pub mod status;
pub mod storage;
pub mod wire;


//! A replicated key-value server that speaks the Redis protocol.
#![forbid(unsafe_code)]
#![allow(clippy::std_instead_of_core, clippy::std_instead_of_alloc)] // It is a server.

pub mod answers;
pub mod apply;
pub mod ask;
pub mod chaos;
pub mod client;
pub mod cluster;
pub mod command;
pub mod disk;
pub mod glance;
pub mod info;
pub mod inline;
pub mod limits;
pub mod links;
pub mod load;
pub mod node;
pub mod number;
pub mod outbox;
pub mod overview;
pub mod parse;
pub mod post;
pub mod proposal;
pub mod reads;
pub mod remote;
pub mod reply;
pub mod request;
pub mod server;
pub mod service;
pub mod start;
pub mod state;
pub mod status;
pub mod storage;
pub mod wire;

mod parse_local;
mod pending;
mod session;
mod table;

//! What Redis' clients see: their connections, from bytes to commands, and from answers to bytes.

pub mod answers;
pub mod client;
pub mod command;
mod held;
pub(crate) mod info;
pub mod inline;
pub mod limits;
pub(crate) mod listener;
pub mod parse;
mod pending;
pub mod request;
pub mod server;
mod session;
mod table;

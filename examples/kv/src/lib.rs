#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![allow(clippy::std_instead_of_core, clippy::std_instead_of_alloc)] // It is a server.

pub mod cluster;
pub mod node;
pub mod redis;
pub mod state;

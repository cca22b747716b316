#![doc = include_str!("../README.md")]

mod cluster;
mod decree;
mod disk;
mod intern;
mod network;
mod places;
mod register;
mod scope;
mod search;
mod world;

pub use scope::{FULL, QUICK, Scope, named};
pub use search::Found;

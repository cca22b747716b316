//! `CASPaxos` in its world: registers on nodes with their hosts, clients that change and read them,
//! members that come and go, and what must hold after every step.

#![allow(clippy::cast_possible_truncation)] // registers and nodes are few

mod ask;
mod client;
mod drain;
mod effect;
mod hostile;
mod ledger;
mod life;
mod mark;
mod node;
mod op;
mod packet;
mod phase;
mod pinned;
mod promise;
mod rule;
mod settings;
mod story;
mod tell;
mod world;

pub use mark::{Mark, Marks};
pub use pinned::{PINNED, SHORT};
pub use world::{Counts, Report, run};

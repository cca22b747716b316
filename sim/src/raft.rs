//! Raft in its world: voters with their hosts, clients, and what must hold after every step.

mod client;
mod drain;
mod durable;
mod effect;
mod entry;
mod era;
mod hostile;
mod invariants;
mod ledger;
mod log;
mod mark;
mod node;
mod packet;
mod phase;
mod pinned;
mod promise;
mod rule;
mod service;
mod settings;
mod tape;
mod world;

pub use crate::{
    settings::{Pinned, Settings},
    violation::Violation,
};
pub use mark::{Mark, Marks};
pub use pinned::{PINNED, PINNED_BALLOTS, RECORDING, SHORT, WHOLE, record_pinned};
pub use world::{Counts, Report, WINDOW, record, run, run_ballots, run_sized, run_steered};

//! Single-decree Paxos in its world: acceptors, proposers and learners with their hosts, one
//! decision after another, and what must hold after every step.

mod decision;
mod drain;
mod effect;
mod hostile;
mod ledger;
mod mark;
mod node;
mod packet;
mod phase;
mod pinned;
mod promise;
mod rule;
mod settings;
mod world;

pub use mark::{Mark, Marks};
pub use pinned::{PINNED, SHORT};
pub use world::{Counts, Report, run};

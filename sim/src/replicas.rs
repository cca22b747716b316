//! Groups of replicas in their world: states of `synod-crdt`, kept equal by its anti-entropy
//! machine, and what must hold after every step.

mod host;
mod ledger;
mod mark;
mod model;
mod node;
mod phase;
mod pinned;
mod settings;
mod shadow;
mod subject;
mod world;

pub use crate::settings::Pinned;
pub use mark::{Mark, Marks};
pub use pinned::PINNED;
pub use world::{Report, run};

//! `synod-hashring`.

mod buckets;
pub mod decoding;
mod plan;
mod rendezvous;
mod ring;

pub use buckets::BucketsScenario;
pub use plan::PlanScenario;
pub use rendezvous::RendezvousScenario;
pub use ring::RingScenario;

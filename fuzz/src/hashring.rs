//! `synod-hashring`.

mod buckets;
pub mod decoding;
mod rendezvous;
mod ring;

pub use buckets::BucketsScenario;
pub use rendezvous::RendezvousScenario;
pub use ring::RingScenario;

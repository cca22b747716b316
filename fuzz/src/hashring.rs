//! `synod-hashring`.

mod buckets;
pub mod decoding;
mod ketama;
mod maglev;
pub mod partitions;
mod plan;
mod rendezvous;
mod ring;

pub use buckets::BucketsScenario;
pub use ketama::KetamaScenario;
pub use maglev::MaglevScenario;
pub use partitions::PartitionsScenario;
pub use plan::PlanScenario;
pub use rendezvous::RendezvousScenario;
pub use ring::RingScenario;

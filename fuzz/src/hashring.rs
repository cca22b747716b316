//! `synod-hashring`.

mod buckets;
pub mod decoding;
pub mod partitions;
mod ring;

pub use buckets::BucketsScenario;
pub use partitions::PartitionsScenario;
pub use ring::RingScenario;

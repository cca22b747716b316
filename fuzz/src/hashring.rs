//! `synod-hashring`.

mod buckets;
pub mod decoding;
mod ring;

pub use buckets::BucketsScenario;
pub use ring::RingScenario;

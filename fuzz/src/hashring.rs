//! `synod-hashring`.

mod buckets;
mod ring;

pub use buckets::BucketsScenario;
pub use ring::RingScenario;

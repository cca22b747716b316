//! `synod-hashring`.

mod buckets;
pub mod decoding;
mod plan;
mod ring;

pub use buckets::BucketsScenario;
pub use plan::PlanScenario;
pub use ring::RingScenario;

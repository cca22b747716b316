//! `synod-hashring`.

mod buckets;
pub mod decoding;
mod maglev;
mod ring;

pub use buckets::BucketsScenario;
pub use maglev::MaglevScenario;
pub use ring::RingScenario;

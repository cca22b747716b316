//! `synod-hashring`.

mod buckets;
pub mod decoding;
mod ketama;
mod maglev;
mod ring;

pub use buckets::BucketsScenario;
pub use ketama::KetamaScenario;
pub use maglev::MaglevScenario;
pub use ring::RingScenario;

//! `synod-failure-detect`.

pub mod decoding;
mod members;
mod peer;
mod registry;

pub use members::MembersScenario;
pub use peer::PeerScenario;
pub use registry::RegistryScenario;

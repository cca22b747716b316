//! `synod-failure-detect`.

pub mod decoding;
mod lease;
mod members;
mod peer;
mod registry;

pub use lease::LeaseScenario;
pub use members::MembersScenario;
pub use peer::PeerScenario;
pub use registry::RegistryScenario;

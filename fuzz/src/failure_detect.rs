//! `synod-failure-detect`.

mod peer;
mod registry;

pub use peer::PeerScenario;
pub use registry::RegistryScenario;

//! `synod-failure-detect`.

mod lease;
mod peer;
mod registry;

pub use lease::LeaseScenario;
pub use peer::PeerScenario;
pub use registry::RegistryScenario;

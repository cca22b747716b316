//! Models and checks of `synod-consensus-core`.

pub mod one_node;

mod host;
mod memory_log;

//! Checks of `synod-kv`: what clients and peers send, and what the log does to the state.

pub mod frames;
pub mod requests;
pub mod state;

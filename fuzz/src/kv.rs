//! Checks of `synod-kv`: what clients send, and what the log does to the state.

pub mod requests;
pub mod state;

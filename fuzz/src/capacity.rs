//! Models and checks of `synod-capacity`.

pub mod decoding;
pub mod list;
pub mod map;

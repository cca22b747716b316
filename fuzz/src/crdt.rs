//! Models and checks of `synod-crdt`.

pub mod decoding;
pub mod operations;

mod counter;
mod legality;
mod replica;
mod subject;

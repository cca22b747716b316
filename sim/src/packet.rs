//! What travels as bytes.

use alloc::vec::Vec;

use crate::{network::Payload, trace::Trace};

/// An encoded message.
#[derive(Clone, Debug)]
pub(crate) struct Packet(pub(crate) Vec<u8>);

impl Payload for Packet {
    fn encode(&self) -> Vec<u8> {
        self.0.clone()
    }
}

/// Notes a message in the trace.
pub(crate) fn fold(trace: &mut Trace, to: usize, packet: &Packet) {
    trace.note(((to as u64) << 56) ^ packet.0.len() as u64);
    for chunk in packet.0.chunks(8) {
        trace.note(chunk.iter().fold(0, |word, &byte| (word << 8) | u64::from(byte)));
    }
}

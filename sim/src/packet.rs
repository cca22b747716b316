//! What travels as bytes.

use alloc::vec::Vec;

use serde::{Serialize, de::DeserializeOwned};

use crate::{frame, network::Payload, random::Random, trace::Trace};

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

/// A message with wrong bits, if it can be read. (A checksum would refuse it.)
pub(crate) fn garble<M: Serialize + DeserializeOwned + PartialEq>(
    random: &mut Random,
    message: &M,
) -> Option<M> {
    let mut buffer = [0; 256];
    let mut bytes = postcard::to_slice(message, &mut buffer).ok()?.to_vec();
    frame::corrupt(&mut bytes, random);
    let garbled = postcard::from_bytes(&bytes).ok()?;
    (garbled != *message).then_some(garbled)
}

//! Plain values: settings, messages, records, errors.

use core::fmt::{self, Write};

use synod_consensus_core::{
    Ballot, Instance, NodeId, Proposal, UnknownWrite,
    paxos::{Body, BrokenRecord, Config, ConfigError, Message, MessageError, Record, Role},
};

use super::Value;
use crate::{
    dropped::Dropped,
    text::Buffer,
    wire::{decode, encode},
};

operations! {
    "Config::new" => fn(instance: Instance, id: NodeId, seed: u64) -> Config {
        Config::new(instance, id, seed)
    }
    "Config::check" => fn(config: &Config) -> Result<(), ConfigError> {
        config.check()
    }
    "Message::role" => fn(message: &Message<Value>) -> Role {
        message.role()
    }
    "Message::cloned" => fn(message: Message<&Dropped>) -> Message<Dropped> {
        message.cloned()
    }
    "Record::new" => fn(
        promised: Ballot, accepted: Option<Proposal<Value>>
    ) -> Result<Record<Value>, BrokenRecord> {
        Record::new(promised, accepted)
    }
    "Record::new (dropping)" => fn(
        promised: Ballot, accepted: Option<Proposal<Dropped>>
    ) -> Result<Record<Dropped>, BrokenRecord> {
        Record::new(promised, accepted)
    }
    "Record::promised" => fn(record: &Record<Value>) -> Ballot {
        record.promised()
    }
    "Record::accepted" => fn(record: &Record<Value>) -> Option<&Proposal<Value>> {
        record.accepted()
    }
    "ConfigError as Display" => fn(error: ConfigError, buffer: &mut Buffer) -> fmt::Result {
        write!(buffer, "{error}")
    }
    "MessageError as Display" => fn(error: MessageError, buffer: &mut Buffer) -> fmt::Result {
        write!(buffer, "{error}")
    }
    "UnknownWrite as Display" => fn(error: UnknownWrite, buffer: &mut Buffer) -> fmt::Result {
        write!(buffer, "{error}")
    }
    "BrokenRecord as Display" => fn(error: BrokenRecord, buffer: &mut Buffer) -> fmt::Result {
        write!(buffer, "{error}")
    }
    "Instance as Serialize" => fn(instance: Instance, buffer: &mut [u8]) -> Option<usize> {
        encode(&instance, buffer)
    }
    "Instance as Deserialize" => fn(bytes: &[u8]) -> Option<Instance> {
        decode(bytes)
    }
    "Message as Serialize" => fn(message: &Message<Value>, buffer: &mut [u8]) -> Option<usize> {
        encode(message, buffer)
    }
    "Message as Serialize (lent)" => fn(
        message: &Message<&Value>, buffer: &mut [u8]
    ) -> Option<usize> {
        encode(message, buffer)
    }
    "Message as Deserialize" => fn(bytes: &[u8]) -> Option<Message<Value>> {
        decode(bytes)
    }
    "Message as Deserialize (borrowed)" => fn(bytes: &[u8]) -> Option<Message<&[u8]>> {
        decode(bytes)
    }
    "Body as Serialize" => fn(body: &Body<Value>, buffer: &mut [u8]) -> Option<usize> {
        encode(body, buffer)
    }
    "Body as Deserialize" => fn(bytes: &[u8]) -> Option<Body<Value>> {
        decode(bytes)
    }
    "Record as Serialize" => fn(record: &Record<Value>, buffer: &mut [u8]) -> Option<usize> {
        encode(record, buffer)
    }
    "Record as Deserialize" => fn(bytes: &[u8]) -> Option<Record<Value>> {
        decode(bytes)
    }
    "Record as Deserialize (borrowed)" => fn(bytes: &[u8]) -> Option<Record<&[u8]>> {
        decode(bytes)
    }
}

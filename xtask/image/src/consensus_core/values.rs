//! Plain values: names, settings, messages, errors.

use core::fmt::{self, Write};

use synod_consensus_core::{
    MembersError, NodeId,
    raft::{
        AppliedError, BallotBody, Body, Config, ConfigError, HardState, LogId, Message,
        MessageError, Never, PersistedError, ProposeError, ReadError, Recovered, Said, StartError,
    },
};

use crate::{
    text::Buffer,
    wire::{decode, encode},
};

operations! {
    "Config::new" => fn(cluster: u64, id: NodeId, seed: u64) -> Config {
        Config::new(cluster, id, seed)
    }
    "Config::check" => fn(config: &Config) -> Result<(), ConfigError> {
        config.check()
    }
    "Message::entry_count" => fn(message: &Message) -> u32 {
        message.entry_count()
    }
    "Message::entry_count (Multi-Paxos)" => fn(message: &Message<BallotBody>) -> u32 {
        message.entry_count()
    }
    "Message::entries" => fn(message: &Message) -> Option<(LogId, u64, u32)> {
        message.entries()
    }
    "Message::entries (Multi-Paxos)" => fn(
        message: &Message<BallotBody>
    ) -> Option<(LogId, u64, u32)> {
        message.entries()
    }
    "BallotBody as Said" => fn(said: BallotBody) -> (Option<BallotBody>, Option<BallotBody>) {
        (said.ballot(), BallotBody::of(said))
    }
    "Never as Said" => fn(ballot: BallotBody) -> Option<Option<BallotBody>> {
        Never::of(ballot).map(Said::ballot)
    }
    "StartError as From<ConfigError>" => fn(error: ConfigError) -> StartError {
        error.into()
    }
    "StartError as From<MembersError>" => fn(error: MembersError) -> StartError {
        error.into()
    }
    "NodeId as Display" => fn(id: NodeId, buffer: &mut Buffer) -> fmt::Result {
        write!(buffer, "{id}")
    }
    "ConfigError as Display" => fn(error: ConfigError, buffer: &mut Buffer) -> fmt::Result {
        write!(buffer, "{error}")
    }
    "StartError as Display" => fn(error: StartError, buffer: &mut Buffer) -> fmt::Result {
        write!(buffer, "{error}")
    }
    "MessageError as Display" => fn(error: MessageError, buffer: &mut Buffer) -> fmt::Result {
        write!(buffer, "{error}")
    }
    "ProposeError as Display" => fn(error: ProposeError, buffer: &mut Buffer) -> fmt::Result {
        write!(buffer, "{error}")
    }
    "ReadError as Display" => fn(error: ReadError, buffer: &mut Buffer) -> fmt::Result {
        write!(buffer, "{error}")
    }
    "PersistedError as Display" => fn(error: PersistedError, buffer: &mut Buffer) -> fmt::Result {
        write!(buffer, "{error}")
    }
    "AppliedError as Display" => fn(error: AppliedError, buffer: &mut Buffer) -> fmt::Result {
        write!(buffer, "{error}")
    }
    "NodeId as Serialize" => fn(id: NodeId, buffer: &mut [u8]) -> Option<usize> {
        encode(&id, buffer)
    }
    "NodeId as Deserialize" => fn(bytes: &[u8]) -> Option<NodeId> {
        decode(bytes)
    }
    "LogId as Serialize" => fn(id: LogId, buffer: &mut [u8]) -> Option<usize> {
        encode(&id, buffer)
    }
    "LogId as Deserialize" => fn(bytes: &[u8]) -> Option<LogId> {
        decode(bytes)
    }
    "HardState as Serialize" => fn(state: &HardState, buffer: &mut [u8]) -> Option<usize> {
        encode(state, buffer)
    }
    "HardState as Deserialize" => fn(bytes: &[u8]) -> Option<HardState> {
        decode(bytes)
    }
    "Recovered as Serialize" => fn(state: &Recovered, buffer: &mut [u8]) -> Option<usize> {
        encode(state, buffer)
    }
    "Recovered as Deserialize" => fn(bytes: &[u8]) -> Option<Recovered> {
        decode(bytes)
    }
    "Message as Serialize" => fn(message: &Message, buffer: &mut [u8]) -> Option<usize> {
        encode(message, buffer)
    }
    "Message as Deserialize" => fn(bytes: &[u8]) -> Option<Message> {
        decode(bytes)
    }
    "Body as Serialize" => fn(body: &Body, buffer: &mut [u8]) -> Option<usize> {
        encode(body, buffer)
    }
    "Body as Deserialize" => fn(bytes: &[u8]) -> Option<Body> {
        decode(bytes)
    }
    "Message as Serialize (Multi-Paxos)" => fn(
        message: &Message<BallotBody>, buffer: &mut [u8]
    ) -> Option<usize> {
        encode(message, buffer)
    }
    "Message as Deserialize (Multi-Paxos)" => fn(bytes: &[u8]) -> Option<Message<BallotBody>> {
        decode(bytes)
    }
    "BallotBody as Serialize" => fn(body: &BallotBody, buffer: &mut [u8]) -> Option<usize> {
        encode(body, buffer)
    }
    "BallotBody as Deserialize" => fn(bytes: &[u8]) -> Option<BallotBody> {
        decode(bytes)
    }
    "Never as Serialize" => fn(never: &Never, buffer: &mut [u8]) -> Option<usize> {
        encode(never, buffer)
    }
    "Never as Deserialize" => fn(bytes: &[u8]) -> Option<Never> {
        decode(bytes)
    }
}

//! Plain values: members, states, messages, records, errors.

use core::fmt::{self, Write};

use synod_consensus_core::{
    Ballot, MembersError, NodeId,
    register::{
        Accepted, Body, BrokenRecord, ChangeError, Member, Membership, Message, MessageError, Part,
        ReadError, ReconfigureError, Record, State,
    },
};

use super::Value;
use crate::{
    dropped::Dropped,
    text::Buffer,
    wire::{decode, encode},
};

operations! {
    "Membership::new" => fn(members: &[NodeId]) -> Result<Membership<3>, MembersError> {
        Membership::new(members)
    }
    "Membership::new (64)" => fn(members: &[NodeId]) -> Result<Membership<64>, MembersError> {
        Membership::new(members)
    }
    "Membership::as_slice" => fn(membership: &Membership<3>) -> &[Member] {
        membership.as_slice()
    }
    "Membership::contains" => fn(membership: &Membership<3>, id: NodeId) -> bool {
        membership.contains(id)
    }
    "Membership::is_changing" => fn(membership: &Membership<3>) -> bool {
        membership.is_changing()
    }
    "State::as_ref" => fn(state: &State<Value, 3>) -> State<&Value, 3> {
        state.as_ref()
    }
    "State::cloned" => fn(state: State<&Dropped, 3>) -> State<Dropped, 3> {
        state.cloned()
    }
    "Accepted::as_ref" => fn(accepted: &Accepted<Value, 3>) -> Accepted<&Value, 3> {
        accepted.as_ref()
    }
    "Accepted::cloned" => fn(accepted: Accepted<&Dropped, 3>) -> Accepted<Dropped, 3> {
        accepted.cloned()
    }
    "Message::cloned (register)" => fn(message: Message<&Dropped, 3>) -> Message<Dropped, 3> {
        message.cloned()
    }
    "Record::new (register)" => fn(
        promised: Option<Ballot>, accepted: Accepted<Value, 3>
    ) -> Result<Record<Value, 3>, BrokenRecord> {
        Record::new(promised, accepted)
    }
    "Record::new (register, dropping)" => fn(
        promised: Option<Ballot>, accepted: Accepted<Dropped, 3>
    ) -> Result<Record<Dropped, 3>, BrokenRecord> {
        Record::new(promised, accepted)
    }
    "Record::promised (register)" => fn(record: &Record<Value, 3>) -> Option<Ballot> {
        record.promised()
    }
    "Record::accepted (register)" => fn(record: &Record<Value, 3>) -> &Accepted<Value, 3> {
        record.accepted()
    }
}

operations! {
    "ReconfigureError as From<ChangeError>" => fn(error: ChangeError) -> ReconfigureError {
        error.into()
    }
    "ReconfigureError as From<MembersError>" => fn(error: MembersError) -> ReconfigureError {
        error.into()
    }
    "MessageError as Display (register)" => fn(
        error: MessageError, buffer: &mut Buffer
    ) -> fmt::Result {
        write!(buffer, "{error}")
    }
    "ChangeError as Display" => fn(error: ChangeError, buffer: &mut Buffer) -> fmt::Result {
        write!(buffer, "{error}")
    }
    "ReconfigureError as Display" => fn(
        error: ReconfigureError, buffer: &mut Buffer
    ) -> fmt::Result {
        write!(buffer, "{error}")
    }
    "ReadError as Display (register)" => fn(error: ReadError, buffer: &mut Buffer) -> fmt::Result {
        write!(buffer, "{error}")
    }
    "BrokenRecord as Display (register)" => fn(
        error: BrokenRecord, buffer: &mut Buffer
    ) -> fmt::Result {
        write!(buffer, "{error}")
    }
}

operations! {
    "Part as Serialize" => fn(part: Part, buffer: &mut [u8]) -> Option<usize> {
        encode(&part, buffer)
    }
    "Part as Deserialize" => fn(bytes: &[u8]) -> Option<Part> {
        decode(bytes)
    }
    "Member as Serialize" => fn(member: Member, buffer: &mut [u8]) -> Option<usize> {
        encode(&member, buffer)
    }
    "Member as Deserialize" => fn(bytes: &[u8]) -> Option<Member> {
        decode(bytes)
    }
    "Membership as Serialize" => fn(
        membership: &Membership<3>, buffer: &mut [u8]
    ) -> Option<usize> {
        encode(membership, buffer)
    }
    "Membership as Deserialize" => fn(bytes: &[u8]) -> Option<Membership<3>> {
        decode(bytes)
    }
    "Membership as Deserialize (64)" => fn(bytes: &[u8]) -> Option<Membership<64>> {
        decode(bytes)
    }
    "State as Serialize" => fn(state: &State<Value, 3>, buffer: &mut [u8]) -> Option<usize> {
        encode(state, buffer)
    }
    "State as Deserialize" => fn(bytes: &[u8]) -> Option<State<Value, 3>> {
        decode(bytes)
    }
    "Accepted as Serialize" => fn(
        accepted: &Accepted<Value, 3>, buffer: &mut [u8]
    ) -> Option<usize> {
        encode(accepted, buffer)
    }
    "Accepted as Deserialize" => fn(bytes: &[u8]) -> Option<Accepted<Value, 3>> {
        decode(bytes)
    }
    "Message as Serialize (register)" => fn(
        message: &Message<Value, 3>, buffer: &mut [u8]
    ) -> Option<usize> {
        encode(message, buffer)
    }
    "Message as Serialize (register, lent)" => fn(
        message: &Message<&Value, 3>, buffer: &mut [u8]
    ) -> Option<usize> {
        encode(message, buffer)
    }
    "Message as Deserialize (register)" => fn(bytes: &[u8]) -> Option<Message<Value, 3>> {
        decode(bytes)
    }
    "Message as Deserialize (register, borrowed)" => fn(
        bytes: &[u8]
    ) -> Option<Message<&[u8], 3>> {
        decode(bytes)
    }
    "Body as Serialize (register)" => fn(
        body: &Body<Value, 3>, buffer: &mut [u8]
    ) -> Option<usize> {
        encode(body, buffer)
    }
    "Body as Deserialize (register)" => fn(bytes: &[u8]) -> Option<Body<Value, 3>> {
        decode(bytes)
    }
    "Record as Serialize (register)" => fn(
        record: &Record<Value, 3>, buffer: &mut [u8]
    ) -> Option<usize> {
        encode(record, buffer)
    }
    "Record as Deserialize (register)" => fn(bytes: &[u8]) -> Option<Record<Value, 3>> {
        decode(bytes)
    }
    "Record as Deserialize (register, borrowed)" => fn(
        bytes: &[u8]
    ) -> Option<Record<&[u8], 3>> {
        decode(bytes)
    }
}

//! Operations of membership.

use core::fmt::{self, Write};

use synod_failure_detect::Full;
use synod_failure_detect::membership::{
    Body, Broadcast, BroadcastError, Claim, ConfigError, MembershipConfig, News, OutputOf,
    ReceiveError, Standing,
};

use super::{Boards, BoardsMessage, Members};
use crate::{
    text::Buffer,
    wire::{decode, encode},
};

operations! {
    "MembershipConfig::new" => fn(
        cluster: u64, me: u16, generation: u32, seed: u64
    ) -> MembershipConfig<u16> {
        MembershipConfig::new(cluster, me, generation, seed)
    }
    "MembershipConfig::least_message" => fn(config: &MembershipConfig<u16>) -> usize {
        config.least_message::<Boards>()
    }
    "Membership::new" => fn(
        now_us: u64, config: MembershipConfig<u16>, metadata: [u8; 4]
    ) -> Result<Members, ConfigError> {
        Members::new(now_us, config, metadata)
    }
    "Membership::join" => fn(members: &mut Members, now_us: u64, seed: u16) -> Result<(), Full> {
        members.join(now_us, seed)
    }
    "Membership::leave" => fn(members: &mut Members) {
        members.leave();
    }
    "Membership::rejoin" => fn(members: &mut Members, now_us: u64) {
        members.rejoin(now_us);
    }
    "Membership::set_metadata" => fn(members: &mut Members, metadata: [u8; 4]) {
        members.set_metadata(metadata);
    }
    "Membership::broadcast" => fn(
        members: &mut Members, payload: u32
    ) -> Result<(), (BroadcastError, u32)> {
        members.broadcast(payload)
    }
    "Membership::handle_message" => fn(
        members: &mut Members, now_us: u64, from: u16, message: &BoardsMessage
    ) -> Result<(), ReceiveError> {
        members.handle_message(now_us, from, message)
    }
    "Membership::handle_timeout" => fn(members: &mut Members, now_us: u64) {
        members.handle_timeout(now_us);
    }
    "Membership::handle_pause" => fn(members: &mut Members, now_us: u64) {
        members.handle_pause(now_us);
    }
    "Membership::poll_timeout" => fn(members: &Members) -> Option<u64> {
        members.poll_timeout()
    }
    "Membership::poll_output" => fn(members: &mut Members) -> Option<OutputOf<Boards>> {
        members.poll_output()
    }
    "Membership::standing" => fn(members: &Members, id: u16) -> Option<Standing> {
        members.standing(id)
    }
    "Membership::metadata" => fn(members: &'static Members, id: u16) -> Option<&'static [u8; 4]> {
        members.metadata(id)
    }
    "Membership::iter" => fn(members: &Members) -> u16 {
        members.iter().fold(0, |all, (id, _)| all ^ id)
    }
    "Membership::len" => fn(members: &Members) -> usize {
        members.len()
    }
    "Membership::is_empty" => fn(members: &Members) -> bool {
        members.is_empty()
    }
    "Membership::generation" => fn(members: &Members) -> u32 {
        members.generation()
    }
    "Membership::slowness" => fn(members: &Members) -> u8 {
        members.slowness()
    }
    "Standing::is_member" => fn(standing: Standing) -> bool {
        standing.is_member()
    }
    "Message as Serialize" => fn(message: &BoardsMessage, buffer: &mut [u8]) -> Option<usize> {
        encode(message, buffer)
    }
    "Message as Deserialize" => fn(bytes: &[u8]) -> Option<BoardsMessage> {
        decode(bytes)
    }
    "Body as Serialize" => fn(body: &Body<u16>, buffer: &mut [u8]) -> Option<usize> {
        encode(body, buffer)
    }
    "Body as Deserialize" => fn(bytes: &[u8]) -> Option<Body<u16>> {
        decode(bytes)
    }
    "News as Serialize" => fn(news: &News<u16, [u8; 4]>, buffer: &mut [u8]) -> Option<usize> {
        encode(news, buffer)
    }
    "News as Deserialize" => fn(bytes: &[u8]) -> Option<News<u16, [u8; 4]>> {
        decode(bytes)
    }
    "Claim as Serialize" => fn(claim: &Claim<u16, [u8; 4]>, buffer: &mut [u8]) -> Option<usize> {
        encode(claim, buffer)
    }
    "Claim as Deserialize" => fn(bytes: &[u8]) -> Option<Claim<u16, [u8; 4]>> {
        decode(bytes)
    }
    "Broadcast as Serialize" => fn(
        broadcast: &Broadcast<u16, u32>, buffer: &mut [u8]
    ) -> Option<usize> {
        encode(broadcast, buffer)
    }
    "Broadcast as Deserialize" => fn(bytes: &[u8]) -> Option<Broadcast<u16, u32>> {
        decode(bytes)
    }
    "ConfigError as Display" => fn(error: ConfigError, buffer: &mut Buffer) -> fmt::Result {
        write!(buffer, "{error}")
    }
    "BroadcastError as Display" => fn(error: BroadcastError, buffer: &mut Buffer) -> fmt::Result {
        write!(buffer, "{error}")
    }
    "ReceiveError as Display" => fn(error: ReceiveError, buffer: &mut Buffer) -> fmt::Result {
        write!(buffer, "{error}")
    }
}

//! Operations of leases: the holder, the grantor, and what they say.

use core::fmt::{self, Write};

use synod_failure_detect::{
    FencedResource, FencingToken, GrantorConfig, GrantorOutput, LeaseBody, LeaseConfig,
    LeaseConfigError, LeaseMessage, LeaseOutput, Majority, ReplyError, RequestError, StaleToken,
    UnknownBound,
};

use super::{Granting, Holding};
use crate::{
    text::Buffer,
    wire::{decode, encode},
};

operations! {
    "Lease::new" => fn(config: LeaseConfig, grantors: Majority) -> Result<Holding, LeaseConfigError> {
        Holding::new(config, grantors)
    }
    "Lease::acquire" => fn(lease: &mut Holding, now_us: u64) {
        lease.acquire(now_us);
    }
    "Lease::release" => fn(lease: &mut Holding, now_us: u64) {
        lease.release(now_us);
    }
    "Lease::handle_message" => fn(
        lease: &mut Holding, now_us: u64, from: usize, message: LeaseMessage
    ) -> Result<(), ReplyError> {
        lease.handle_message(now_us, from, message)
    }
    "Lease::handle_timeout" => fn(lease: &mut Holding, now_us: u64) {
        lease.handle_timeout(now_us);
    }
    "Lease::poll_timeout" => fn(lease: &Holding) -> Option<u64> {
        lease.poll_timeout()
    }
    "Lease::poll_output" => fn(lease: &mut Holding) -> Option<LeaseOutput> {
        lease.poll_output()
    }
    "Lease::token_at" => fn(lease: &mut Holding, now_us: u64) -> Option<FencingToken> {
        lease.token_at(now_us)
    }
    "Lease::held_until_us" => fn(lease: &Holding) -> Option<u64> {
        lease.held_until_us()
    }
    "LeaseConfig::belief_us" => fn(config: &LeaseConfig) -> u64 {
        config.belief_us()
    }
    "Grantor::new" => fn(config: GrantorConfig) -> Granting {
        Granting::new(config)
    }
    "Grantor::recover" => fn(config: GrantorConfig, persisted: u64, now_us: u64) -> Granting {
        Granting::recover(now_us, config, persisted)
    }
    "Grantor::handle_message" => fn(
        grantor: &mut Granting, now_us: u64, from: u16, message: LeaseMessage
    ) -> Result<(), RequestError> {
        grantor.handle_message(now_us, from, message)
    }
    "Grantor::handle_persisted" => fn(
        grantor: &mut Granting, bound: u64
    ) -> Result<(), UnknownBound> {
        grantor.handle_persisted(bound)
    }
    "Grantor::poll_output" => fn(grantor: &mut Granting) -> Option<GrantorOutput<u16>> {
        grantor.poll_output()
    }
    "Grantor::pending" => fn(grantor: &Granting) -> Option<u64> {
        grantor.pending()
    }
    "Grantor::holder_at" => fn(grantor: &Granting, now_us: u64) -> Option<(u16, FencingToken)> {
        grantor.holder_at(now_us)
    }
    "FencingToken::new" => fn(number: u64) -> Option<FencingToken> {
        FencingToken::new(number)
    }
    "FencingToken::get" => fn(token: FencingToken) -> u64 {
        token.get()
    }
    "FencedResource::new" => fn() -> FencedResource {
        FencedResource::new()
    }
    "FencedResource::recover" => fn(highest: Option<FencingToken>) -> FencedResource {
        FencedResource::recover(highest)
    }
    "FencedResource::admit" => fn(
        resource: &mut FencedResource, token: FencingToken
    ) -> Result<(), StaleToken> {
        resource.admit(token)
    }
    "FencedResource::highest" => fn(resource: &FencedResource) -> Option<FencingToken> {
        resource.highest()
    }
    "LeaseMessage as Serialize" => fn(message: &LeaseMessage, buffer: &mut [u8]) -> Option<usize> {
        encode(message, buffer)
    }
    "LeaseMessage as Deserialize" => fn(bytes: &[u8]) -> Option<LeaseMessage> {
        decode(bytes)
    }
    "LeaseBody as Serialize" => fn(body: &LeaseBody, buffer: &mut [u8]) -> Option<usize> {
        encode(body, buffer)
    }
    "LeaseBody as Deserialize" => fn(bytes: &[u8]) -> Option<LeaseBody> {
        decode(bytes)
    }
    "FencingToken as Serialize" => fn(token: &FencingToken, buffer: &mut [u8]) -> Option<usize> {
        encode(token, buffer)
    }
    "FencingToken as Deserialize" => fn(bytes: &[u8]) -> Option<FencingToken> {
        decode(bytes)
    }
    "FencingToken as Display" => fn(token: FencingToken, buffer: &mut Buffer) -> fmt::Result {
        write!(buffer, "{token}")
    }
    "LeaseConfigError as Display" => fn(
        error: LeaseConfigError, buffer: &mut Buffer
    ) -> fmt::Result {
        write!(buffer, "{error}")
    }
    "RequestError as Display" => fn(error: RequestError, buffer: &mut Buffer) -> fmt::Result {
        write!(buffer, "{error}")
    }
    "ReplyError as Display" => fn(error: ReplyError, buffer: &mut Buffer) -> fmt::Result {
        write!(buffer, "{error}")
    }
    "StaleToken as Display" => fn(error: StaleToken, buffer: &mut Buffer) -> fmt::Result {
        write!(buffer, "{error}")
    }
}

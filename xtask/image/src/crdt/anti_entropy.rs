//! The anti-entropy machine and its messages.

use core::fmt::{self, Write};

use synod_crdt::{
    AntiEntropy, AntiEntropyConfig, AwSet, Body, Causal, CausalContext, ConfigError, Delta, Inline,
    Message, Output, ReceiveError,
};

use crate::{
    text::Buffer,
    wire::{decode, encode},
};

type Set = Causal<u16, AwSet<u16>, Inline<8>, Inline<16>>;
type Machine = AntiEntropy<u16, Inline<8>, Inline<4>, 6>;
type Received =
    Message<u16, CausalContext<u16, Inline<5>>, Causal<u16, AwSet<u16>, Inline<5>, Inline<9>>>;
type Sent = Message<u16, CausalContext<u16, Inline<8>>, Delta<'static, Set>>;
type ReceivedBody =
    Body<CausalContext<u16, Inline<5>>, Causal<u16, AwSet<u16>, Inline<5>, Inline<9>>>;
type SentBody = Body<CausalContext<u16, Inline<8>>, Delta<'static, Set>>;

operations! {
    "AntiEntropyConfig::least_message" => fn(config: &AntiEntropyConfig<u16>) -> usize {
        config.least_message()
    }
    "AntiEntropy::new" => fn(
        config: AntiEntropyConfig<u16>, peers: &[u16]
    ) -> Result<Machine, ConfigError> {
        AntiEntropy::new(config, peers)
    }
    "AntiEntropy::record" => fn(machine: &mut Machine, delta: &Delta<'static, Set>) {
        machine.record(delta);
    }
    "AntiEntropy::handle_message" => fn(
        machine: &mut Machine, now_us: u64, from: u16, message: &Received, set: &mut Set
    ) -> Result<bool, ReceiveError<u16>> {
        machine.handle_message(now_us, from, message, set)
    }
    "AntiEntropy::handle_timeout" => fn(machine: &mut Machine, now_us: u64) {
        machine.handle_timeout(now_us);
    }
    "AntiEntropy::poll_timeout" => fn(machine: &Machine) -> Option<u64> {
        machine.poll_timeout()
    }
    "AntiEntropy::poll_output" => fn(
        machine: &mut Machine, set: &'static Set
    ) -> Option<Output<'static, Set>> {
        machine.poll_output(set)
    }
    "AntiEntropy::stable" => fn(machine: &Machine, set: &Set) -> CausalContext<u16, Inline<8>> {
        machine.stable(set)
    }
    "AntiEntropy::has_recovered" => fn(machine: &Machine, set: &Set) -> bool {
        machine.has_recovered(set)
    }
    "AntiEntropy::is_idle" => fn(machine: &Machine) -> bool {
        machine.is_idle()
    }
    "Message as Serialize" => fn(message: &Sent, buffer: &mut [u8]) -> Option<usize> {
        encode(message, buffer)
    }
    "Message as Deserialize" => fn(bytes: &[u8]) -> Option<Received> {
        decode(bytes)
    }
    "Body as Serialize" => fn(body: &SentBody, buffer: &mut [u8]) -> Option<usize> {
        encode(body, buffer)
    }
    "Body as Deserialize" => fn(bytes: &[u8]) -> Option<ReceivedBody> {
        decode(bytes)
    }
    "ConfigError as Display" => fn(error: &ConfigError, buffer: &mut Buffer) -> fmt::Result {
        write!(buffer, "{error}")
    }
    "ReceiveError as Display" => fn(error: &ReceiveError<u16>, buffer: &mut Buffer) -> fmt::Result {
        write!(buffer, "{error}")
    }
}

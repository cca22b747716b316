//! A value that is agreed on again and again. What members say and write is in the module.

pub mod host;
mod values;

use synod_consensus_core::{
    Ballot, Canonical, NodeId, UnknownWrite,
    register::{
        Cancelled, Change, ChangeError, Config, ConfigError, Effect, Membership, Message,
        MessageError, Output, ReadError, ReadToken, ReconfigureError, Record, Register, State,
        Update,
    },
};

use super::members::Value;
use crate::dropped::Dropped;

/// Three members that hold a setting.
pub type Keeping = Register<Update<Value>, 3>;
/// Up to seven, whose value is dropped one by one.
type Dropping = Register<Update<Dropped>, 7>;
/// As many as there can be, and a change of their own.
type Counting = Register<Add, 64>;

/// Adds to a count, as long as it can.
#[derive(Clone, Copy)]
pub struct Add(u32);

impl Change for Add {
    type Value = u32;

    fn apply(&self, count: Option<&u32>, _: Option<Ballot>) -> Effect<u32> {
        count.unwrap_or(&0).checked_add(self.0).map_or(Effect::Keep, Effect::Put)
    }
}

operations! {
    "Register::bootstrap" => fn(
        config: Config, members: Membership<3>, floor: Option<Ballot>, now_us: u64
    ) -> Result<Keeping, ConfigError> {
        Keeping::bootstrap(config, members, floor, now_us)
    }
    "Register::join" => fn(
        config: Config, floor: Option<Ballot>, now_us: u64
    ) -> Result<Keeping, ConfigError> {
        Keeping::join(config, floor, now_us)
    }
    "Register::join (64)" => fn(
        config: Config, floor: Option<Ballot>, now_us: u64
    ) -> Result<Counting, ConfigError> {
        Counting::join(config, floor, now_us)
    }
    "Register::recover" => fn(
        config: Config, record: Record<Value, 3>, now_us: u64
    ) -> Result<Keeping, ConfigError> {
        Keeping::recover(config, record, now_us)
    }
    "Register::recover (dropping)" => fn(
        config: Config, record: Record<Dropped, 7>, now_us: u64
    ) -> Result<Dropping, ConfigError> {
        Dropping::recover(config, record, now_us)
    }
    "Register::handle_message" => fn(
        register: &mut Keeping, now_us: u64, from: NodeId, message: Message<Value, 3>
    ) -> Result<(), MessageError> {
        register.handle_message(now_us, from, message)
    }
    "Register::handle_message (dropping)" => fn(
        register: &mut Dropping, now_us: u64, from: NodeId, message: Message<Dropped, 7>
    ) -> Result<(), MessageError> {
        register.handle_message(now_us, from, message)
    }
    "Register::handle_message (64)" => fn(
        register: &mut Counting, now_us: u64, from: NodeId, message: Message<u32, 64>
    ) -> Result<(), MessageError> {
        register.handle_message(now_us, from, message)
    }
    "Register::handle_timeout" => fn(register: &mut Keeping, now_us: u64) {
        register.handle_timeout(now_us);
    }
    "Register::handle_timeout (64)" => fn(register: &mut Counting, now_us: u64) {
        register.handle_timeout(now_us);
    }
    "Register::poll_timeout" => fn(register: &Keeping) -> Option<u64> {
        register.poll_timeout()
    }
    "Register::handle_persisted" => fn(register: &mut Keeping, id: u64) -> Result<(), UnknownWrite> {
        register.handle_persisted(id)
    }
    "Register::handle_persisted (dropping)" => fn(
        register: &mut Dropping, id: u64
    ) -> Result<(), UnknownWrite> {
        register.handle_persisted(id)
    }
    "Register::poll_output" => fn(register: &mut Keeping) -> Option<Output<'_, Value, 3>> {
        register.poll_output()
    }
    "Register::poll_output (dropping)" => fn(
        register: &mut Dropping
    ) -> Option<Output<'_, Dropped, 7>> {
        register.poll_output()
    }
    "Register::poll_output (64)" => fn(register: &mut Counting) -> Option<Output<'_, u32, 64>> {
        register.poll_output()
    }
}

operations! {
    "Register::change" => fn(
        register: &mut Keeping, now_us: u64, change: Update<Value>
    ) -> Result<(), (ChangeError, Update<Value>)> {
        register.change(now_us, change)
    }
    "Register::change (dropping)" => fn(
        register: &mut Dropping, now_us: u64, change: Update<Dropped>
    ) -> Result<(), (ChangeError, Update<Dropped>)> {
        register.change(now_us, change)
    }
    "Register::reconfigure" => fn(
        register: &mut Keeping, now_us: u64, members: &[NodeId]
    ) -> Result<(), ReconfigureError> {
        register.reconfigure(now_us, members)
    }
    "Register::reconfigure (64)" => fn(
        register: &mut Counting, now_us: u64, members: &[NodeId]
    ) -> Result<(), ReconfigureError> {
        register.reconfigure(now_us, members)
    }
    "Register::forget" => fn(register: &mut Keeping, now_us: u64) -> Result<(), ChangeError> {
        register.forget(now_us)
    }
    "Register::forget (dropping)" => fn(
        register: &mut Dropping, now_us: u64
    ) -> Result<(), ChangeError> {
        register.forget(now_us)
    }
    "Register::read" => fn(register: &mut Keeping, now_us: u64) -> Result<ReadToken, ReadError> {
        register.read(now_us)
    }
    "Register::cancel" => fn(register: &mut Keeping) -> Option<Cancelled> {
        register.cancel()
    }
    "Register::cancel (dropping)" => fn(register: &mut Dropping) -> Option<Cancelled> {
        register.cancel()
    }
    "Register::latest" => fn(register: &Keeping) -> &State<Value, 3> {
        register.latest()
    }
    "Register::is_busy" => fn(register: &Keeping) -> bool {
        register.is_busy()
    }
    "Register::canonical" => fn(register: &Dropping) -> Canonical<Dropping> {
        register.canonical()
    }
    "Update as Change" => fn(
        update: &Update<Value>, value: Option<&Value>, version: Option<Ballot>
    ) -> Effect<Value> {
        update.apply(value, version)
    }
    "Update as Change (dropping)" => fn(
        update: &Update<Dropped>, value: Option<&Dropped>, version: Option<Ballot>
    ) -> Effect<Dropped> {
        update.apply(value, version)
    }
}

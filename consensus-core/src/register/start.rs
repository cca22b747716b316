//! How a member begins.

use synod_quorum::NodeSet;

use super::{
    Accepted, Change, Membership, Record, Register, State,
    machine::{Marks, Phase},
    owed::Owed,
    reads::Reads,
};
use crate::{
    Ballot,
    back_off::BackOff,
    config::{Config, ConfigError},
    one_write::OneWrite,
};

impl<C: Change, const N: usize> Register<C, N> {
    /// A member of a new register, which has no value yet: every member begins so, once, with the
    /// same members. Among its first outputs is a write: a node whose disk has it must
    /// [`recover`](Self::recover) ever after. That this is the first start, an operator says: an
    /// empty disk is no proof of it.
    ///
    /// A node that is none of the members waits until they take it in, as after [`join`](Self::join).
    ///
    /// `floor` is the highest of those that came with [`Output::Forget`](super::Output::Forget) on
    /// this node, if it has ever forgotten a register of this instance.
    ///
    /// # Errors
    ///
    /// [`ConfigError`].
    pub fn bootstrap(
        config: Config,
        members: Membership<N>,
        floor: Option<Ballot>,
        now_us: u64,
    ) -> Result<Self, ConfigError> {
        let state = State { version: None, value: None, members };
        let record = Record { promised: floor, accepted: Accepted { ballot: None, state } };
        let mut register = Self::recover(config, record, now_us)?;
        register.durable = Marks { promised: None, accepted: None };
        register.write.touch();
        Ok(register)
    }

    /// A node that is to become a member of a register that is there: it waits until a member
    /// [asks for it](Self::reconfigure). It begins so once, as with [`bootstrap`](Self::bootstrap).
    ///
    /// # Errors
    ///
    /// [`ConfigError`].
    pub fn join(config: Config, floor: Option<Ballot>, now_us: u64) -> Result<Self, ConfigError> {
        Self::bootstrap(config, Membership::NOBODY, floor, now_us)
    }

    /// A member after a restart, with the record that was written last.
    ///
    /// # Errors
    ///
    /// [`ConfigError`].
    pub fn recover(
        config: Config,
        record: Record<C::Value, N>,
        now_us: u64,
    ) -> Result<Self, ConfigError> {
        config.check()?;
        let marks = Marks { promised: record.promised, accepted: record.accepted.ballot };
        Ok(Self {
            instance: config.instance,
            id: config.id,
            timeout_us: config.timeout_us,
            back_off: BackOff::new(config.seed, config.id),
            now_us,
            deadline_us: 0,
            view: record.accepted.state.members,
            record,
            write: OneWrite::new(),
            polled: marks,
            durable: marks,
            owed: Owed::default(),
            task: None,
            phase: Phase::Idle,
            ballot: None,
            attempted: None,
            made: None,
            overtaken: false,
            chosen: None,
            found: None,
            beaten: 0,
            granted: NodeSet::new(),
            rejected: NodeSet::new(),
            asks: NodeSet::new(),
            reads: Reads::default(),
        })
    }
}

//! What is replicated: a few registers.

use synod_consensus_core::raft::LogId;

use crate::trace::Trace;

/// How many registers there are.
pub(super) const REGISTERS: usize = 4;

/// What an entry does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Action {
    /// Nothing: a leader's first entry.
    #[default]
    Blank,
    /// Nothing, but it has a payload.
    Filler,
    /// Writes the operation's number.
    Write,
    /// Writes the operation's number, if the register has what is expected.
    CompareAndSet,
    /// Nothing, and the log ends.
    Stop,
}

/// The payload of an entry. The number of its operation is unique, and is what it writes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Command {
    /// The number of the operation; 0 for blanks.
    pub(super) operation: u32,
    /// What the register is expected to have.
    pub(super) expected: u32,
    /// The size that it pretends to have.
    pub(super) bytes: u32,
    /// Which register.
    pub(super) register: u8,
    /// What to do with it.
    pub(super) action: Action,
}

impl Command {
    /// One word that stands for all of it.
    const fn word(self) -> u64 {
        ((self.operation as u64) << 32) ^ ((self.register as u64) << 24) ^ self.expected as u64
    }
}

/// An entry of a log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Entry {
    /// Its term.
    pub(super) term: u64,
    /// Its payload.
    pub(super) command: Command,
}

/// The replicated state: also what a snapshot has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct State {
    /// The last entry that was applied.
    pub(super) last: LogId,
    /// What each register has.
    pub(super) registers: [u32; REGISTERS],
    /// A hash of all that was applied.
    pub(super) hash: u64,
}

impl State {
    /// Before the entry behind `last`.
    #[must_use]
    pub(super) fn new(last: LogId) -> Self {
        Self { last, registers: [0; REGISTERS], hash: Trace::default().hash() }
    }

    /// Applies the next entry. Gives what the register had.
    pub(super) fn apply(&mut self, entry: Entry) -> u32 {
        let Entry { term, command } = entry;
        self.last = LogId { term, index: self.last.index + 1 };
        self.hash = next_hash(self.hash, entry);
        let register = &mut self.registers[usize::from(command.register) % REGISTERS];
        let before = *register;
        match command.action {
            Action::Write => *register = command.operation,
            Action::CompareAndSet if before == command.expected => *register = command.operation,
            _ => {}
        }
        before
    }
}

/// The hash of a state after another entry.
#[must_use]
pub(super) const fn next_hash(hash: u64, entry: Entry) -> u64 {
    let mixed = (hash ^ entry.term ^ entry.command.word()).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed ^ (mixed >> 31)
}

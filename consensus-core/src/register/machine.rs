//! The state of a register.

use synod_quorum::NodeSet;

use super::{Accepted, Change, Membership, Record, State, owed::Owed, reads::Reads, task::Task};
use crate::{
    Ballot, Instance, NodeId, UnknownWrite, back_off::BackOff, ballot::order, one_write::OneWrite,
};

/// One member's part of a register: a value that all members agree on, and change one after the
/// other, without a log and without a leader.
///
/// Any member may change or read it. Changes go by consensus on each new value, so there is nothing
/// to compact and nothing to elect: what is kept is one state, on disk and in memory. `N` is how
/// many members there may be, up to 64; while they change, those before and those after.
///
/// It keeps up to two values, the one that it has accepted and one that it has found with others, and
/// the change that is under way.
///
/// [The module](super) has the contract of its host. No call panics, unless the change does. All are
/// O(`N`) and the change, where members change O(`N`²), apart from comparing two values where a
/// message comes twice.
///
/// Source: Rystsov, "CASPaxos: Replicated State Machines without logs", 2018.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[repr(C)] // what is small is first, where the smallest cores reach it in one step
pub struct Register<C: Change, const N: usize> {
    pub(super) phase: Phase,
    /// Another's change, made after the task was first proposed, was accepted here since; or the
    /// register may have been forgotten.
    pub(super) overtaken: bool,
    pub(super) now_us: u64,
    pub(super) deadline_us: u64,
    /// Those who are yet to be asked.
    pub(super) asks: NodeSet,
    /// Of whom: those who have granted what is asked for.
    pub(super) granted: NodeSet,
    /// Those who have promised more.
    pub(super) rejected: NodeSet,
    /// Under which it proposes, or has proposed last.
    pub(super) ballot: Option<Ballot>,
    /// Under which it has last seen its own proposal chosen.
    pub(super) chosen: Option<Ballot>,
    /// Under which the task was first proposed.
    pub(super) attempted: Option<Ballot>,
    /// The version that the task has made, if what it proposes is chosen.
    pub(super) made: Option<Ballot>,
    /// The ballots of the record that was polled last.
    pub(super) polled: Marks,
    /// Those of the record that is on the disk.
    pub(super) durable: Marks,
    pub(super) write: OneWrite,
    pub(super) owed: Owed,
    /// The highest round under which it was rejected.
    pub(super) beaten: u64,
    pub(super) reads: Reads,
    pub(super) id: NodeId,
    pub(super) instance: Instance,
    pub(super) timeout_us: u64,
    pub(super) back_off: BackOff,
    /// Who is asked, and counts.
    pub(super) view: Membership<N>,
    pub(super) record: Record<C::Value, N>,
    /// What others have told with their promises, if it is higher than what is in the record.
    pub(super) found: Option<Accepted<C::Value, N>>,
    pub(super) task: Option<Task<C, N>>,
}

/// The ballots of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Marks {
    pub(super) promised: Option<Ballot>,
    pub(super) accepted: Option<Ballot>,
}

/// What a member does on its own account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Phase {
    /// Nothing, unless there is something to begin with.
    Idle,
    /// It asks for promises.
    Preparing,
    /// It asks to accept its state, of which, once it is chosen, this has become of the task.
    Accepting(Step),
    /// It was beaten, and leaves others alone for a while.
    Waiting,
    /// It asks whether others hold what it holds.
    Querying,
    /// All members know that there is no value, which is yet to be told: to the others, if it was
    /// this node's wish, and to the host.
    Forgetting,
    /// The task is at its end, which is yet to be told.
    Ended(End),
}

/// What becomes of the task with what is proposed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Step {
    /// More is to be done, or nothing was.
    Onward,
    /// It is at its end.
    End(End),
    /// All that is left is to forget.
    Forget,
}

/// How a task ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum End {
    /// The value was changed, and has the version that the task has made.
    Changed,
    Kept,
    Reconfigured,
    Unknown,
    Exhausted,
}

impl<C: Change, const N: usize> Register<C, N> {
    /// A write is durable.
    ///
    /// # Errors
    ///
    /// [`UnknownWrite`].
    pub fn handle_persisted(&mut self, id: u64) -> Result<(), UnknownWrite> {
        self.write.report(id)?;
        self.durable = self.polled;
        self.count_own();
        Ok(())
    }

    /// Goes on with what had no answer, if the deadline has passed. Calls that are late or early are
    /// harmless.
    pub fn handle_timeout(&mut self, now_us: u64) {
        self.advance_clock(now_us);
        if self.now_us < self.deadline_us {
            return;
        }
        match self.phase {
            Phase::Waiting => self.prepare(),
            Phase::Preparing | Phase::Accepting(_) | Phase::Querying
                if !self.rejected.is_empty() =>
            {
                self.prepare();
            }
            // What it proposed has been replaced by another proposal.
            Phase::Accepting(_) if !self.holds_own() => self.prepare(),
            Phase::Preparing | Phase::Accepting(_) | Phase::Querying => self.ask(self.granted),
            Phase::Idle | Phase::Forgetting | Phase::Ended(_) => {}
        }
    }

    /// When to call [`handle_timeout`](Self::handle_timeout); `None` while nothing is under way.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<u64> {
        match self.phase {
            Phase::Idle | Phase::Forgetting | Phase::Ended(_) => None,
            _ => Some(self.deadline_us),
        }
    }

    /// What this member has accepted last: as a rule what the register holds, but it may be an
    /// earlier state, or one that is not chosen and will not be. A [`read`](Self::read) tells.
    #[must_use]
    pub const fn latest(&self) -> &State<C::Value, N> {
        &self.record.accepted.state
    }

    /// Whether something is under way that this node was asked to do.
    #[must_use]
    pub const fn is_busy(&self) -> bool {
        self.task.is_some()
    }

    /// Time goes on, never back.
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))] // flash is dearer than time
    pub(super) fn advance_clock(&mut self, now_us: u64) {
        self.now_us = self.now_us.max(now_us);
    }

    /// Asks all but these and itself.
    pub(super) fn ask(&mut self, granted: NodeSet) {
        self.asks = self.view.all() - granted;
        if let Some(me) = self.view.place(self.id) {
            self.asks.remove(me);
        }
        self.deadline_us = self.now_us.saturating_add(self.timeout_us);
    }

    /// Whether what it has accepted last is what it has proposed last.
    pub(super) fn holds_own(&self) -> bool {
        order(&self.record.accepted.ballot, &self.ballot).is_eq()
    }

    /// Whether the outputs of the call before, which lend the state, were drained.
    pub(super) const fn is_drained(&self) -> bool {
        !self.reads.is_ready() && !matches!(self.phase, Phase::Ended(End::Kept))
    }
}

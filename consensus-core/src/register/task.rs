//! What a member was asked to do.

use synod_quorum::NodeSet;

use super::{
    Change, ChangeError, Membership, ReadError, ReadToken, ReconfigureError, Register,
    machine::{End, Phase, Step},
};
use crate::NodeId;

/// What is under way.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Task<C, const N: usize> {
    /// To change the value.
    Change(C),
    /// To have these members; once that is proposed, on the way from those before to these.
    Reconfigure(Membership<N>),
    /// To forget that there was a value.
    Forget,
}

/// What was [cancelled](Register::cancel).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Cancelled {
    /// It was never proposed to anyone, and will not be.
    NeverProposed,
    /// It may have been made, or may yet be: a state that is read later tells.
    Unknown,
}

impl<C: Change, const N: usize> Register<C, N> {
    /// Changes the value: what becomes of it is told by an
    /// [`Outcome`](super::Outcome). One change of a node is under way at a time.
    ///
    /// If it was the last that has changed the register, it takes one round trip to a majority;
    /// else two.
    ///
    /// ```
    /// # use synod_consensus_core::{Instance, NodeId, register::*};
    /// # let config = Config::new(Instance { cluster: 7, number: 1 }, NodeId(1), 42);
    /// # let mut register = Register::<_, 3>::bootstrap(
    /// #     config, Membership::new(&[NodeId(1)])?, None, 0)?;
    /// register.change(0, Update::Put(7)).map_err(|(error, _)| error)?;
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ChangeError`], and the change.
    pub fn change(&mut self, now_us: u64, change: C) -> Result<(), (ChangeError, C)> {
        if let Err(error) = self.check() {
            return Err((error, change));
        }
        self.begin(now_us, Task::Change(change));
        Ok(())
    }

    /// Changes who the members are, in two steps: first a majority of those before and one of those
    /// after are needed, then those after are the members. Those who join are started with
    /// [`join`](Self::join) first; those who leave may be stopped once this is
    /// [told](super::Outcome::Reconfigured) to be done and those who stay [know](Self::latest) it, and
    /// must be before the register is [forgotten](Self::forget). If this node fails in between, both
    /// majorities are needed until a member changes the value, or asks for members again.
    ///
    /// # Errors
    ///
    /// [`ReconfigureError`].
    pub fn reconfigure(&mut self, now_us: u64, members: &[NodeId]) -> Result<(), ReconfigureError> {
        let after = Membership::new(members)?;
        self.check()?;
        let before = &self.record.accepted.state.members;
        if !before.is_changing() {
            before.toward(&after)?;
        }
        self.begin(now_us, Task::Reconfigure(after));
        Ok(())
    }

    /// Forgets a register without a value: when all its members, and not only a majority, know that
    /// there is none, each is [told](super::Output::Forget) to drop it; that is how the wish ends, it
    /// has no outcome then. A member that this does not reach any more keeps a record of nothing,
    /// which does no harm.
    ///
    /// A register that has a value is [kept](super::Outcome::Kept): delete it first.
    ///
    /// # Errors
    ///
    /// [`ChangeError`].
    pub fn forget(&mut self, now_us: u64) -> Result<(), ChangeError> {
        self.check()?;
        self.begin(now_us, Task::Forget);
        Ok(())
    }

    /// Asks what the register holds: [`Output::Read`](super::Output::Read) will tell, with this
    /// token or a later one. Reads that wait share a round.
    ///
    /// If a majority holds the same as this node, that takes one round trip, and nothing is
    /// written. Else, and where it is the first thing that this node does since its start, it
    /// proposes what it finds, which takes two and is written. A read that needs a proposal when no
    /// ballot is left is not answered.
    ///
    /// # Errors
    ///
    /// [`ReadError`].
    pub fn read(&mut self, now_us: u64) -> Result<ReadToken, ReadError> {
        if !self.is_member() {
            return Err(ReadError::NotMember);
        }
        let token = self.reads.add().ok_or(ReadError::Exhausted)?;
        self.advance_clock(now_us);
        if self.phase == Phase::Accepting(Step::Forget) {
            // That may wait for long for the last one. It is proposed anew, with this read.
            self.phase = Phase::Idle;
        }
        Ok(token)
    }

    /// Gives up what is under way, as when it takes too long: nothing more is done about it, and
    /// its outcome will not be told. `None` if nothing is, or its outcome waits to be polled.
    pub fn cancel(&mut self) -> Option<Cancelled> {
        if matches!(self.phase, Phase::Ended(_)) || !self.is_busy() {
            return None;
        }
        self.task = None;
        self.phase = Phase::Idle;
        self.asks = NodeSet::new();
        Some(match self.attempted.take() {
            None => Cancelled::NeverProposed,
            Some(_) => Cancelled::Unknown,
        })
    }

    fn begin(&mut self, now_us: u64, task: Task<C, N>) {
        self.advance_clock(now_us);
        self.task = Some(task);
        self.attempted = None;
        self.overtaken = false;
        // Reads that wait are answered by what it proposes.
        if self.phase == Phase::Querying {
            self.phase = Phase::Idle;
        }
    }

    /// Whether something may begin.
    fn check(&self) -> Result<(), ChangeError> {
        if !self.is_member() {
            return Err(ChangeError::NotMember);
        }
        let busy = self.is_busy() || self.phase == Phase::Forgetting;
        if busy { Err(ChangeError::Busy) } else { Ok(()) }
    }

    fn is_member(&self) -> bool {
        self.record.accepted.state.members.contains(self.id)
    }

    /// The task is at its end.
    pub(super) const fn end(&mut self, end: End) {
        self.phase = Phase::Ended(end);
    }
}

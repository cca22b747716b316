//! A node: the core, and the host that keeps its contract.

use alloc::{boxed::Box, collections::VecDeque};

use synod_consensus_core::{
    Members, NodeId,
    raft::{
        Config, HardState, Leadership, LogId, Raft, ReadToken, Recovered, Role, StartError, Status,
    },
};

use super::{
    durable::Durable,
    entry::State,
    log::Log,
    rule::Rule,
    settings::Scale,
    tape::{self, Tape},
};
use crate::recording::{Event, Start};

/// A proposal whose fate is open.
#[derive(Clone, Copy, Debug)]
pub(super) struct Proposal {
    pub(super) at: LogId,
    pub(super) operation: u32,
}

/// A read that waits for its token.
#[derive(Clone, Copy, Debug)]
pub(super) struct Read {
    pub(super) token: ReadToken,
    pub(super) operation: u32,
    /// What was committed anywhere when it began, which it must see.
    pub(super) must_see: u64,
}

/// A voter and its host.
#[derive(Debug)]
pub(super) struct Node<const V: usize, const W: usize, E: Rule> {
    /// Nobody's, where its machine has none of its configuration.
    pub(super) id: NodeId,
    /// `None` while its process is down.
    pub(super) raft: Option<Raft<V, W, E>>,
    pub(super) log: Log,
    pub(super) state: State,
    /// What the log begins behind.
    pub(super) snapshot: State,
    pub(super) durable: Durable,
    /// What is to be applied.
    pub(super) released: u64,
    /// An apply is under way.
    pub(super) applying: bool,
    /// A snapshot of its own is on its way to the disk.
    pub(super) compacting: bool,
    /// What it is to begin with is on its way to the disk.
    pub(super) beginning: bool,
    /// The last write that is durable, if it was not reported.
    pub(super) unreported: Option<u64>,
    pub(super) reported: u64,
    pub(super) proposals: VecDeque<Proposal>,
    /// Proposals that are committed and wait to be applied.
    pub(super) answers: VecDeque<Proposal>,
    pub(super) reads: VecDeque<Read>,
    /// The status after the last call.
    pub(super) before: Option<Status>,
    /// What it was before that.
    pub(super) was: Option<Leadership>,
    /// Where all that happens to it is recorded, if it is.
    pub(super) tape: Option<Box<Tape>>,
}

/// The id of a node on a machine, which is a member from this configuration on.
pub(super) const fn id(place: usize, era: usize) -> NodeId {
    NodeId((era * 64 + place) as u64 + 1)
}

/// The machine of a node.
#[allow(clippy::cast_possible_truncation)] // there are few
pub(super) const fn place(id: NodeId) -> usize {
    (id.0 as usize - 1) % 64
}

impl<const V: usize, const W: usize, E: Rule> Node<V, W, E> {
    /// A node that is not up yet, of a configuration that begins with this state.
    pub(super) fn new(
        id: NodeId,
        scale: &Scale,
        hard_state: Option<HardState>,
        state: State,
    ) -> Self {
        Self {
            id,
            raft: None,
            log: Log::new(state.last, scale.capacity),
            state,
            snapshot: state,
            durable: Durable::new(hard_state, state),
            released: 0,
            applying: false,
            compacting: false,
            beginning: false,
            unreported: None,
            reported: 0,
            proposals: VecDeque::new(),
            answers: VecDeque::new(),
            reads: VecDeque::new(),
            before: None,
            was: None,
            tape: None,
        }
    }

    /// Starts the process with what is on the disk.
    pub(super) fn start(
        &mut self,
        config: Config,
        voters: Members<V, E::System>,
        now_us: u64,
    ) -> Result<(), StartError> {
        self.log.copy_from(&self.durable.log);
        self.state = self.durable.latest_state();
        self.snapshot = self.durable.snapshot;
        let applied = self.state.last.index;
        let recovered = self.durable.hard_state.map(|hard_state| Recovered { hard_state, applied });
        let raft = match recovered {
            Some(recovered) => Raft::recover_with(config, voters, now_us, recovered, &self.log)?,
            None => Raft::bootstrap_with(config, voters, now_us, &self.log)?,
        };
        if let Some(tape) = &mut self.tape {
            tape.log(&self.log);
        }
        tape::happen(&mut self.tape, Event::Start(Start::new(now_us, &config, recovered)), ());
        self.before = Some(raft.status());
        self.released = self.state.last.index;
        self.raft = Some(raft);
        Ok(())
    }

    /// The process is gone, and all that was in memory.
    pub(super) fn stop(&mut self) {
        self.raft = None;
        self.applying = false;
        self.compacting = false;
        self.beginning = false;
        self.unreported = None;
        self.reported = 0;
        self.proposals.clear();
        self.answers.clear();
        self.reads.clear();
        self.before = None;
    }

    /// Whether it leads.
    pub(super) fn leads(&self) -> bool {
        let role = self.before.map(|status| status.leadership.role);
        self.raft.is_some() && role == Some(Role::Leader)
    }

    /// A snapshot of its own is durable: the log goes on behind it. Gives whether it is later
    /// than the one before.
    pub(super) fn compact(&mut self, state: State) -> bool {
        self.compacting = false;
        let later = state.last.index > self.snapshot.last.index;
        if later {
            self.snapshot = state;
            self.log.compact(state.last);
            tape::happen(&mut self.tape, Event::Compact(state.last.index), ());
        }
        later
    }
}

//! A proposer and its disk.

use synod_consensus_core::{
    Members, NodeId,
    paxos::{Body, Config, Message, Phase, Proposer, ProposerOutput},
};
use synod_quorum::{Flexible, Threshold};

use super::{oracle::Oracle, wire::Wire};
use crate::consensus_core::wire::INSTANCE;

/// The acceptors, with room for one more.
pub(super) type Acceptors = Members<4, Flexible<Threshold>>;

/// The rounds that it has reserved, and what it has told in this life.
#[derive(Debug)]
pub(super) struct Candidate {
    pub(super) id: NodeId,
    proposer: Proposer<u8, 4, Flexible<Threshold>>,
    acceptors: Acceptors,
    timeout_us: u64,
    disk: u64,
    write: Option<(u64, u64)>,
    last_write: u64,
    /// What an earlier life may have used ends here.
    floor: u64,
    /// The latest time that it believed.
    clock_us: u64,
    pub(super) told: Option<u8>,
    is_exhausted: bool,
}

impl Candidate {
    pub(super) fn new(id: NodeId, acceptors: Acceptors, timeout_us: u64, value: u8) -> Self {
        let config = Config { timeout_us, ..Config::new(INSTANCE, id, 0) };
        let proposer = Proposer::bootstrap(config, acceptors, 0, value);
        Self {
            id,
            proposer: proposer.expect("a timeout"),
            acceptors,
            timeout_us,
            disk: 0,
            write: None,
            last_write: 0,
            floor: 0,
            clock_us: 0,
            told: None,
            is_exhausted: false,
        }
    }

    pub(super) fn deadline_us(&self) -> Option<u64> {
        self.proposer.poll_timeout()
    }

    /// Hands a message over. Gives whether it was taken, and whether that changed anything.
    pub(super) fn hear(&mut self, now_us: u64, from: NodeId, message: Message<u8>) -> (bool, bool) {
        let before = self.proposer.clone();
        let taken = self.proposer.handle_message(now_us, from, message).is_ok();
        let changed = self.proposer.canonical() != before.canonical();
        if taken {
            self.clock_us = self.clock_us.max(now_us);
        } else {
            assert_eq!(self.proposer, before, "a refusal leaves no trace");
        }
        let deadline_us = self.deadline_us();
        if deadline_us.is_some() && deadline_us != before.poll_timeout() {
            let latest_us = self.clock_us.saturating_add(self.timeout_us.saturating_mul(64));
            assert!(deadline_us >= Some(self.clock_us) && deadline_us <= Some(latest_us));
        }
        (taken, changed)
    }

    /// The time comes, or another one.
    pub(super) fn time(&mut self, now_us: u64) {
        let (before, deadline_us) = (self.proposer.canonical(), self.deadline_us());
        self.clock_us = self.clock_us.max(now_us);
        self.proposer.handle_timeout(now_us);
        if deadline_us.is_none_or(|deadline_us| self.clock_us < deadline_us) {
            assert_eq!((self.proposer.canonical(), self.deadline_us()), (before, deadline_us));
        } else if self.proposer.phase() != Phase::Exhausted {
            assert!(matches!(self.proposer.phase(), Phase::Preparing | Phase::Accepting));
            let next_us = self.clock_us.saturating_add(self.timeout_us);
            assert_eq!(self.deadline_us(), Some(next_us));
        }
    }

    /// The write that is on its way is durable.
    pub(super) fn persist(&mut self) {
        if let Some((id, reserved)) = self.write.take() {
            self.disk = reserved;
            self.proposer.handle_persisted(id).expect("a write that was polled");
        }
    }

    /// Reports a write that is not on its way.
    pub(super) fn report(&mut self, id: u64) {
        if self.write.is_none_or(|(outstanding, _)| outstanding != id) {
            let before = self.proposer.clone();
            assert!(self.proposer.handle_persisted(id).is_err());
            assert_eq!(self.proposer, before);
        }
    }

    /// The power fails, after the write or before it, and it starts again with another value.
    pub(super) fn crash(&mut self, written: bool, now_us: u64, value: u8) {
        if let Some((_, reserved)) = self.write.take().filter(|_| written) {
            self.disk = reserved;
        }
        let seed = now_us ^ self.last_write;
        let config = Config { timeout_us: self.timeout_us, ..Config::new(INSTANCE, self.id, seed) };
        let proposer = Proposer::recover(config, self.acceptors, now_us, self.disk, value);
        self.proposer = proposer.expect("the same setting");
        self.floor = self.disk;
        self.clock_us = now_us;
        (self.last_write, self.told, self.is_exhausted) = (0, None, false);
    }

    /// Does what the proposer says, and checks that it may say so.
    pub(super) fn drain(&mut self, wire: &mut Wire, oracle: &mut Oracle) {
        let was_told = self.told.is_some();
        for _ in 0..=5 {
            let Some(output) = self.proposer.poll_output() else {
                self.check();
                return;
            };
            match output {
                ProposerOutput::Write { id, reserved } => {
                    assert!(self.write.is_none(), "one at a time");
                    assert_eq!(id, self.last_write + 1);
                    assert!(reserved > self.disk);
                    self.last_write = id;
                    self.write = Some((id, reserved));
                }
                ProposerOutput::Send { to, message } => {
                    let message = message.cloned();
                    assert!(!was_told && self.acceptors.as_slice().contains(&to));
                    self.check_message(&message, oracle);
                    wire.send(self.id, to, message);
                }
                ProposerOutput::Chosen(&value) => {
                    assert_eq!(self.told.replace(value), None, "told once");
                    oracle.tell(value);
                }
                ProposerOutput::Exhausted => {
                    assert!(!core::mem::replace(&mut self.is_exhausted, true), "told once");
                }
            }
        }
        panic!("there is no end to what it wants");
    }

    /// Nothing is said under a ballot whose round is not reserved, or was used in an earlier life.
    fn check_message(&self, message: &Message<u8>, oracle: &mut Oracle) {
        let (ballot, phase) = match message.body {
            Body::Prepare { ballot } => (ballot, Phase::Preparing),
            Body::Accept(proposal) => {
                oracle.propose(proposal);
                (proposal.ballot, Phase::Accepting)
            }
            _ => panic!("a proposer does not say {message:?}"),
        };
        assert_eq!((self.proposer.ballot(), self.proposer.phase()), (Some(ballot), phase));
        assert_eq!(ballot.proposer, self.id);
        assert!(ballot.round.get() > self.floor && ballot.round.get() <= self.disk);
    }

    fn check(&mut self) {
        assert_eq!(self.proposer.poll_output(), None);
        assert_eq!(self.proposer.chosen(), self.told.as_ref(), "what is chosen stays so");
        assert_eq!(self.proposer.phase() == Phase::Chosen, self.told.is_some());
        assert_eq!(self.proposer.phase() == Phase::Exhausted, self.is_exhausted);
        assert_eq!(self.proposer.clone().into_chosen().ok(), self.told);
        assert_eq!(self.deadline_us().is_none(), self.told.is_some() || self.is_exhausted);
    }
}

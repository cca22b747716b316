//! A learner.

use synod_consensus_core::{
    NodeId,
    paxos::{Body, Config, Learner, LearnerOutput, Message},
};
use synod_quorum::{Flexible, Threshold};

use super::{oracle::Oracle, proposer::Acceptors, wire::Wire};
use crate::consensus_core::wire::INSTANCE;

/// What it has told in this life.
#[derive(Debug)]
pub(super) struct Student {
    pub(super) id: NodeId,
    learner: Learner<u8, 4, Flexible<Threshold>>,
    acceptors: Acceptors,
    timeout_us: u64,
    /// The latest time that it believed.
    clock_us: u64,
    pub(super) told: Option<u8>,
}

impl Student {
    pub(super) fn new(id: NodeId, acceptors: Acceptors, timeout_us: u64, now_us: u64) -> Self {
        let config = Config { timeout_us, ..Config::new(INSTANCE, id, now_us) };
        let learner = Learner::new(config, acceptors, now_us).expect("a timeout");
        Self { id, learner, acceptors, timeout_us, clock_us: now_us, told: None }
    }

    /// The power fails, and all is forgotten.
    pub(super) fn crash(&mut self, now_us: u64) {
        *self = Self::new(self.id, self.acceptors, self.timeout_us, now_us);
    }

    pub(super) fn deadline_us(&self) -> Option<u64> {
        self.learner.poll_timeout()
    }

    /// Hands a message over. Gives whether it was taken, and whether that changed anything.
    pub(super) fn hear(&mut self, now_us: u64, from: NodeId, message: Message<u8>) -> (bool, bool) {
        let before = self.learner.clone();
        let taken = self.learner.handle_message(now_us, from, message).is_ok();
        let changed = self.learner.canonical() != before.canonical();
        if taken {
            self.clock_us = self.clock_us.max(now_us);
        } else {
            assert_eq!(self.learner, before, "a refusal leaves no trace");
        }
        (taken, changed)
    }

    /// The time comes, or another one.
    pub(super) fn time(&mut self, now_us: u64) {
        let (before, deadline_us) = (self.learner.canonical(), self.deadline_us());
        self.clock_us = self.clock_us.max(now_us);
        self.learner.handle_timeout(now_us);
        if deadline_us.is_none_or(|deadline_us| self.clock_us < deadline_us) {
            assert_eq!((self.learner.canonical(), self.deadline_us()), (before, deadline_us));
        } else {
            let earliest_us = self.clock_us.saturating_add(self.timeout_us);
            let latest_us = earliest_us.saturating_add(self.timeout_us);
            let next_us = self.deadline_us().expect("nothing is chosen yet");
            assert!((earliest_us..=latest_us).contains(&next_us));
        }
    }

    /// Does what the learner says, and checks that it may say so.
    pub(super) fn drain(&mut self, wire: &mut Wire, oracle: &Oracle) {
        let was_told = self.told.is_some();
        for _ in 0..=4 {
            let Some(output) = self.learner.poll_output() else {
                assert_eq!(self.learner.poll_output(), None);
                assert_eq!(self.learner.chosen(), self.told.as_ref(), "what is chosen stays so");
                assert_eq!(self.learner.clone().into_chosen(), self.told);
                assert_eq!(self.deadline_us().is_none(), self.told.is_some());
                return;
            };
            match output {
                LearnerOutput::Send { to, message } => {
                    let message = message.cloned();
                    assert!(!was_told && self.acceptors.as_slice().contains(&to));
                    assert_eq!(message.body, Body::Ask);
                    wire.send(self.id, to, message);
                }
                LearnerOutput::Chosen(&value) => {
                    assert_eq!(self.told.replace(value), None, "told once");
                    oracle.tell(value);
                }
            }
        }
        panic!("there is no end to what it wants");
    }
}

//! Proposers that defeat each other.

use heapless::Deque;
use synod_consensus_core::{
    NodeId,
    paxos::{Acceptor, AcceptorOutput, Config, Message, Phase, Proposer, ProposerOutput, Role},
};

use super::{ACCEPTORS, ALICE, BOB, INSTANCE, TIMEOUT_US, config, members};

/// From whom, and what.
type Letter = (NodeId, Message<u32>);

/// Three acceptors and two proposers: whatever is sent arrives a tenth of the timeout later.
struct Duel {
    acceptors: [Acceptor<u32>; 3],
    proposers: [Proposer<u32, 3>; 2],
    post: Deque<Letter, 32>,
}

impl Duel {
    fn new(seed: u64) -> Self {
        let proposer = |id, value| {
            let config = Config { seed, ..config(id) };
            Proposer::bootstrap(config, members(), 0, value).unwrap()
        };
        Self {
            acceptors: ACCEPTORS.map(|id| Acceptor::bootstrap(INSTANCE, id)),
            proposers: [proposer(ALICE, 10), proposer(BOB, 20)],
            post: Deque::new(),
        }
    }

    /// A tenth of the timeout, with disks that take no time.
    fn step(&mut self, now_us: u64) {
        for proposer in &mut self.proposers {
            if proposer.poll_timeout().is_some_and(|deadline_us| deadline_us <= now_us) {
                proposer.handle_timeout(now_us);
            }
        }
        for _ in 0..self.post.len() {
            let (from, message) = self.post.pop_front().unwrap();
            let to = message.to.0 as usize;
            match message.role() {
                Role::Acceptor => self.acceptors[to - 1].handle_message(from, message).unwrap(),
                _ => self.proposers[to - 8].handle_message(now_us, from, message).unwrap(),
            }
            self.drain();
        }
        self.drain();
    }

    fn drain(&mut self) {
        for (acceptor, from) in self.acceptors.iter_mut().zip(ACCEPTORS) {
            while let Some(output) = acceptor.poll_output() {
                match output {
                    AcceptorOutput::Write { id, .. } => acceptor.handle_persisted(id).unwrap(),
                    AcceptorOutput::Send { message, .. } => {
                        self.post.push_back((from, message.cloned())).unwrap();
                    }
                }
            }
        }
        for (proposer, from) in self.proposers.iter_mut().zip([ALICE, BOB]) {
            while let Some(output) = proposer.poll_output() {
                match output {
                    ProposerOutput::Write { id, .. } => proposer.handle_persisted(id).unwrap(),
                    ProposerOutput::Send { message, .. } => {
                        self.post.push_back((from, message.cloned())).unwrap();
                    }
                    ProposerOutput::Chosen(_) | ProposerOutput::Exhausted => {}
                }
            }
        }
    }
}

/// Both begin at once, and again at each defeat: waits that are drawn from longer and longer ranges
/// tell them apart.
pub(crate) fn p03_duelling_proposers_come_to_an_end() {
    let mut longest = 0;
    for seed in 0..32 {
        let mut duel = Duel::new(seed);
        let mut steps = 0;
        while duel.proposers.iter().any(|proposer| proposer.phase() != Phase::Chosen) {
            steps += 1;
            assert!(steps < 1_000, "no decision with seed {seed}");
            duel.step(steps * TIMEOUT_US / 10);
        }
        let [alice, bob] = &duel.proposers;
        assert_eq!(alice.chosen(), bob.chosen());
        longest = longest.max(steps);
    }
    assert!(longest > 10, "some of them were real duels");
}

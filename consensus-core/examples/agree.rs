//! Three nodes in one thread agree on who is in charge: two of them propose themselves, the third
//! finds out.
//!
//! `cargo run -p synod-consensus-core --example agree`
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::cast_possible_truncation)]
#![allow(clippy::arithmetic_side_effects)] // An example may panic.

use synod_consensus_core::{
    Instance, Members, NodeId,
    paxos::{
        Acceptor, AcceptorOutput, Config, Learner, LearnerOutput, Message, Proposer,
        ProposerOutput, Role,
    },
};

/// The value is an id: who is in charge.
struct Node {
    acceptor: Acceptor<u64>,
    proposer: Option<Proposer<u64, 3>>,
    learner: Option<Learner<u64, 3>>,
}

impl Node {
    /// Hands a message to the machine that it is for.
    fn hear(&mut self, now_us: u64, from: NodeId, message: Message<u64>) {
        let refused = match (message.role(), &mut self.proposer, &mut self.learner) {
            (Role::Acceptor, ..) => self.acceptor.handle_message(from, message),
            (Role::Proposer, Some(proposer), _) => proposer.handle_message(now_us, from, message),
            (Role::Learner, _, Some(learner)) => learner.handle_message(now_us, from, message),
            _ => return, // for a machine that this node does not have
        };
        refused.expect("nobody lies here");
    }

    /// Does what the machines say. The disk of this node is quick.
    fn drain(&mut self, now_us: u64, post: &mut Vec<Message<u64>>) {
        while let Some(output) = self.acceptor.poll_output() {
            match output {
                // A real host writes the record, and syncs it.
                AcceptorOutput::Write { id, .. } => {
                    self.acceptor.handle_persisted(id).expect("it was polled");
                }
                AcceptorOutput::Send { message, .. } => post.push(message.cloned()),
            }
        }
        if let Some(proposer) = &mut self.proposer {
            if proposer.poll_timeout().is_some_and(|deadline_us| deadline_us <= now_us) {
                proposer.handle_timeout(now_us);
            }
            while let Some(output) = proposer.poll_output() {
                match output {
                    ProposerOutput::Write { id, .. } => {
                        proposer.handle_persisted(id).expect("it was polled");
                    }
                    ProposerOutput::Send { message, .. } => post.push(message.cloned()),
                    ProposerOutput::Chosen(id) => println!("{now_us} us: chosen is node {id}"),
                    ProposerOutput::Exhausted => println!("no round is left"),
                }
            }
        }
        if let Some(learner) = &mut self.learner {
            if learner.poll_timeout().is_some_and(|deadline_us| deadline_us <= now_us) {
                learner.handle_timeout(now_us);
            }
            while let Some(output) = learner.poll_output() {
                match output {
                    LearnerOutput::Send { message, .. } => post.push(message.cloned()),
                    LearnerOutput::Chosen(id) => println!("{now_us} us: learned that it is {id}"),
                }
            }
        }
    }
}

fn main() {
    let ids = [0, 1, 2].map(NodeId);
    let instance = Instance { cluster: 7, number: 1 };
    let acceptors = Members::majority(&ids).expect("three different ids");
    let mut nodes = ids.map(|id| {
        let config = Config::new(instance, id, 42);
        let proposes = id.0 < 2;
        Node {
            acceptor: Acceptor::bootstrap(instance, id),
            proposer: proposes.then(|| {
                Proposer::bootstrap(config, acceptors, 0, id.0).expect("a legal configuration")
            }),
            learner: (!proposes)
                .then(|| Learner::new(config, acceptors, 0).expect("a legal configuration")),
        }
    });
    let mut post: Vec<(NodeId, Message<u64>)> = Vec::new();
    for now_us in (0..2_000_000).step_by(1_000) {
        for (from, message) in core::mem::take(&mut post) {
            nodes[message.to.0 as usize].hear(now_us, from, message);
        }
        for (node, from) in nodes.iter_mut().zip(ids) {
            let mut sent = Vec::new();
            node.drain(now_us, &mut sent);
            post.extend(sent.into_iter().map(|message| (from, message)));
        }
    }
    let [first, second, third] = nodes;
    let chosen = first.proposer.and_then(|proposer| proposer.into_chosen().ok());
    assert!(chosen.is_some());
    assert_eq!(second.proposer.and_then(|proposer| proposer.into_chosen().ok()), chosen);
    assert_eq!(third.learner.and_then(Learner::into_chosen), chosen);
}

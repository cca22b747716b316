//! Three registers of `synod-consensus-core`, each of which all messages of the others reach.

use synod_consensus_core::{
    Instance, NodeId,
    register::{Config, Membership, Message, Outcome, Output, Register, Update},
};

use crate::clusters::Command;

type Node = Register<Update<Command>, 3>;

/// A register with three members, in one thread, whose disks take no time.
pub struct Registers {
    nodes: [Node; 3],
    post: Vec<(NodeId, Message<Command, 3>)>,
    changes: u64,
    reads: u64,
}

const IDS: [NodeId; 3] = [NodeId(0), NodeId(1), NodeId(2)];

impl Default for Registers {
    fn default() -> Self {
        let instance = Instance { cluster: 7, number: 1 };
        let members = Membership::new(&IDS).unwrap();
        let node = |id| Node::bootstrap(Config::new(instance, id, 1), members, None, 0).unwrap();
        let mut registers =
            Self { nodes: IDS.map(node), post: Vec::with_capacity(16), changes: 0, reads: 0 };
        (0..3).for_each(|node| registers.drain(node));
        registers
    }
}

impl Registers {
    /// Changes the value, and returns when no message is on its way.
    pub fn change(&mut self, node: usize, value: Command) {
        self.nodes[node].change(0, Update::Put(value)).unwrap();
        self.run(node);
    }

    /// Reads the value, and returns when no message is on its way.
    pub fn read(&mut self, node: usize) {
        self.nodes[node].read(0).unwrap();
        self.run(node);
    }

    /// How many changes were made, and how many rounds of reads answered.
    #[must_use]
    pub const fn counts(&self) -> (u64, u64) {
        (self.changes, self.reads)
    }

    /// What each member holds.
    #[must_use]
    pub fn values(&self) -> [Option<Command>; 3] {
        self.nodes.each_ref().map(|node| node.latest().value)
    }

    fn run(&mut self, node: usize) {
        self.drain(node);
        while let Some((from, message)) = self.post.pop() {
            let to = usize::try_from(message.to.0).unwrap();
            self.nodes[to].handle_message(0, from, message).unwrap();
            self.drain(to);
        }
    }

    fn drain(&mut self, node: usize) {
        let me = &mut self.nodes[node];
        while let Some(output) = me.poll_output() {
            match output {
                Output::Write { id, .. } => me.handle_persisted(id).unwrap(),
                Output::Send { message, .. } => self.post.push((IDS[node], message.cloned())),
                Output::Outcome(Outcome::Changed { .. }) => self.changes += 1,
                Output::Read { .. } => self.reads += 1,
                other => unreachable!("{other:?}"),
            }
        }
    }
}

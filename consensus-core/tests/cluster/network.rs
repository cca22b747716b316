//! Nodes that talk to each other, as far as a test lets them.

use heapless::Vec;
use synod_consensus_core::raft::{Election, Role};
use synod_quorum::Majority;

use super::node::{Node, Sent};

/// Nodes whose leader is elected by this rule.
pub(crate) struct Cluster<E: Election> {
    pub(crate) nodes: Vec<Node<E>, 5>,
    /// Which directed links are cut.
    cut: [[bool; 6]; 6],
    pub(crate) now_us: u64,
}

impl<E: Election<System = Majority>> Cluster<E> {
    /// `count` nodes that have never met.
    pub(crate) fn new(count: u64) -> Self {
        Self::of((1..=count).map(|id| Node::new(id, count)))
    }

    /// Nodes of which number 1 has been elected.
    pub(crate) fn led_by_1(count: u64) -> Self {
        let mut cluster = Self::new(count);
        cluster.elect(1);
        cluster
    }
}

impl<E: Election> Cluster<E> {
    pub(crate) fn of(nodes: impl Iterator<Item = Node<E>>) -> Self {
        Self { nodes: nodes.collect(), cut: [[false; 6]; 6], now_us: 0 }
    }

    pub(crate) fn node(&mut self, id: u64) -> &mut Node<E> {
        &mut self.nodes[id as usize - 1]
    }

    pub(crate) fn elect(&mut self, id: u64) {
        // By now whoever led is forgotten, unless it is still heard.
        self.now_us += self.node(id).raft.poll_timeout().unwrap();
        let now_us = self.now_us;
        for node in &mut self.nodes {
            node.now_us = now_us;
        }
        self.node(id).timeout();
        self.settle();
        assert_eq!(self.node(id).role(), Role::Leader);
    }

    pub(crate) fn cut(&mut self, from: u64, to: u64) {
        self.cut[from as usize][to as usize] = true;
    }

    /// Cuts a link both ways.
    pub(crate) fn part(&mut self, one: u64, other: u64) {
        self.cut(one, other);
        self.cut(other, one);
    }

    /// Cuts a node off.
    pub(crate) fn isolate(&mut self, id: u64) {
        for other in 1..=self.nodes.len() as u64 {
            if other != id {
                self.part(id, other);
            }
        }
    }

    pub(crate) fn heal(&mut self) {
        self.cut = [[false; 6]; 6];
    }

    /// Delivers all messages until none is left. What crosses a cut is lost.
    pub(crate) fn settle(&mut self) {
        for _ in 0..1000 {
            if !self.deliver_round() {
                return;
            }
        }
        panic!("they never stop talking");
    }

    fn deliver_round(&mut self) -> bool {
        let mut any = false;
        for from in 0..self.nodes.len() {
            while let Some(sent) = self.nodes[from].sent.pop_front() {
                any = true;
                self.deliver(&sent);
            }
        }
        any
    }

    pub(crate) fn deliver(&mut self, sent: &Sent<E>) {
        if self.cut[sent.from as usize][sent.to as usize] {
            return;
        }
        let node = self.node(sent.to);
        node.take(sent.from, &sent.message, &sent.values, sent.snapshot_state).unwrap();
    }

    /// Lets this much time pass, from one deadline to the next, with prompt messages.
    pub(crate) fn run(&mut self, time_us: u64) {
        let end_us = self.now_us + time_us;
        while self.now_us < end_us {
            let deadlines = self.nodes.iter().filter_map(|node| node.raft.poll_timeout());
            let next_us = deadlines.min().unwrap_or(end_us);
            self.now_us = next_us.clamp(self.now_us + 1, end_us);
            let now_us = self.now_us;
            for node in &mut self.nodes {
                node.now_us = now_us;
                if node.raft.poll_timeout().is_some_and(|deadline| deadline <= now_us) {
                    node.tick();
                }
            }
            self.settle();
        }
    }

    /// Who leads in the latest term that has a leader.
    pub(crate) fn leader(&self) -> Option<u64> {
        let leaders = self.nodes.iter().filter(|node| node.role() == Role::Leader);
        leaders.max_by_key(|node| node.term()).map(|node| node.raft.status().id.0)
    }

    /// All nodes have applied the same, up to the end of the leader's log.
    pub(crate) fn assert_agreed(&mut self) {
        let leader = self.leader().expect("a leader");
        let (end, state) = (self.node(leader).log.last().index, self.node(leader).state);
        for node in &self.nodes {
            assert_eq!((node.applied, node.state), (end, state), "{:?}", node.raft.status());
        }
    }
}

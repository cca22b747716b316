//! The nodes of one implementation, and the network between them.

use super::host::{Host, Kind, View};

/// More rounds of messages than this are a quarrel without an end.
const MAX_ROUNDS: usize = 500;

/// What of the messages that follow upon a step is lost, beside what goes over links that are cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    Nothing,
    All(Kind),
    /// What is sent after so many rounds.
    After(usize),
    /// What is neither from nor for one of these nodes, of which each is a bit.
    AllBut(u64),
}

/// Nodes 1, 2, … of one implementation. Time stands still but where it is told to go on.
pub struct Cluster<H> {
    hosts: Vec<H>,
    up: Vec<bool>,
    /// From each node to each, whether messages arrive.
    open: Vec<Vec<bool>>,
}

impl<H: Host> Cluster<H> {
    /// One node for each of these logs, which have entries of these terms. All nodes are in `term`.
    pub fn new(term: u64, logs: &[&[u64]]) -> Self {
        let count = logs.len();
        let start = |(me, terms): (u64, &&[u64])| H::start(me, count as u64, term, terms);
        let hosts = (1..).zip(logs).map(start).collect();
        Self { hosts, up: vec![true; count], open: vec![vec![true; count]; count] }
    }

    pub fn host(&mut self, node: u64) -> &mut H {
        &mut self.hosts[place(node)]
    }

    pub fn is_up(&self, node: u64) -> bool {
        self.up[place(node)]
    }

    pub fn crash(&mut self, node: u64) {
        self.up[place(node)] = false;
    }

    pub fn restart(&mut self, node: u64) {
        if !self.is_up(node) {
            self.host(node).restart();
            self.up[place(node)] = true;
        }
    }

    pub fn link(&mut self, from: u64, to: u64, open: bool) {
        self.open[place(from)][place(to)] = open;
    }

    /// Whether messages arrive.
    pub fn is_open(&self, from: u64, to: u64) -> bool {
        self.open[place(from)][place(to)] && self.is_up(from) && self.is_up(to)
    }

    /// The nodes that are up, each as it is.
    pub fn views(&self) -> Vec<(u64, View)> {
        let up = (1..).zip(&self.hosts).filter(|(node, _)| self.is_up(*node));
        up.map(|(node, host)| (node, host.view())).collect()
    }

    pub fn view(&self, node: u64) -> View {
        self.hosts[place(node)].view()
    }

    /// Something happens at a node, if it is up, and then messages are delivered until there are
    /// none.
    pub fn at(&mut self, node: u64, loss: Loss, act: impl FnOnce(&mut H)) {
        if self.is_up(node) {
            act(self.host(node));
        }
        self.settle(loss);
    }

    pub fn sync_all(&mut self) {
        for node in 1..=self.hosts.len() as u64 {
            self.at(node, Loss::Nothing, Host::sync);
        }
    }

    /// Messages arrive in rounds, those of a round in the order of senders and receivers: so the
    /// order in which a node sends to several does not matter.
    fn settle(&mut self, loss: Loss) {
        for round in 0..MAX_ROUNDS {
            let mut letters = Vec::new();
            for (from, host) in (1..).zip(&mut self.hosts) {
                letters.extend(host.post().into_iter().map(|(to, letter)| (from, to, letter)));
            }
            if letters.is_empty() {
                return;
            }
            letters.sort_by_key(|(from, to, _)| (*from, *to)); // which is stable
            for (from, to, letter) in letters {
                let kind = H::kind(&letter);
                let lost = match loss {
                    Loss::Nothing => false,
                    Loss::All(lost) => lost == kind,
                    Loss::After(rounds) => round >= rounds,
                    Loss::AllBut(nodes) => nodes & (1 << from | 1 << to) == 0,
                };
                // A snapshot is a long transfer, which fails if nobody answers.
                let answered = kind != Kind::Snapshot || self.is_open(to, from);
                let arrives = !lost && answered && self.is_open(from, to);
                if arrives {
                    self.host(to).receive(from, letter);
                }
                if kind == Kind::Snapshot && self.is_up(from) {
                    self.host(from).snapshot_sent(to, arrives);
                }
            }
        }
        panic!("messages without an end");
    }
}

fn place(node: u64) -> usize {
    usize::try_from(node - 1).unwrap()
}

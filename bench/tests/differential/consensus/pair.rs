//! One script for both implementations, and the comparison after each of its steps.

use super::{
    cluster::{Cluster, Loss},
    host::{Host, Kind, View},
    raft_rs::RaftRs,
    synod::Synod,
};

/// How many heartbeats an election timeout has.
const BEATS: usize = 5;

/// A cluster of ours and one of `raft`, to which the same happens.
///
/// After every step every node that is up has the same [`View`] in both, or it panics.
pub struct Pair {
    pub ours: Cluster<Synod>,
    pub theirs: Cluster<RaftRs>,
    count: u64,
    commands: u8,
    /// What was committed when each read began.
    read_from: Vec<(u8, u64)>,
    /// Whether commit indices may differ, but for leaders that have committed, and how much is
    /// applied when a read is answered.
    pub lenient: bool,
}

/// Does the same to both clusters, and compares.
macro_rules! both {
    ($pair:ident, $cluster:ident => $act:expr) => {{
        {
            let $cluster = &mut $pair.ours;
            $act;
        }
        {
            let $cluster = &mut $pair.theirs;
            $act;
        }
        $pair.check();
    }};
}

impl Pair {
    /// So many nodes with empty logs.
    pub fn new(count: usize) -> Self {
        Self::with_logs(0, &vec![&[][..]; count])
    }

    /// A node for each of these logs, which have entries of these terms, and are in this term.
    pub fn with_logs(term: u64, logs: &[&[u64]]) -> Self {
        let (ours, theirs) = (Cluster::new(term, logs), Cluster::new(term, logs));
        let pair = Self {
            ours,
            theirs,
            count: logs.len() as u64,
            commands: 0,
            read_from: Vec::new(),
            lenient: false,
        };
        pair.check();
        pair
    }

    pub fn nodes(&self) -> std::ops::RangeInclusive<u64> {
        1..=self.count
    }

    /// The node as it is in both.
    pub fn view(&self, node: u64) -> View {
        self.ours.view(node)
    }

    /// All nodes that are up and lead.
    pub fn leaders(&self) -> Vec<u64> {
        let views = self.ours.views().into_iter();
        views.filter(|(_, view)| view.leads).map(|(node, _)| node).collect()
    }

    /// That of the latest term.
    pub fn latest_leader(&self) -> Option<u64> {
        self.leaders().into_iter().max_by_key(|node| self.view(*node).term)
    }

    fn check(&self) {
        for ((node, ours), (_, mut theirs)) in
            self.ours.views().into_iter().zip(self.theirs.views())
        {
            for (name, applied) in ours.reads.iter().chain(&theirs.reads) {
                let begun = self.read_from.iter().find(|(read, _)| read == name);
                assert!(
                    begun.is_some_and(|(_, commit)| *applied as u64 >= *commit),
                    "a stale read"
                );
            }
            let names = |view: &View| view.reads.iter().map(|(name, _)| *name).collect::<Vec<_>>();
            if self.lenient && names(&ours) == names(&theirs) {
                theirs.reads.clone_from(&ours.reads);
            }
            let knows = ours.knows_commit() || theirs.knows_commit();
            if self.lenient && !knows {
                let common = ours.state.len().min(theirs.state.len());
                assert_eq!(ours.state[..common], theirs.state[..common], "node {node}");
                theirs.commit = ours.commit;
                theirs.state.clone_from(&ours.state);
            }
            assert_eq!(ours, theirs, "node {node}: ours and theirs");
        }
    }

    /// A node that does not lead stands for election, and some messages are lost.
    ///
    /// On nodes that know of no leader but the one that stands, time passes before.
    pub fn stand_and_lose(&mut self, node: u64, loss: Loss) {
        self.sync_all();
        for voter in self.nodes() {
            let leader = self.view(voter).leader;
            if leader.is_none() || leader == Some(node) {
                self.wait(voter);
            }
        }
        both!(self, cluster => cluster.at(node, loss, Host::stand));
    }

    pub fn stand(&mut self, node: u64) {
        self.stand_and_lose(node, Loss::Nothing);
    }

    /// All nodes but leaders have heard nothing for long, and then this one stands.
    pub fn elect(&mut self, node: u64) {
        self.sync_all();
        for voter in self.nodes() {
            self.wait(voter);
        }
        self.stand(node);
    }

    /// The shortest election timeout passes on a node, unless it leads.
    pub fn wait(&mut self, node: u64) {
        both!(self, cluster => cluster.at(node, Loss::Nothing, Host::wait));
    }

    /// The time between two heartbeats passes on a leader.
    pub fn beat(&mut self, node: u64) {
        both!(self, cluster => cluster.at(node, Loss::Nothing, Host::beat));
    }

    /// No disk stalls any more, and an election timeout passes on a leader.
    ///
    /// If it hears no quorum, and may have snapshots to send, two pass, so that it steps down: with
    /// a snapshot that is lost goes a heartbeat that `raft` sends, and who answers it may keep
    /// a leader.
    pub fn lead_on(&mut self, node: u64) {
        let loss = self.loss_of(node);
        let alone = matches!(loss, Loss::All(_)) && self.view(node).snapshot.0 > 0;
        let beats = if alone { 2 * BEATS } else { BEATS };
        both!(self, cluster => {
            cluster.sync_all();
            for _ in 0..beats {
                cluster.at(node, loss, Host::beat);
            }
        });
    }

    /// What a leader that will not lead for long does not get through: how far it comes with it is
    /// a race, in which the two differ.
    ///
    /// One that hears nodes of a later term reaches them first, and the others never. One that
    /// hears no quorum sends no snapshots.
    fn loss_of(&self, leader: u64) -> Loss {
        let term = self.view(leader).term;
        let answers =
            |node: &u64| self.ours.is_open(leader, *node) && self.ours.is_open(*node, leader);
        let later = self.nodes().filter(answers).filter(|node| self.view(*node).term > term);
        let later = later.fold(0, |nodes, node| nodes | 1 << node);
        if later > 0 {
            Loss::AllBut(later)
        } else if self.nodes().filter(answers).count() as u64 <= self.count / 2 {
            Loss::All(Kind::Snapshot)
        } else {
            Loss::Nothing
        }
    }

    /// A leader takes a command, which is another each time. Any other node takes none.
    pub fn propose(&mut self, node: u64) {
        let loss = self.loss_of(node);
        if !self.view(node).leads || !self.ours.is_up(node) {
            return;
        }
        if matches!(loss, Loss::AllBut(_)) {
            self.sync_all(); // so that those who know a later term answer
        }
        self.commands = self.commands.wrapping_add(1);
        let payload = vec![1, node as u8, self.commands];
        both!(self, cluster => {
            let payload = payload.clone();
            cluster.at(node, loss, |host| host.propose(payload));
        });
    }

    /// A leader takes a read, whose name is another each time, unless one waits. Gives whether it
    /// did.
    pub fn read(&mut self, node: u64) -> bool {
        let waits = self.ours.host(node).has_waiting_reads();
        if !self.view(node).leads || !self.ours.is_up(node) || waits {
            return false;
        }
        self.sync_all();
        self.commands = self.commands.wrapping_add(1);
        let name = self.commands;
        self.read_from.push((name, self.view(node).commit));
        let (mut ours, mut theirs) = (false, false);
        let loss = self.loss_of(node);
        self.ours.at(node, loss, |host| ours = host.read(name));
        self.theirs.at(node, loss, |host| theirs = host.read(name));
        assert_eq!(ours, theirs, "a read is taken");
        self.check();
        ours
    }

    /// The disk goes on, and what is applied is dropped from the log but for so many entries.
    pub fn compact(&mut self, node: u64, leave: u64) {
        self.sync(node);
        let applied = self.ours.view(node).state.len().min(self.theirs.view(node).state.len());
        let upto = (applied as u64).saturating_sub(leave);
        both!(self, cluster => cluster.at(node, Loss::Nothing, |host| host.compact(upto)));
    }

    pub fn stall(&mut self, node: u64) {
        both!(self, cluster => cluster.at(node, Loss::Nothing, Host::stall));
    }

    pub fn sync(&mut self, node: u64) {
        both!(self, cluster => cluster.at(node, Loss::Nothing, Host::sync));
    }

    pub fn sync_all(&mut self) {
        both!(self, cluster => cluster.sync_all());
    }

    pub fn crash(&mut self, node: u64) {
        both!(self, cluster => cluster.crash(node));
    }

    pub fn restart(&mut self, node: u64) {
        both!(self, cluster => cluster.restart(node));
    }

    /// Nothing moves by that.
    pub fn link(&mut self, from: u64, to: u64, open: bool) {
        self.ours.link(from, to, open);
        self.theirs.link(from, to, open);
    }

    /// Only these nodes hear each other.
    pub fn only(&mut self, nodes: &[u64]) {
        for from in self.nodes() {
            for to in self.nodes() {
                self.link(from, to, nodes.contains(&from) && nodes.contains(&to));
            }
        }
    }

    /// These nodes hear each other, and so do the others.
    pub fn split(&mut self, nodes: &[u64]) {
        for from in self.nodes() {
            for to in self.nodes() {
                self.link(from, to, nodes.contains(&from) == nodes.contains(&to));
            }
        }
    }

    pub fn heal(&mut self) {
        let all: Vec<u64> = self.nodes().collect();
        self.only(&all);
    }

    /// Everything works again, and one leader brings all nodes to the same.
    pub fn settle(&mut self) {
        self.heal();
        for node in self.nodes() {
            self.restart(node);
        }
        // The first ones may learn of later terms, and no more.
        for _ in 0..6 {
            if let Some(latest) = self.latest_leader() {
                self.lead_on(latest);
            }
            if self.leaders().is_empty() {
                let last = |node: &u64| (self.view(*node).last(), self.view(*node).term);
                let best = self.nodes().max_by_key(last).unwrap();
                self.elect(best);
            }
        }
        self.assert_settled();
    }

    /// One leads, and all have and have applied what it has.
    fn assert_settled(&self) {
        let [leader] = self.leaders()[..] else { panic!("one leads: {:?}", self.leaders()) };
        let led = self.view(leader);
        assert_eq!(led.commit, led.last().1);
        for node in self.nodes() {
            let view = self.view(node);
            assert_eq!((view.term, view.leader), (led.term, Some(leader)), "node {node}");
            assert_eq!((view.commit, view.last()), (led.commit, led.last()), "node {node}");
            assert_eq!(view.state, led.state, "node {node}");
        }
    }
}

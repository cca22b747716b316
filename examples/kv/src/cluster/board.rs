//! What is known of a cluster, gathered for whoever looks.

use std::{collections::VecDeque, time::Duration};

use super::fleet::Condition;
use crate::cluster::glance::{self, Glance};

/// How many events are kept.
const EVENTS: usize = 200;
/// How many rates are kept.
const RATES: usize = 200;

/// What is known of a cluster.
#[derive(Debug)]
pub(super) struct Board {
    /// Its nodes.
    pub(super) nodes: Vec<Row>,
    /// Recent events, the last one last, each with the time since the start.
    pub(super) events: VecDeque<(Duration, String)>,
    /// Operations per second of the whole cluster, the last ones last.
    pub(super) rates: VecDeque<u64>,
    leader: Option<(u64, u64)>,
}

/// What is known of a node.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// Its number.
    pub(super) id: u64,
    /// Whether its process runs.
    pub(super) condition: Condition,
    /// What it said last, if it answered.
    pub(super) glance: Option<Glance>,
    /// Writes per second.
    pub(super) writes_per_s: u64,
    /// Reads per second.
    pub(super) reads_per_s: u64,
    /// What its counts were, and when.
    before: Option<(Duration, u64, u64)>,
}

impl Board {
    /// Nothing is known yet.
    #[must_use]
    pub(super) fn new(ids: impl Iterator<Item = u64>) -> Self {
        let row = |id| Row {
            id,
            condition: Condition::Down,
            glance: None,
            writes_per_s: 0,
            reads_per_s: 0,
            before: None,
        };
        Self {
            nodes: ids.map(row).collect(),
            events: VecDeque::new(),
            rates: VecDeque::new(),
            leader: None,
        }
    }

    /// Something happened, so long after the start.
    pub(super) fn note(&mut self, at: Duration, event: String) {
        if self.events.len() >= EVENTS {
            self.events.pop_front();
        }
        self.events.push_back((at, event));
    }

    /// A node answered, or did not.
    pub(super) fn observe(&mut self, at: Duration, id: u64, glance: Option<Glance>) {
        let Some(row) = self.nodes.iter_mut().find(|row| row.id == id) else { return };
        let answered = (row.glance.is_some(), glance.is_some());
        row.observe(at, glance);
        let condition = row.condition;
        if answered == (true, false) && condition == Condition::Running {
            self.note(at, format!("node {id} does not answer"));
        } else if answered == (false, true) {
            self.note(at, format!("node {id} answers"));
        }
        self.observe_leader(at);
    }

    /// The process of a node runs, or does not.
    pub(super) fn observe_condition(&mut self, id: u64, condition: Condition) {
        if let Some(row) = self.nodes.iter_mut().find(|row| row.id == id) {
            row.condition = condition;
        }
    }

    /// A moment has passed.
    pub(super) fn tick(&mut self) {
        if self.rates.len() >= RATES {
            self.rates.pop_front();
        }
        self.rates.push_back(self.rate());
    }

    /// Operations per second of the whole cluster.
    #[must_use]
    pub(super) fn rate(&self) -> u64 {
        self.nodes.iter().map(|row| row.writes_per_s.saturating_add(row.reads_per_s)).sum()
    }

    /// The node that leads the highest term, and that term.
    #[must_use]
    pub(super) fn leader(&self) -> Option<&Glance> {
        let known = self.nodes.iter().filter_map(|row| row.glance.as_ref());
        known.filter(|node| node.leads()).max_by_key(|node| node.term)
    }

    /// Whether all nodes answer, and a majority follows a leader.
    #[must_use]
    pub(super) fn is_ready(&self) -> bool {
        let glances: Vec<_> = self.nodes.iter().map(|row| row.glance.clone()).collect();
        glances.iter().all(Option::is_some) && glance::majority(&glances).is_some()
    }

    /// Whether enough nodes answer for anything to be decided.
    #[must_use]
    pub(super) fn has_majority(&self) -> bool {
        self.up() > self.nodes.len() / 2
    }

    /// How far a node is behind, in entries, as the leader sees it, and whether they are connected.
    #[must_use]
    pub(super) fn lag(&self, id: u64) -> Option<(u64, bool)> {
        let peer = self.leader()?.peers.get(&id)?;
        Some((peer.lag, peer.connected))
    }

    /// The cluster in one line.
    #[must_use]
    pub(super) fn summary(&self) -> String {
        let nodes = self.nodes.len();
        let up = self.up();
        if !self.has_majority() {
            return format!("{up} of {nodes} nodes up: no majority, writes wait");
        }
        let rate = grouped(self.rate());
        match self.leader() {
            Some(leader) => format!(
                "{up} of {nodes} nodes up, leader {}, term {}, commit {}, {rate} operations/s",
                leader.id, leader.term, leader.commit_index
            ),
            None => format!("{up} of {nodes} nodes up, no leader, {rate} operations/s"),
        }
    }

    /// How many nodes answer.
    fn up(&self) -> usize {
        self.nodes.iter().filter(|row| row.glance.is_some()).count()
    }

    fn observe_leader(&mut self, at: Duration) {
        let now = self.leader().map(|leader| (leader.id, leader.term));
        if let Some((id, term)) = now.filter(|_| now != self.leader) {
            self.note(at, format!("node {id} leads in term {term}"));
            self.leader = now;
        }
    }
}

impl Row {
    /// Notes what it says, and how much it has answered since it was last looked at.
    fn observe(&mut self, at: Duration, glance: Option<Glance>) {
        let Some(node) = &glance else {
            (self.writes_per_s, self.reads_per_s) = (0, 0);
            self.before = None;
            self.glance = None;
            return;
        };
        let (before_at, writes, reads) = self.before.unwrap_or((at, node.writes, node.reads));
        let (writes, reads) =
            (node.writes.saturating_sub(writes), node.reads.saturating_sub(reads));
        let elapsed_us = at.saturating_sub(before_at).as_micros().max(1);
        let per_s = |count: u64| {
            let times = u128::from(count).saturating_mul(1_000_000);
            u64::try_from(times.checked_div(elapsed_us).unwrap_or(0)).unwrap_or(u64::MAX)
        };
        self.writes_per_s = per_s(writes);
        self.reads_per_s = per_s(reads);
        self.before = Some((at, node.writes, node.reads));
        self.glance = glance;
    }
}

/// A number as people read it.
#[must_use]
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && digits.len().saturating_sub(place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::cluster::glance::tests::sample;

    /// Three nodes, of which the second leads and the third has been killed.
    pub(crate) fn board() -> Board {
        let mut board = Board::new(1..=3);
        let leader = Glance { memory_bytes: 9 << 20, ..Glance::parse(&sample()).unwrap() };
        let follower = Glance { id: 1, role: "follower".into(), ..leader.clone() };
        let third = Glance { id: 3, ..follower.clone() };
        for id in 1..=3 {
            board.observe_condition(id, Condition::Running);
        }
        board.observe(Duration::from_secs(1), 1, Some(follower.clone()));
        board.observe(Duration::from_secs(1), 2, Some(leader.clone()));
        board.observe(Duration::from_secs(1), 3, Some(third));
        assert!(board.is_ready());
        let later = Glance { writes: 9_000, reads: 14_000, ..leader };
        board.observe(Duration::from_secs(3), 2, Some(later));
        board.tick();
        board.observe_condition(3, Condition::Down);
        board.note(Duration::from_millis(3_500), "node 3: killed".into());
        board.observe(Duration::from_secs(4), 3, None);
        board
    }

    #[test]
    fn rates_and_events_come_from_what_changes() {
        let mut board = board();
        assert_eq!((board.nodes[1].writes_per_s, board.nodes[1].reads_per_s), (2_000, 5_000));
        assert_eq!(board.rate(), 7_000);
        assert!(!board.is_ready());
        assert_eq!(board.lag(3), Some((1010, false)));
        assert_eq!(
            board.summary(),
            "2 of 3 nodes up, leader 2, term 7, commit 5008, 7,000 operations/s"
        );
        // A node that was restarted counts from zero.
        let young = Glance {
            term: 8,
            leader: Some(1),
            id: 1,
            writes: 5,
            ..board.leader().unwrap().clone()
        };
        board.observe(Duration::from_secs(5), 1, None);
        board.observe(Duration::from_secs(6), 1, Some(young));
        let events: Vec<&str> = board.events.iter().map(|(_, event)| event.as_str()).collect();
        let expected = [
            "node 1 answers",
            "node 2 answers",
            "node 2 leads in term 7",
            "node 3 answers",
            "node 3: killed",
            "node 1 does not answer",
            "node 1 answers",
            "node 1 leads in term 8",
        ];
        assert_eq!(events, expected);
        assert_eq!(board.nodes[0].writes_per_s, 0);
        board.observe(Duration::from_secs(7), 1, None);
        // A leader that is alone may not know it yet.
        assert!(board.leader().is_some());
        assert_eq!(board.summary(), "1 of 3 nodes up: no majority, writes wait");
    }

    #[test]
    fn numbers_are_grouped() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
    }
}

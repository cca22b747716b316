//! Which links are down.

use alloc::{format, string::String, vec, vec::Vec};

use crate::random::Random;

/// From which node no message reaches which.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cuts {
    /// One word for each sender, one bit for each receiver.
    rows: Vec<u64>,
}

/// A partial partition under which a majority can still agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Partial {
    /// All nodes reach one hub, and nothing else (quorum-loss in the `OmniPaxos` paper).
    Hub,
    /// Each node reaches its two neighbours in a row (chained).
    Chain,
    /// One node is cut off.
    Single,
    /// One node is not heard.
    Mute,
    /// One node does not hear.
    Deaf,
    /// One link is down.
    Link,
    /// One node is cut off, and the others reach only one hub. If that lacks entries, whoever
    /// elects the most up to date elects nobody (constrained in the `OmniPaxos` paper).
    Constrained,
}

impl Partial {
    /// Those under which a leader who must be up to date is elected, too.
    pub(crate) const ALL: [Self; 6] =
        [Self::Hub, Self::Chain, Self::Single, Self::Mute, Self::Deaf, Self::Link];
}

impl Cuts {
    /// All links are up.
    #[must_use]
    pub(crate) fn none(nodes: usize) -> Self {
        Self { rows: vec![0; nodes] }
    }

    /// Whether a link is down.
    #[must_use]
    #[inline]
    pub(crate) fn has(&self, from: usize, to: usize) -> bool {
        self.rows[from] & (1 << to) != 0
    }

    /// Whether a link between two nodes is down.
    #[must_use]
    pub(crate) fn is_any(&self) -> bool {
        self.rows.iter().any(|&row| row != 0)
    }

    /// Which links are down, for people: `0-1` both ways, `0>1` one way.
    #[must_use]
    pub(crate) fn describe(&self) -> String {
        let nodes = self.rows.len();
        let mut text = String::new();
        for (from, to) in (0..nodes).flat_map(|from| (0..nodes).map(move |to| (from, to))) {
            match (self.has(from, to), self.has(to, from)) {
                (true, true) if from < to => text += &format!(" {from}-{to}"),
                (true, false) => text += &format!(" {from}>{to}"),
                _ => {}
            }
        }
        if text.is_empty() { String::from("all links up") } else { format!("links down:{text}") }
    }

    /// Takes all links up.
    pub(crate) fn clear(&mut self) {
        self.rows.fill(0);
    }

    /// Cuts each link for which this holds.
    pub(crate) fn cut(&mut self, down: impl Fn(usize, usize) -> bool) {
        let nodes = self.rows.len();
        for (from, row) in self.rows.iter_mut().enumerate() {
            for to in 0..nodes {
                if to != from && down(from, to) {
                    *row |= 1 << to;
                }
            }
        }
    }

    /// Two random groups; one way, the second does not hear the first.
    pub(crate) fn split(&mut self, one_way: bool, random: &mut Random) {
        let side = random.word();
        let has = |node: usize| side & (1 << node) != 0;
        self.cut(|from, to| has(from) && !has(to) || !one_way && has(to) && !has(from));
    }

    /// A random mesh, or one of the patterns of the paper.
    pub(crate) fn mesh(&mut self, random: &mut Random) {
        let node = random.index(self.rows.len());
        let other = random.index(self.rows.len());
        match random.below(5) {
            0 => self.partial(Partial::Hub, node, other),
            1 => self.partial(Partial::Chain, node, other),
            2 => self.partial(Partial::Link, node, other),
            3 => self.partial(Partial::Constrained, node, other),
            _ => {
                let (seed, share) = (random.word(), random.range(100_000, 700_000));
                self.cut(|from, to| {
                    let mut link = Random::stream(seed, (from * 64 + to) as u64);
                    link.below(1_000_000) < share
                });
            }
        }
    }

    /// A partial partition around a node.
    pub(crate) fn partial(&mut self, pattern: Partial, node: usize, other: usize) {
        let nodes = self.rows.len();
        // Where a node stands in the row that begins at `node`.
        let place = |at: usize| (at + nodes - node) % nodes;
        self.cut(|from, to| match pattern {
            Partial::Hub => from != node && to != node,
            Partial::Chain => place(from).abs_diff(place(to)) != 1,
            Partial::Single => from == node || to == node,
            Partial::Mute => from == node,
            Partial::Deaf => to == node,
            Partial::Constrained => from == node || to == node || from != other && to != other,
            Partial::Link => (from == node && to == other) || (from == other && to == node),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        let mut cuts = Cuts::none(5);
        cuts.partial(Partial::Chain, 3, 0);
        // The row is 3, 4, 0, 1, 2.
        assert!(!cuts.has(3, 4) && !cuts.has(4, 0) && !cuts.has(1, 2) && cuts.has(2, 3));
        cuts.clear();
        cuts.partial(Partial::Hub, 1, 0);
        assert!(!cuts.has(1, 4) && !cuts.has(4, 1) && cuts.has(0, 4));
        cuts.clear();
        assert!(!cuts.is_any());
        assert_eq!(cuts.describe(), "all links up");
        // A group of all.
        cuts.cut(|_, to| to >= 5);
        assert!(!cuts.is_any());
        cuts.partial(Partial::Mute, 1, 0);
        assert!(cuts.is_any());
        assert!(cuts.has(1, 0) && !cuts.has(0, 1));
        cuts.cut(|from, to| from == 0 && to == 1);
        assert_eq!(cuts.describe(), "links down: 0-1 1>2 1>3 1>4");
    }
}

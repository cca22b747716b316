//! The algorithms, each over the same nodes.

use synod_hashring::{
    Heap, Jump, JumpBack, Ketama, KetamaRule, Key, KeyHash, Maglev, Partitioning, Partitions,
    Placement, Rendezvous, Ring, WeightedRendezvous,
};

use crate::case::{Case, Node};
use crate::shares::{sum, whole};
use crate::text::grouped;

/// All keys and nodes are hashed by this.
const HASH: KeyHash = KeyHash::v1(0);

/// How an algorithm is set up for a case.
pub(crate) trait Algorithm {
    const NAME: &'static str;

    /// Whether it takes the weights of nodes that take keys for equal.
    const EQUAL: bool = false;

    type Rule<'a>: Placement<Node = Node<'a>>;

    /// Over the nodes before the change, for so many copies of each key.
    fn build(case: &Case, copies: usize) -> Result<Self::Rule<'_>, String>;

    /// Over those after it; `None` where the algorithm has no such change.
    fn change<'a>(
        case: &'a Case,
        before: &Self::Rule<'a>,
    ) -> Result<Option<Self::Rule<'a>>, String>;

    /// The memory that it takes, by its documentation, without the names of nodes.
    fn bytes(rule: &Self::Rule<'_>) -> usize;
}

pub(crate) struct ByRing;

/// 100 for a node of the mean weight, before the change; the same for an equal weight after it.
pub(crate) struct TokensByWeight {
    total: u64,
    taking: u64,
}

impl TokensByWeight {
    /// Of all nodes together: 160 MB.
    const MOST: u64 = 20_000_000;

    pub(crate) fn new(case: &Case) -> Self {
        let before = case.before();
        let weights = || before.iter().map(|(_, weight)| u64::from(*weight));
        Self { total: sum(weights()), taking: sum(weights().map(|weight| weight.min(1))) }
    }

    /// The nearest number, and at least one for a weight.
    fn of(&self, weight: u32) -> u64 {
        let mean = self.taking.saturating_mul(u64::from(weight)).saturating_mul(100);
        let half = self.total.checked_div(2).unwrap_or(0);
        let tokens = mean.saturating_add(half).checked_div(self.total).unwrap_or(0);
        tokens.max(u64::from(weight.min(1)))
    }

    pub(crate) fn ring<'a>(
        &self,
        nodes: &[(Node<'a>, u32)],
    ) -> Result<Ring<Node<'a>, Heap, Heap>, String> {
        let total = sum(nodes.iter().map(|(_, weight)| self.of(*weight)));
        if total > Self::MOST {
            let [total, most] = [total, Self::MOST].map(|count| grouped(whole(count)));
            return Err(format!("100 tokens a mean node would be {total}, more than {most}"));
        }
        // None is above the total.
        let tokens = |weight| u32::try_from(self.of(weight)).unwrap_or(u32::MAX);
        let nodes: Vec<_> = nodes.iter().map(|(node, weight)| (*node, tokens(*weight))).collect();
        Ring::from_nodes(HASH, &nodes).map_err(|error| error.to_string())
    }
}

impl Algorithm for ByRing {
    const NAME: &'static str = "ring";

    type Rule<'a> = Ring<Node<'a>, Heap, Heap>;

    fn build(case: &Case, _: usize) -> Result<Self::Rule<'_>, String> {
        TokensByWeight::new(case).ring(&case.before())
    }

    fn change<'a>(case: &'a Case, _: &Self::Rule<'a>) -> Result<Option<Self::Rule<'a>>, String> {
        TokensByWeight::new(case).ring(&case.after()).map(Some)
    }

    fn bytes(rule: &Self::Rule<'_>) -> usize {
        let nodes = rule.nodes().len().saturating_mul(4);
        rule.token_count().saturating_mul(8).saturating_add(nodes)
    }
}

pub(crate) struct ByRendezvous;

impl Algorithm for ByRendezvous {
    const NAME: &'static str = "rendezvous";
    const EQUAL: bool = true;

    type Rule<'a> = Rendezvous<Node<'a>, Heap>;

    fn build(case: &Case, _: usize) -> Result<Self::Rule<'_>, String> {
        let nodes = Case::taking(&case.before());
        Rendezvous::from_nodes(HASH, &nodes).map_err(|error| error.to_string())
    }

    fn change<'a>(case: &'a Case, _: &Self::Rule<'a>) -> Result<Option<Self::Rule<'a>>, String> {
        let nodes = Case::taking(&case.after());
        Rendezvous::from_nodes(HASH, &nodes).map(Some).map_err(|error| error.to_string())
    }

    fn bytes(rule: &Self::Rule<'_>) -> usize {
        rule.node_count().saturating_mul(8)
    }
}

pub(crate) struct ByWeight;

impl Algorithm for ByWeight {
    const NAME: &'static str = "weighted";

    type Rule<'a> = WeightedRendezvous<Node<'a>, Heap>;

    fn build(case: &Case, _: usize) -> Result<Self::Rule<'_>, String> {
        WeightedRendezvous::from_nodes(HASH, &case.before()).map_err(|error| error.to_string())
    }

    fn change<'a>(case: &'a Case, _: &Self::Rule<'a>) -> Result<Option<Self::Rule<'a>>, String> {
        let rule = WeightedRendezvous::from_nodes(HASH, &case.after());
        rule.map(Some).map_err(|error| error.to_string())
    }

    fn bytes(rule: &Self::Rule<'_>) -> usize {
        rule.nodes().len().saturating_mul(12)
    }
}

pub(crate) struct ByMaglev;

impl ByMaglev {
    fn table_size(case: &Case) -> u32 {
        let nodes = u32::try_from(case.members.len()).unwrap_or(u32::MAX);
        ByMaglevRule::table_size_for(nodes.max(3))
    }

    fn table<'a>(case: &Case, nodes: &[(Node<'a>, u32)]) -> Result<ByMaglevRule<'a>, String> {
        let table = Maglev::from_nodes(HASH, Self::table_size(case), nodes);
        table.map_err(|error| error.to_string())
    }
}

type ByMaglevRule<'a> = Maglev<Node<'a>, Heap, Heap>;

impl Algorithm for ByMaglev {
    const NAME: &'static str = "maglev";

    type Rule<'a> = ByMaglevRule<'a>;

    fn build(case: &Case, _: usize) -> Result<Self::Rule<'_>, String> {
        Self::table(case, &case.before())
    }

    fn change<'a>(case: &'a Case, _: &Self::Rule<'a>) -> Result<Option<Self::Rule<'a>>, String> {
        Self::table(case, &case.after()).map(Some)
    }

    fn bytes(rule: &Self::Rule<'_>) -> usize {
        let entries = usize::try_from(rule.table_size()).unwrap_or(usize::MAX).saturating_mul(2);
        rule.nodes().len().saturating_mul(28).saturating_add(entries)
    }
}

pub(crate) struct ByPartitions;

impl ByPartitions {
    /// A power of two, of a hundred times as many as there are ever nodes, or the most there is.
    fn count(case: &Case) -> u16 {
        let least = case.members.len().saturating_mul(100).max(256);
        least.checked_next_power_of_two().and_then(|count| count.try_into().ok()).unwrap_or(1 << 15)
    }

    fn rebalance(case: &Case, table: &mut Partitions<Node<'_>, Heap, Heap>) -> Result<(), String> {
        let done = if case.zones.is_empty() {
            table.rebalance()
        } else {
            table.rebalance_apart(|node| node.zone)
        };
        done.map(|_| ()).map_err(|error| error.to_string())
    }
}

impl Algorithm for ByPartitions {
    const NAME: &'static str = "partitions";

    type Rule<'a> = Partitions<Node<'a>, Heap, Heap>;

    fn build(case: &Case, copies: usize) -> Result<Self::Rule<'_>, String> {
        let partitioning = Partitioning::v1(HASH, Self::count(case));
        let copies = u8::try_from(copies).unwrap_or(u8::MAX);
        let mut table = Partitions::new(partitioning, copies).map_err(|error| error.to_string())?;
        for (node, weight) in case.before() {
            table.insert(node, weight).map_err(|error| error.to_string())?;
        }
        Self::rebalance(case, &mut table)?;
        Ok(table)
    }

    fn change<'a>(
        case: &'a Case,
        before: &Self::Rule<'a>,
    ) -> Result<Option<Self::Rule<'a>>, String> {
        let mut table = before.clone();
        let after = case.after();
        for (node, _) in case.before() {
            if !after.iter().any(|(other, _)| *other == node) {
                table.remove(&node);
            }
        }
        for (node, weight) in after {
            table.insert(node, weight).map_err(|error| error.to_string())?;
        }
        Self::rebalance(case, &mut table)?;
        Ok(Some(table))
    }

    fn bytes(rule: &Self::Rule<'_>) -> usize {
        let entries = usize::from(rule.count()).saturating_mul(rule.copies().into());
        rule.nodes().len().saturating_mul(8).saturating_add(entries.saturating_mul(2))
    }
}

pub(crate) struct ByKetama;

impl Algorithm for ByKetama {
    const NAME: &'static str = "ketama";

    type Rule<'a> = Ketama<Node<'a>, Heap, Heap>;

    fn build(case: &Case, _: usize) -> Result<Self::Rule<'_>, String> {
        let rule = Ketama::from_nodes(KetamaRule::Libmemcached, &case.before());
        rule.map_err(|error| error.to_string())
    }

    fn change<'a>(case: &'a Case, _: &Self::Rule<'a>) -> Result<Option<Self::Rule<'a>>, String> {
        let rule = Ketama::from_nodes(KetamaRule::Libmemcached, &case.after());
        rule.map(Some).map_err(|error| error.to_string())
    }

    fn bytes(rule: &Self::Rule<'_>) -> usize {
        let nodes = rule.nodes().len().saturating_mul(8);
        rule.point_count().saturating_mul(8).saturating_add(nodes)
    }
}

/// A rule for nodes 0 to n − 1 over the nodes that take keys, in the order in which they were
/// given.
pub(crate) struct Numbered<'a, P> {
    rule: P,
    nodes: Vec<Node<'a>>,
}

impl<'a, P> Numbered<'a, P> {
    fn new(nodes: &[(Node<'a>, u32)], rule: impl Fn(u32) -> P) -> Self {
        let nodes = Case::taking(nodes);
        Self { rule: rule(u32::try_from(nodes.len()).unwrap_or(u32::MAX)), nodes }
    }

    /// What it becomes; `None` where that would need another number for a node that stays.
    fn change(&self, nodes: &[(Node<'a>, u32)], rule: impl Fn(u32) -> P) -> Option<Self> {
        let after = Self::new(nodes, rule);
        let is_same = |(before, after)| before == after;
        self.nodes.iter().zip(&after.nodes).all(is_same).then_some(after)
    }

    fn named(&self, number: u32) -> Option<Node<'a>> {
        self.nodes.get(usize::try_from(number).ok()?).copied()
    }
}

impl<'a, P: Placement<Node = u32>> Placement for Numbered<'a, P> {
    type Node = Node<'a>;

    fn point(&self, key: impl Key) -> u64 {
        self.rule.point(key)
    }

    fn node_count(&self) -> usize {
        self.nodes.len()
    }

    fn first_where_of_point(
        &self,
        point: u64,
        mut accepts: impl FnMut(Node<'a>) -> bool,
    ) -> Option<Node<'a>> {
        let found = self
            .rule
            .first_where_of_point(point, |number| self.named(number).is_some_and(&mut accepts));
        found.and_then(|number| self.named(number))
    }

    fn owner_of_point(&self, point: u64) -> Option<Node<'a>> {
        self.rule.owner_of_point(point).and_then(|number| self.named(number))
    }
}

pub(crate) struct ByJumpBack;

impl Algorithm for ByJumpBack {
    const NAME: &'static str = "jump-back";
    const EQUAL: bool = true;

    type Rule<'a> = Numbered<'a, JumpBack>;

    fn build(case: &Case, _: usize) -> Result<Self::Rule<'_>, String> {
        Ok(Numbered::new(&case.before(), |count| JumpBack::new(HASH, count)))
    }

    fn change<'a>(
        case: &'a Case,
        before: &Self::Rule<'a>,
    ) -> Result<Option<Self::Rule<'a>>, String> {
        Ok(before.change(&case.after(), |count| JumpBack::new(HASH, count)))
    }

    fn bytes(_: &Self::Rule<'_>) -> usize {
        16
    }
}

pub(crate) struct ByJump;

impl Algorithm for ByJump {
    const NAME: &'static str = "jump";
    const EQUAL: bool = true;

    type Rule<'a> = Numbered<'a, Jump>;

    fn build(case: &Case, _: usize) -> Result<Self::Rule<'_>, String> {
        Ok(Numbered::new(&case.before(), |count| Jump::new(HASH, count)))
    }

    fn change<'a>(
        case: &'a Case,
        before: &Self::Rule<'a>,
    ) -> Result<Option<Self::Rule<'a>>, String> {
        Ok(before.change(&case.after(), |count| Jump::new(HASH, count)))
    }

    fn bytes(_: &Self::Rule<'_>) -> usize {
        16
    }
}

//! The nodes, before and after a change.

use synod_hashring::Key;

use crate::shares::{shares, shares_apart, sum};

/// How a node is called by all algorithms: its name, by which they order and hash it, and where to
/// count it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Node<'a> {
    name: &'a str,
    /// Its place among the [members](Case::members).
    pub(crate) at: usize,
    pub(crate) zone: usize,
}

impl Key for Node<'_> {
    fn with_bytes<R>(&self, read: impl FnOnce(&[u8]) -> R) -> R {
        self.name.with_bytes(read)
    }
}

/// A node as it was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Listed {
    pub(crate) name: String,
    pub(crate) weight: u32,
    pub(crate) zone: Option<String>,
}

pub(crate) enum Change {
    Add(Listed),
    Remove(String),
    Weight(String, u32),
}

/// A node that is there before the change, after it, or both.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) before: Option<u32>,
    pub(crate) after: Option<u32>,
    zone: usize,
}

#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) members: Vec<Member>,
    /// In the order in which they were met; none where nodes have no zones.
    pub(crate) zones: Vec<String>,
    /// How many different nodes each key has.
    pub(crate) replicas: usize,
    /// In words.
    pub(crate) change: String,
}

/// Of nodes and changes: enough for who has them, and few enough for what takes the square of it.
const MOST: usize = 10_000;

impl Case {
    pub(crate) fn new(
        nodes: Vec<Listed>,
        changes: &[Change],
        replicas: Option<usize>,
    ) -> Result<Self, String> {
        let change = String::new();
        let mut case = Self { members: Vec::new(), zones: Vec::new(), replicas: 1, change };
        let zoned = nodes.first().is_some_and(|node| node.zone.is_some());
        let count = nodes.len().saturating_add(changes.len());
        if count > MOST {
            return Err(format!("{count} nodes and changes; up to {MOST} are compared"));
        }
        for node in &nodes {
            case.add(node, Some(node.weight), zoned)?;
        }
        if !case.members.iter().any(|member| member.before > Some(0)) {
            return Err("a node with a weight above 0 is needed".into());
        }
        let mut words = Vec::new();
        for change in changes {
            words.push(case.apply(change, zoned)?);
        }
        if words.is_empty() {
            words.push(case.apply(&Change::Add(case.one_more()), zoned)?);
        }
        case.change = words.join(", ");
        case.set_replicas(replicas)?;
        Ok(case)
    }

    /// The nodes before the change, each with its weight.
    pub(crate) fn before(&self) -> Vec<(Node<'_>, u32)> {
        self.nodes(|member| member.before)
    }

    /// The nodes after it.
    pub(crate) fn after(&self) -> Vec<(Node<'_>, u32)> {
        self.nodes(|member| member.after)
    }

    /// Those of the nodes that take keys.
    pub(crate) fn taking<'a>(nodes: &[(Node<'a>, u32)]) -> Vec<Node<'a>> {
        nodes.iter().filter(|(_, weight)| *weight > 0).map(|(node, _)| *node).collect()
    }

    /// Whether nodes differ in weight, of those that take keys, before or after.
    pub(crate) fn is_weighted(&self) -> bool {
        let weights = self.members.iter().flat_map(|member| [member.before, member.after]);
        let mut weights = weights.flatten().filter(|weight| *weight > 0);
        let first = weights.next();
        weights.any(|weight| Some(weight) != first)
    }

    /// The shares of the members before and after the change, of so many copies of each key.
    pub(crate) fn shares(&self, copies: usize) -> (Vec<f64>, Vec<f64>) {
        let zones: Vec<_> = self.members.iter().map(|member| member.zone).collect();
        let shares = |weight: fn(&Member) -> Option<u32>| {
            let weights = self.members.iter().map(|member| weight(member).unwrap_or(0).into());
            let weights: Vec<_> = weights.collect();
            if self.zones.is_empty() {
                shares(&weights, copies)
            } else {
                shares_apart(&weights, &zones, copies)
            }
        };
        (shares(|member| member.before), shares(|member| member.after))
    }

    /// The member at a place, as algorithms call it.
    pub(crate) fn node(&self, at: usize) -> Option<Node<'_>> {
        let member = self.members.get(at)?;
        Some(Node { name: &member.name, at, zone: member.zone })
    }

    /// How many zones have nodes that take keys: of both times, the fewer.
    pub(crate) fn zone_count(&self) -> usize {
        let count = |nodes: &[(Node<'_>, u32)]| {
            let mut zones: Vec<_> = Self::taking(nodes).iter().map(|node| node.zone).collect();
            zones.sort_unstable();
            zones.dedup();
            zones.len()
        };
        count(&self.before()).min(count(&self.after()))
    }

    fn nodes(&self, weight: impl Fn(&Member) -> Option<u32>) -> Vec<(Node<'_>, u32)> {
        let members = (0..).zip(&self.members);
        members.filter_map(|(at, member)| Some((self.node(at)?, weight(member)?))).collect()
    }

    fn add(&mut self, node: &Listed, before: Option<u32>, zoned: bool) -> Result<(), String> {
        let Listed { name, weight, zone } = node.clone();
        if self.members.iter().any(|member| member.name == name) {
            return Err(format!("node {name} is there twice"));
        }
        if zone.is_some() != zoned {
            return Err(format!("node {name}: either all nodes have a zone, or none"));
        }
        let zone = zone.map_or(0, |zone| {
            let known = self.zones.iter().position(|known| *known == zone);
            known.unwrap_or_else(|| {
                self.zones.push(zone);
                self.zones.len().saturating_sub(1)
            })
        });
        self.members.push(Member { name, before, after: Some(weight), zone });
        Ok(())
    }

    /// Makes a change: what it is, in words.
    fn apply(&mut self, change: &Change, zoned: bool) -> Result<String, String> {
        match change {
            Change::Add(node) => {
                let added = self.add(node, None, zoned);
                added.map_err(|error| format!("--add {}: {error}", node.name))?;
                let zone = node.zone.as_ref().map_or(String::new(), |zone| format!(" in {zone}"));
                Ok(format!("{} comes with weight {}{zone}", node.name, node.weight))
            }
            Change::Remove(name) => {
                self.present(name, "--remove")?.after = None;
                Ok(format!("{name} goes"))
            }
            Change::Weight(name, weight) => {
                let had = self.present(name, "--weight")?.after.replace(*weight).unwrap_or(0);
                Ok(format!("{name} weighs {weight} instead of {had}"))
            }
        }
    }

    fn present(&mut self, name: &str, option: &str) -> Result<&mut Member, String> {
        let mut members = self.members.iter_mut();
        let found = members.find(|member| member.name == name && member.after.is_some());
        found.ok_or_else(|| format!("{option} {name}: there is no such node"))
    }

    /// A node of the mean weight, in the zone that weighs least.
    fn one_more(&self) -> Listed {
        let weights = || self.members.iter().map(|member| u64::from(member.before.unwrap_or(0)));
        let taking = sum(weights().map(|weight| weight.min(1)));
        let half = taking.checked_div(2).unwrap_or(0);
        let mean = sum(weights()).saturating_add(half).checked_div(taking).unwrap_or(1);
        let weight = u32::try_from(mean).unwrap_or(u32::MAX).max(1);
        let zone_weight = |zone: &usize| {
            let all = self.members.iter().zip(weights());
            sum(all.filter(|(member, _)| member.zone == *zone).map(|(_, weight)| weight))
        };
        let lightest = (0..self.zones.len()).min_by_key(zone_weight);
        let zone = lightest.and_then(|zone| self.zones.get(zone)).cloned();
        let free = |name: &String| self.members.iter().all(|member| member.name != *name);
        let name = (1_u64..).map(|number| format!("new-{number}")).find(free).unwrap_or_default();
        Listed { name, weight, zone }
    }

    fn set_replicas(&mut self, replicas: Option<usize>) -> Result<(), String> {
        let before = Self::taking(&self.before()).len();
        let after = Self::taking(&self.after()).len();
        if after == 0 {
            return Err(format!("after the change ({}) no node takes keys", self.change));
        }
        let most = before.min(after);
        if let Some(replicas) = replicas.filter(|replicas| *replicas > most) {
            return Err(format!(
                "--replicas {replicas}: {before} nodes take keys before the change, {after} after"
            ));
        }
        self.replicas = replicas.unwrap_or(3).min(most);
        Ok(())
    }
}

/// Ten nodes of three generations in three zones.
pub(crate) fn built_in() -> Vec<Listed> {
    let nodes = [
        ("oslo-1", 4, "oslo"),
        ("oslo-2", 4, "oslo"),
        ("oslo-3", 2, "oslo"),
        ("oslo-4", 2, "oslo"),
        ("bergen-1", 4, "bergen"),
        ("bergen-2", 3, "bergen"),
        ("bergen-3", 3, "bergen"),
        ("bodø-1", 4, "bodø"),
        ("bodø-2", 2, "bodø"),
        ("bodø-3", 2, "bodø"),
    ];
    let listed = |(name, weight, zone): (&str, u32, &str)| Listed {
        name: name.into(),
        weight,
        zone: Some(zone.into()),
    };
    nodes.into_iter().map(listed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(changes: &[Change], replicas: Option<usize>) -> Result<Case, String> {
        Case::new(built_in(), changes, replicas)
    }

    #[test]
    fn without_a_change_one_node_comes() {
        let case = case(&[], None).unwrap();
        assert_eq!(case.change, "new-1 comes with weight 3 in bodø");
        assert_eq!((case.before().len(), case.after().len(), case.replicas), (10, 11, 3));
        assert_eq!(case.zone_count(), 3);
    }

    #[test]
    fn changes_come_one_after_the_other() {
        let new = Listed { name: "x".into(), weight: 1, zone: Some("z".into()) };
        let changes = [
            Change::Add(new),
            Change::Weight("x".into(), 0),
            Change::Remove("oslo-1".into()),
            Change::Weight("oslo-2".into(), 5),
        ];
        let case = case(&changes, Some(9)).unwrap();
        assert_eq!(case.after().len(), 10);
        assert_eq!(Case::taking(&case.after()).len(), 9);
        assert_eq!(case.zone_count(), 3);
        assert!(case.change.ends_with("oslo-1 goes, oslo-2 weighs 5 instead of 4"));
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let listed = |name: &str, zone: Option<&str>| Listed {
            name: name.into(),
            weight: 1,
            zone: zone.map(str::to_string),
        };
        for (change, words) in [
            (Change::Add(listed("oslo-1", Some("z"))), "--add oslo-1: node oslo-1 is there twice"),
            (Change::Add(listed("x", None)), "either all nodes have a zone, or none"),
            (Change::Remove("x".into()), "--remove x: there is no such node"),
            (Change::Weight("x".into(), 1), "--weight x: there is no such node"),
        ] {
            let error = case(&[change], None).unwrap_err();
            assert!(error.contains(words), "{error}");
        }
        assert!(case(&[], Some(11)).unwrap_err().contains("10 nodes take keys before"));
        let gone = [Change::Remove("a".into())];
        let error = Case::new(vec![listed("a", None)], &gone, None).unwrap_err();
        assert!(error.contains("no node takes keys"), "{error}");
    }
}

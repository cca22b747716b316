//! How many keys each node has.

use synod_hashring::{Placement, Zoned};

use crate::case::{Case, Node};

/// How many keys each member of the case has.
pub(crate) struct Loads {
    pub(crate) before: Vec<u64>,
    /// `None` where the algorithm has no such change.
    pub(crate) after: Option<Vec<u64>>,
    /// How many are after it where they were not before.
    pub(crate) moved: u64,
}

impl Loads {
    pub(crate) fn new(case: &Case, changes: bool) -> Self {
        let none = vec![0; case.members.len()];
        Self { after: changes.then(|| none.clone()), before: none, moved: 0 }
    }

    /// Counts a key that was on these nodes, and is on those.
    pub(crate) fn add(&mut self, old: &[Node<'_>], new: &[Node<'_>]) {
        for node in old {
            add_one(&mut self.before, node.at);
        }
        let Some(after) = &mut self.after else { return };
        for node in new {
            add_one(after, node.at);
            self.moved = self.moved.saturating_add((!old.contains(node)).into());
        }
    }
}

fn add_one(loads: &mut [u64], at: usize) {
    if let Some(load) = loads.get_mut(at) {
        *load = load.saturating_add(1);
    }
}

pub(crate) struct Replicas {
    pub(crate) loads: Loads,
    /// Before the change: how many keys have too few of them.
    pub(crate) short: u64,
    /// How many have theirs in as many zones as can be, and how many would without [`Zoned`].
    pub(crate) apart: u64,
    pub(crate) apart_alone: u64,
}

/// Counts the replicas of keys.
pub(crate) struct Counting<'a, 'p, P> {
    before: Placed<'a, 'p, P>,
    after: Option<Placed<'a, 'p, P>>,
    zones: usize,
    replicas: Replicas,
    /// Room for the replicas of a key, before and after.
    rooms: [Vec<Node<'a>>; 2],
}

impl<'a, 'p, P: Placement<Node = Node<'a>>> Counting<'a, 'p, P> {
    pub(crate) fn new(case: &'a Case, before: &'p P, after: Option<&'p P>) -> Self {
        // Any node will do: what is in a room before is not looked at.
        let room = Case::taking(&case.before()).into_iter().cycle().take(case.replicas);
        let room: Vec<_> = room.collect();
        let loads = Loads::new(case, after.is_some());
        Self {
            before: Placed::new(case, before),
            after: after.map(|after| Placed::new(case, after)),
            zones: case.zone_count().min(case.replicas),
            replicas: Replicas { loads, short: 0, apart: 0, apart_alone: 0 },
            rooms: [room.clone(), room],
        }
    }

    pub(crate) fn add(&mut self, key: &[u8]) {
        let [old, new] = &mut self.rooms;
        let wanted = old.len();
        let counts = &mut self.replicas;
        if self.before.zoned.is_some() {
            let alone = self.before.placement.successors(key, new);
            add_if(&mut counts.apart_alone, zones_of(alone) >= self.zones);
        }
        let old = self.before.replicas(key, old);
        add_if(&mut counts.apart, zones_of(old) >= self.zones);
        add_if(&mut counts.short, old.len() < wanted);
        let new = match &self.after {
            Some(after) => after.replicas(key, new),
            None => &mut [],
        };
        counts.loads.add(old, new);
    }

    pub(crate) fn into_replicas(self) -> Replicas {
        self.replicas
    }
}

fn add_if(count: &mut u64, is_so: bool) {
    *count = count.saturating_add(is_so.into());
}

type ZoneOf<'a> = fn(Node<'a>) -> usize;

/// A placement, and where its nodes have zones, that by zones.
struct Placed<'a, 'p, P> {
    placement: &'p P,
    zoned: Option<Zoned<&'p P, ZoneOf<'a>>>,
}

impl<'a, 'p, P: Placement<Node = Node<'a>>> Placed<'a, 'p, P> {
    fn new(case: &Case, placement: &'p P) -> Self {
        let zone_of: ZoneOf<'a> = |node| node.zone;
        let zoned = (!case.zones.is_empty()).then(|| Zoned::new(placement, zone_of));
        Self { placement, zoned }
    }

    fn replicas<'n>(&self, key: &[u8], nodes: &'n mut [Node<'a>]) -> &'n mut [Node<'a>] {
        match &self.zoned {
            Some(zoned) => zoned.successors_where(key, nodes, |_| true).0,
            None => self.placement.successors(key, nodes),
        }
    }
}

/// In how many zones nodes are.
fn zones_of(nodes: &[Node<'_>]) -> usize {
    let mut zones = 0_usize;
    let mut rest = nodes;
    while let [node, others @ ..] = rest {
        let is_last = others.iter().all(|other| other.zone != node.zone);
        zones = zones.saturating_add(is_last.into());
        rest = others;
    }
    zones
}

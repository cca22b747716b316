//! Several servers that keep the siblings of one key, against maps.

use std::collections::BTreeMap;

use arbitrary::Arbitrary;
use synod_clocks::{Capacity, Heap, Inline, PutError, Siblings, SiblingsError, VersionVector};

use super::replica::{Event, Replica, dot, pair};
use crate::{fingerprint::fingerprint, refusal::refusal};

/// One call on one server.
#[derive(Arbitrary, Debug)]
pub struct Step {
    server: Server,
    operation: Operation,
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Server {
    Small,
    Large,
    Heap,
}

#[derive(Arbitrary, Debug)]
enum Operation {
    /// A client reads, and remembers the context.
    Read(Client),
    /// A client writes with what it remembers.
    Put(Client, Replica, u8),
    /// A client deletes with what it remembers.
    Delete(Client),
    /// A client claims to have read what perhaps was never written.
    Forge(Client, Vec<Event>),
    /// Another server sends all that it has.
    Merge(Server),
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Client {
    First,
    Second,
    Third,
}

/// Plays the steps on three servers with three clients.
pub fn check(steps: &[Step]) {
    let mut servers = Servers::default();
    let mut clients = <[Known; 3]>::default();
    for step in steps.iter().take(60) {
        let others = servers.clone();
        match step.server {
            Server::Small => servers.small.apply(step, &others, &mut clients),
            Server::Large => servers.large.apply(step, &others, &mut clients),
            Server::Heap => servers.heap.apply(step, &others, &mut clients),
        }
        servers.small.compare(&servers.large);
        servers.large.compare(&servers.heap);
        servers.heap.compare(&servers.small);
    }
}

#[derive(Clone, Debug, Default)]
struct Servers {
    small: Modelled<Inline<2>, Inline<2>>,
    large: Modelled<Inline<4>, Inline<3>>,
    heap: Modelled<Heap, Heap>,
}

/// The writes known: of each replica, all up to this one.
pub(crate) type Known = BTreeMap<u8, u64>;

/// The siblings of one key, the writes that they should know, and those of them that are live.
#[derive(Clone, Debug)]
pub(crate) struct Modelled<C: Capacity, S: Capacity> {
    siblings: Siblings<u8, u8, C, S>,
    known: Known,
    live: BTreeMap<(u8, u64), u8>,
}

impl<C: Capacity, S: Capacity> Default for Modelled<C, S> {
    fn default() -> Self {
        Self::of(Siblings::new())
    }
}

impl<C: Capacity, S: Capacity> Modelled<C, S> {
    /// Siblings that exist, modelled by what they say.
    pub(crate) fn of(siblings: Siblings<u8, u8, C, S>) -> Self {
        let known = siblings.context().iter().map(pair).collect();
        let live = siblings.versions().iter().map(|(dot, value)| (pair(*dot), *value)).collect();
        Self { siblings, known, live }
    }

    /// The writes that should be known.
    pub(crate) fn known(&self) -> &Known {
        &self.known
    }

    fn apply(&mut self, step: &Step, others: &Servers, clients: &mut [Known; 3]) {
        match &step.operation {
            Operation::Read(client) => clients[*client as usize] = self.known.clone(),
            Operation::Put(client, replica, value) => {
                self.put(&clients[*client as usize], replica.0, *value);
            }
            Operation::Delete(client) => self.delete(&clients[*client as usize]),
            Operation::Forge(client, events) => {
                let claims = events.iter().map(|event| pair(event.dot()));
                clients[*client as usize] = claims.collect();
            }
            Operation::Merge(Server::Small) => self.merge(&others.small),
            Operation::Merge(Server::Large) => self.merge(&others.large),
            Operation::Merge(Server::Heap) => self.merge(&others.heap),
        }
    }

    pub(crate) fn put(&mut self, read: &Known, replica: u8, value: u8) {
        let mut known = union(&self.known, read);
        let latest = known.get(&replica).copied().unwrap_or(0);
        let write = (replica, latest.saturating_add(1));
        known.insert(write.0, write.1);
        let mut live = self.live.clone();
        live.retain(|write, _| !knows(read, *write));
        live.insert(write, value);
        match self.siblings.put(&vector(read), replica, value) {
            Ok(issued) => {
                assert_eq!(issued, dot(replica, latest + 1));
                self.commit(known, live);
            }
            Err((error, returned)) => {
                assert_eq!(returned, value, "a refused value comes back");
                match error {
                    PutError::Exhausted => assert_eq!(latest, u64::MAX),
                    PutError::Replicas(full) => {
                        assert_eq!(Some(full), refusal::<C>(known.len()));
                    }
                    PutError::Versions(full) => {
                        assert_eq!(Some(full), refusal::<S>(live.len()));
                    }
                    other => panic!("{other}"),
                }
            }
        }
        self.check();
    }

    pub(crate) fn delete(&mut self, read: &Known) {
        let known = union(&self.known, read);
        let mut live = self.live.clone();
        live.retain(|write, _| !knows(read, *write));
        match self.siblings.delete(&vector(read)) {
            Ok(changed) => {
                assert_eq!(changed, known != self.known || live != self.live);
                self.commit(known, live);
            }
            Err(full) => assert_eq!(Some(full), refusal::<C>(known.len())),
        }
        self.check();
    }

    pub(crate) fn merge<D: Capacity, T: Capacity>(&mut self, other: &Modelled<D, T>) {
        let known = union(&self.known, &other.known);
        let mut live = self.live.clone();
        live.retain(|write, _| other.live.contains_key(write) || !knows(&other.known, *write));
        for (write, value) in &other.live {
            if !knows(&self.known, *write) {
                live.insert(*write, *value);
            }
        }
        match self.siblings.merge(&other.siblings) {
            Ok(changed) => {
                assert_eq!(changed, known != self.known || live != self.live);
                self.commit(known, live);
            }
            Err(SiblingsError::Replicas(full)) => {
                assert_eq!(Some(full), refusal::<C>(known.len()));
            }
            Err(SiblingsError::Versions(full)) => {
                assert_eq!(Some(full), refusal::<S>(live.len()));
            }
            Err(other) => panic!("{other}"),
        }
        self.check();
    }

    fn commit(&mut self, known: Known, live: BTreeMap<(u8, u64), u8>) {
        assert!(known.len() <= C::LIMIT && live.len() <= S::LIMIT);
        (self.known, self.live) = (known, live);
    }

    fn check(&self) {
        let context = self.siblings.context().iter().map(pair);
        assert!(context.eq(self.known.iter().map(|(id, counter)| (*id, *counter))));
        let versions = self.siblings.versions().iter();
        let versions = versions.map(|(dot, value)| (pair(*dot), *value));
        assert!(versions.eq(self.live.iter().map(|(write, value)| (*write, *value))));
        assert!(self.siblings.values().eq(self.live.values()));
        assert_eq!(self.siblings.len(), self.live.len());
        assert_eq!(self.siblings.is_empty(), self.live.is_empty());
    }

    pub(crate) fn compare<D: Capacity, T: Capacity>(&self, other: &Modelled<D, T>) {
        let equal = self.known == other.known && self.live == other.live;
        assert_eq!(self.siblings == other.siblings, equal);
        if equal {
            assert_eq!(fingerprint(&self.siblings), fingerprint(&other.siblings));
        }
    }
}

fn knows(known: &Known, write: (u8, u64)) -> bool {
    known.get(&write.0).is_some_and(|latest| *latest >= write.1)
}

fn union(one: &Known, two: &Known) -> Known {
    let mut both = one.clone();
    for (replica, counter) in two {
        let entry = both.entry(*replica).or_default();
        *entry = (*entry).max(*counter);
    }
    both
}

fn vector(known: &Known) -> VersionVector<u8, Heap> {
    let dots = known.iter().map(|(replica, counter)| dot(*replica, *counter));
    VersionVector::from_dots(dots).expect("the heap has room")
}

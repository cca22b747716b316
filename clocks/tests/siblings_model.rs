//! Servers that write, delete and exchange one key in random orders, against plain sets of dots.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, clippy::expect_used)] // A test may panic.
#![allow(clippy::arithmetic_side_effects, clippy::cast_possible_truncation)]
#![allow(clippy::std_instead_of_core, clippy::std_instead_of_alloc)] // Nor need it be no_std.
#![cfg(feature = "alloc")]

use std::collections::{BTreeMap, BTreeSet, hash_map::DefaultHasher};
use std::hash::{Hash, Hasher};

use proptest::{collection, prelude::*, sample::Index};
use synod_clocks::{Dot, Full, Heap, Inline, PutError, Siblings, SiblingsError, VersionVector};

const SERVERS: u8 = 3;

type Key = Siblings<u8, u32, Heap, Heap>;
type Small = Siblings<u8, u32, Inline<2>, Inline<2>>;
type Context = VersionVector<u8, Heap>;

/// What a server knows, as facts: every event, and the values that are still current.
#[derive(Clone, Default, Debug, PartialEq)]
struct Facts {
    known: BTreeSet<(u8, u64)>,
    current: BTreeMap<(u8, u64), u32>,
}

impl Facts {
    fn put(&mut self, context: &Context, server: u8, value: u32) {
        self.delete(context);
        let counter = self.known.iter().filter(|event| event.0 == server).count() as u64 + 1;
        self.known.insert((server, counter));
        self.current.insert((server, counter), value);
    }

    fn delete(&mut self, context: &Context) {
        for dot in context {
            self.known.extend((1..=dot.counter.get()).map(|counter| (dot.replica, counter)));
        }
        self.current.retain(|event, _| !covers(context, *event));
    }

    fn replaced(&self, event: &(u8, u64)) -> bool {
        self.known.contains(event) && !self.current.contains_key(event)
    }

    fn merge(&mut self, other: &Self) {
        let mine = self.clone();
        self.current.retain(|event, _| !other.replaced(event));
        for (event, value) in &other.current {
            if !mine.replaced(event) {
                self.current.insert(*event, *value);
            }
        }
        self.known.extend(&other.known);
    }
}

fn covers(context: &Context, (replica, counter): (u8, u64)) -> bool {
    context.contains(Dot::new(replica, counter).expect("counters begin at 1"))
}

fn facts(key: &Key) -> Facts {
    let event = |dot: Dot<u8>| (dot.replica, dot.counter.get());
    Facts {
        known: key
            .context()
            .iter()
            .flat_map(|dot| (1..=dot.counter.get()).map(move |counter| (dot.replica, counter)))
            .collect(),
        current: key.versions().iter().map(|(dot, value)| (event(*dot), *value)).collect(),
    }
}

#[derive(Clone, Debug)]
enum Step {
    Put { server: u8, read: Index },
    Delete { server: u8, read: Index },
    Merge { server: u8, from: u8 },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let put = (0..SERVERS, any::<Index>()).prop_map(|(server, read)| Step::Put { server, read });
    let delete =
        (0..SERVERS, any::<Index>()).prop_map(|(server, read)| Step::Delete { server, read });
    let merge = (0..SERVERS, 0..SERVERS).prop_map(|(server, from)| Step::Merge { server, from });
    collection::vec(
        prop_oneof![4 => put, 1 => delete, 3 => merge],
        0..if cfg!(miri) { 12 } else { 40 },
    )
}

/// Runs the steps, and calls `check` after each with the servers and their facts.
fn run(
    steps: &[Step],
    mut check: impl FnMut(&[Key], &[Facts]) -> Result<(), TestCaseError>,
) -> Result<Vec<Key>, TestCaseError> {
    let mut keys = vec![Key::new(); usize::from(SERVERS)];
    let mut truth = vec![Facts::default(); usize::from(SERVERS)];
    let mut reads = vec![Context::new()];
    for (value, step) in (0..).zip(steps) {
        match step {
            Step::Put { server, read } => {
                let (at, context) = (usize::from(*server), read.get(&reads));
                let dot = keys[at].put(context, *server, value).unwrap();
                prop_assert!(keys[at].versions().contains(&(dot, value)));
                truth[at].put(context, *server, value);
            }
            Step::Delete { server, read } => {
                let (at, context) = (usize::from(*server), read.get(&reads));
                let before = truth[at].clone();
                let changed = keys[at].delete(context).unwrap();
                truth[at].delete(context);
                prop_assert_eq!(changed, truth[at] != before);
            }
            Step::Merge { server, from } => {
                let (at, from) = (usize::from(*server), usize::from(*from));
                let (other, others) = (keys[from].clone(), truth[from].clone());
                let before = truth[at].clone();
                let changed = keys[at].merge(&other).unwrap();
                truth[at].merge(&others);
                prop_assert_eq!(changed, truth[at] != before);
            }
        }
        reads.extend(keys.iter().map(|key| key.context().clone()));
        check(&keys, &truth)?;
    }
    Ok(keys)
}

fn joined(left: &Key, right: &Key) -> Key {
    let mut joined = left.clone();
    joined.merge(right).unwrap();
    joined
}

proptest! {
    #[test]
    fn siblings_agree_with_sets(steps in steps()) {
        run(&steps, |keys, truth| {
            for (key, facts_expected) in keys.iter().zip(truth) {
                prop_assert_eq!(&facts(key), facts_expected);
                prop_assert_eq!(key.len(), facts_expected.current.len());
                prop_assert_eq!(key.is_empty(), facts_expected.current.is_empty());
                prop_assert!(key.values().eq(facts_expected.current.values()));
            }
            Ok(())
        })?;
    }

    #[test]
    fn siblings_converge_in_any_order(steps in steps()) {
        let keys = run(&steps, |_, _| Ok(()))?;
        let (a, b, c) = (&keys[0], &keys[1], &keys[2]);
        let all = joined(&joined(a, b), c);
        prop_assert_eq!(&joined(a, &joined(b, c)), &all);
        prop_assert_eq!(&joined(c, &joined(b, a)), &all);
        prop_assert_eq!(&joined(&all, b), &all);
        prop_assert_eq!(all.clone().merge(a), Ok(false), "nothing is news twice");
    }

    #[test]
    fn small_siblings_refuse_whole(steps in steps()) {
        let mut small = Small::new();
        let mut grown = Key::new();
        run(&steps, |keys, _| {
            for key in keys {
                let mut next = grown.clone();
                let news = next.merge(key).unwrap();
                let (replicas, versions) = (next.context().len(), next.len());
                let before = small.clone();
                let expected = if versions > 2 {
                    Err(SiblingsError::Versions(Full { needed: versions, capacity: 2 }))
                } else if replicas > 2 {
                    Err(SiblingsError::Replicas(Full { needed: replicas, capacity: 2 }))
                } else {
                    Ok(news)
                };
                prop_assert_eq!(small.merge(key), expected);
                if expected.is_ok() {
                    grown = next;
                } else {
                    prop_assert_eq!(&small, &before);
                }
                prop_assert_eq!(&small, &grown);

                // A write with the context of another server, which may name replicas unknown here.
                let context = key.context();
                let mut next = grown.clone();
                next.put(context, 1, 7).unwrap();
                let before = small.clone();
                match small.clone().put(context, 1, 7) {
                    Ok(_) => prop_assert!(next.context().len() <= 2 && next.len() <= 2),
                    Err((PutError::Replicas(full), 7)) => {
                        prop_assert_eq!(full.needed, next.context().len());
                        prop_assert!(full.needed > 2);
                    }
                    Err((PutError::Versions(full), 7)) => {
                        prop_assert_eq!(full.needed, next.len());
                        prop_assert!(full.needed > 2);
                    }
                    Err(error) => prop_assert!(false, "{error:?}"),
                }
                let mut refused = small.clone();
                if refused.put(context, 1, 7).is_err() {
                    prop_assert_eq!(&refused, &before);
                }
            }
            Ok(())
        })?;
    }
}

#[test]
fn what_differs_is_not_equal() {
    let mut one = Key::new();
    one.put(&Context::new(), 1, 5).unwrap();
    let mut other_value = Key::new();
    other_value.put(&Context::new(), 1, 6).unwrap();
    let mut deleted = one.clone();
    deleted.delete(&one.context().clone()).unwrap();
    let keys = [Key::new(), one, other_value, deleted];
    for (i, left) in keys.iter().enumerate() {
        for (j, right) in keys.iter().enumerate() {
            assert_eq!(left == right, i == j);
        }
    }
    let hash = |key: &Key| {
        let mut hasher = DefaultHasher::new();
        key.hash(&mut hasher);
        hasher.finish()
    };
    assert_eq!(keys.iter().map(hash).collect::<BTreeSet<_>>().len(), 4);
}

#[test]
fn a_refused_delete_removes_nothing() {
    let mut key = Siblings::<u8, u32, Inline<1>, Inline<2>>::new();
    key.put(&Context::new(), 1, 5).unwrap();
    let before = key.clone();
    let read = Context::from_dots([Dot::new(1, 1).unwrap(), Dot::new(2, 1).unwrap()]).unwrap();
    assert_eq!(key.delete(&read), Err(Full { needed: 2, capacity: 1 }));
    assert_eq!(key, before);
}

#[test]
fn exhausted_counter_hands_the_value_back() {
    let end = Context::from_dots(Dot::new(1, u64::MAX)).unwrap();
    let mut key = Key::new();
    key.put(&Context::new(), 2, 5).unwrap();
    let before = key.clone();
    assert_eq!(key.put(&end, 1, 6), Err((PutError::Exhausted, 6)));
    assert_eq!(key, before);
}

//! Sets of nodes of several widths against sets of numbers.

use std::collections::BTreeSet;

use arbitrary::Arbitrary;
use synod_quorum::{NodeSet, OutOfRange};

use crate::fingerprint::fingerprint;

/// One call on one of two sets of each width, with the other as its argument where it takes one.
#[derive(Arbitrary, Debug)]
pub struct Step {
    on_second: bool,
    operation: Operation,
}

#[derive(Arbitrary, Debug)]
enum Operation {
    Insert(Node),
    Remove(Node),
    First(Node),
    FromNodes(Vec<Node>),
    FromWords([u64; 3]),
    Union,
    Meet,
    Difference,
    Advance(u8),
}

/// A node that fits some of the sets, or none.
#[derive(Arbitrary, Clone, Copy, Debug)]
struct Node(u8);

impl Node {
    fn get(self) -> usize {
        match self.0 {
            255 => usize::MAX,
            254 => usize::MAX / 64 + 1,
            small => usize::from(small),
        }
    }
}

/// Plays the steps on sets of no, one, two and three words.
pub fn check(steps: &[Step]) {
    let steps = &steps[..steps.len().min(40)];
    check_width::<0>(steps);
    check_width::<1>(steps);
    check_width::<2>(steps);
    check_width::<3>(steps);
}

fn check_width<const WORDS: usize>(steps: &[Step]) {
    let mut pair = [const { Modelled::<WORDS>::new() }; 2];
    for step in steps {
        let other = pair[usize::from(!step.on_second)].clone();
        let own = &mut pair[usize::from(step.on_second)];
        own.apply(&step.operation, &other);
        own.check();
        own.compare(&other);
    }
    pair.iter().for_each(Modelled::check_all);
}

/// A set, and what should be in it.
#[derive(Clone, Debug)]
struct Modelled<const WORDS: usize> {
    set: NodeSet<WORDS>,
    model: BTreeSet<usize>,
}

impl<const WORDS: usize> Modelled<WORDS> {
    const fn new() -> Self {
        Self { set: NodeSet::new(), model: BTreeSet::new() }
    }

    fn apply(&mut self, operation: &Operation, other: &Self) {
        match operation {
            Operation::Insert(node) => {
                let due = refusal::<WORDS>(node.get());
                match self.set.insert(node.get()) {
                    Ok(news) => assert_eq!(news, self.model.insert(node.get())),
                    Err(error) => assert_eq!(Some(error), due),
                }
                assert_eq!(due.is_none(), self.set.contains(node.get()));
            }
            Operation::Remove(node) => {
                assert_eq!(self.set.remove(node.get()), self.model.remove(&node.get()));
            }
            Operation::First(count) => match NodeSet::first(count.get()) {
                Ok(set) => *self = Self { set, model: (0..count.get()).collect() },
                Err(error) => assert_eq!(Some(error), refusal::<WORDS>(count.get() - 1)),
            },
            Operation::FromNodes(nodes) => {
                let nodes: Vec<usize> = nodes.iter().take(20).map(|node| node.get()).collect();
                match NodeSet::from_nodes(&nodes) {
                    Ok(set) => *self = Self { set, model: nodes.into_iter().collect() },
                    Err(error) => {
                        let first = nodes.into_iter().find_map(refusal::<WORDS>);
                        assert_eq!(Some(error), first);
                    }
                }
            }
            Operation::FromWords(words) => {
                let fitting = core::array::from_fn(|at| words[at]);
                let bits = |node: &usize| words[node / 64] >> (node % 64) & 1 == 1;
                let model = (0..WORDS * 64).filter(bits).collect();
                *self = Self { set: NodeSet::from_words(fitting), model };
                assert_eq!(self.set.to_words(), fitting);
            }
            Operation::Union => {
                self.set = self.set | other.set;
                self.model = &self.model | &other.model;
            }
            Operation::Meet => {
                self.set = self.set & other.set;
                self.model = &self.model & &other.model;
            }
            Operation::Difference => {
                self.set = self.set - other.set;
                self.model = &self.model - &other.model;
            }
            Operation::Advance(steps) => self.advance(*steps),
        }
    }

    /// Asserts that a walk of so many steps says at each how many are left.
    fn advance(&self, steps: u8) {
        let mut nodes = self.set.iter();
        let mut due = self.model.iter().copied();
        for _ in 0..steps {
            assert_eq!(nodes.len(), due.len());
            assert_eq!(nodes.next(), due.next());
        }
        assert!(nodes.eq(due));
    }

    fn check(&self) {
        assert_eq!(NodeSet::<WORDS>::CAPACITY, 64 * WORDS);
        assert!(self.set.iter().eq(self.model.iter().copied()));
        assert!(self.set.into_iter().eq(self.model.iter().copied()));
        assert_eq!(self.set.len(), self.model.len());
        assert_eq!(self.set.is_empty(), self.model.is_empty());
        assert_eq!(self.set == NodeSet::default(), self.model.is_empty());
    }

    /// Asserts what would take long after every step.
    fn check_all(&self) {
        for node in (0..200).chain([usize::MAX]) {
            assert_eq!(self.set.contains(node), self.model.contains(&node));
        }
        assert_eq!(format!("{:?}", self.set), format!("{:?}", self.model));
        assert_eq!(self.set.to_string(), format!("{:?}", self.model));
    }

    fn compare(&self, other: &Self) {
        let equal = self.model == other.model;
        assert_eq!(self.set == other.set, equal);
        assert_eq!(self.set.is_subset(other.set), self.model.is_subset(&other.model));
        assert_eq!(self.set.is_disjoint(other.set), self.model.is_disjoint(&other.model));
        if equal {
            assert_eq!(fingerprint(&self.set), fingerprint(&other.set));
        }
    }
}

/// The error that is due for a node, or `None` if it fits.
fn refusal<const WORDS: usize>(node: usize) -> Option<OutOfRange> {
    let capacity = WORDS * 64;
    (node >= capacity).then_some(OutOfRange { node, capacity })
}

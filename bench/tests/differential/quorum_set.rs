//! `synod-quorum` against `quorum-set`.
//!
//! The same: what is a quorum, of majorities, thresholds, joint systems, lists and grids; whether
//! quorums always meet; the index that a quorum holds.
//!
//! Different, and mapped here:
//!
//! - Nobody, and a threshold above the number of members, are rules there, which accept no set and
//!   therefore meet every other. Ours do not exist.
//! - Its progress starts at 0 for every node and never goes back: it is the highest index that was
//!   ever held by a quorum. Ours is a function of the reports of the moment, `None` for too few.
//! - Its quick check of joint systems may not know. Ours searches, up to 20 nodes.

use std::{collections::BTreeSet, num::NonZeroU64};

use proptest::{
    collection::{btree_set, vec},
    prelude::*,
};
use quorum_set::{
    BothQuorums, Node, QuorumIntersection, QuorumSet, QuorumTree, ThresholdQuorumSet, VecProgress,
    verify_intersection,
};
use synod_bench::quorums::{self, Nodes, Opaque};
use synod_quorum::{
    Coterie, Explicit, Grid, GridRule, IntersectionError, Joint, Majority, NoMembers, NodeSet,
    Quorums, Threshold, ThresholdError, intersection,
};

use crate::inputs::{LIMIT, answers, fit_one_word, members, one_word, reports, some_of};

/// A family, as ours and as the peer's.
struct Pair<O, T> {
    ours: O,
    theirs: T,
}

impl<O, T: QuorumSet<Id = usize>> Pair<O, T> {
    /// Both have the same members and take the same sets for quorums.
    fn decides<const WORDS: usize>(&self, answers: &Nodes) -> Result<(), TestCaseError>
    where
        O: Quorums<WORDS>,
    {
        let members: Nodes = self.theirs.ids().collect();
        prop_assert_eq!(self.ours.members(), quorums::node_set(&members));
        let set = quorums::node_set(answers);
        prop_assert_eq!(self.ours.is_quorum(set), self.theirs.is_quorum(answers.iter()));
        let others = members.difference(answers);
        prop_assert_eq!(self.ours.is_blocked_by(set), !self.theirs.is_quorum(others));
        Ok(())
    }

    /// Both hold that the quorums of the two families meet; or ours shows a quorum of each, which
    /// the peer confirms, that do not, and can spare no node.
    fn meets<P, U>(&self, other: &Pair<P, U>) -> Result<(), TestCaseError>
    where
        O: Quorums,
        P: Quorums,
        U: QuorumSet<Id = usize>,
    {
        let expected = verify_intersection(&self.theirs, &other.theirs);
        match intersection(&self.ours, &other.ours) {
            Ok(()) => prop_assert!(expected),
            Err(IntersectionError::Disjoint { first, second }) => {
                prop_assert!(!expected && first.is_disjoint(second));
                least(&self.theirs, first)?;
                least(&other.theirs, second)?;
            }
            Err(error) => prop_assert!(false, "{error}"),
        }
        Ok(())
    }

    /// The index that a quorum holds, to ours and to a tracker of progress that is told at once.
    fn commits<const WORDS: usize>(&self, reports: &[Option<u64>]) -> Result<(), TestCaseError>
    where
        O: Quorums<WORDS>,
        T: Clone,
    {
        let progress: VecProgress<(usize, u64), T> =
            VecProgress::new(self.theirs.clone(), 0..LIMIT, |node: usize| {
                (node, reports[node].unwrap_or(0))
            });
        let committed = self.ours.committed(|node| reports[node]);
        prop_assert_eq!(committed.unwrap_or(0), *progress.quorum_accepted());
        let reported: Vec<usize> = (0..LIMIT).filter(|node| reports[*node].is_some()).collect();
        prop_assert_eq!(committed.is_some(), self.theirs.is_quorum(reported.iter()));
        Ok(())
    }
}

/// The nodes are a quorum, and without any of them are none.
fn least(theirs: &impl QuorumSet<Id = usize>, nodes: NodeSet) -> Result<(), TestCaseError> {
    let nodes: Vec<usize> = nodes.iter().collect();
    prop_assert!(theirs.is_quorum(nodes.iter()));
    for gone in &nodes {
        prop_assert!(!theirs.is_quorum(nodes.iter().filter(|node| *node != gone)));
    }
    Ok(())
}

fn majority<const WORDS: usize>(nodes: &Nodes) -> Pair<Majority<WORDS>, Nodes> {
    Pair { ours: quorums::majority(nodes), theirs: nodes.clone() }
}

type JointMajority<const WORDS: usize> = Joint<Majority<WORDS>, Majority<WORDS>, WORDS>;

fn joint<const WORDS: usize>(
    outgoing: &Nodes,
    incoming: &Nodes,
) -> Pair<JointMajority<WORDS>, Vec<Nodes>> {
    let ours = quorums::joint(outgoing, incoming);
    Pair { ours, theirs: vec![outgoing.clone(), incoming.clone()] }
}

fn threshold<const WORDS: usize>(
    nodes: &Nodes,
    needed: usize,
) -> Pair<Threshold<WORDS>, ThresholdQuorumSet<usize>> {
    let ours = Threshold::new(quorums::node_set(nodes), needed).unwrap();
    let needed = NonZeroU64::new(needed as u64).unwrap();
    Pair { ours, theirs: ThresholdQuorumSet::new(needed, nodes.clone()) }
}

/// What a coterie is: more than half, and by `more` at most.
fn above_half(nodes: &Nodes, more: usize) -> usize {
    (nodes.len() / 2 + 1 + more).min(nodes.len())
}

type JointThreshold<const WORDS: usize> =
    Joint<Coterie<Threshold<WORDS>, WORDS>, Majority<WORDS>, WORDS>;

/// Halves of two kinds.
fn mixed<const WORDS: usize>(
    outgoing: &Nodes,
    more: usize,
    incoming: &Nodes,
) -> Pair<JointThreshold<WORDS>, quorum_set::Joint<ThresholdQuorumSet<usize>>> {
    let outgoing = threshold(outgoing, above_half(outgoing, more));
    let incoming = threshold::<WORDS>(incoming, above_half(incoming, 0));
    let half = Majority::new(incoming.ours.members()).unwrap();
    Pair {
        ours: Joint::new(Coterie::new(outgoing.ours).unwrap(), half),
        theirs: quorum_set::Joint::new([outgoing.theirs, incoming.theirs]),
    }
}

/// A node of the peer's tree: any so many of these.
fn any_of(needed: usize, nodes: impl IntoIterator<Item = usize>) -> Node<usize> {
    let nodes = nodes.into_iter().map(Node::Id);
    Node::Subtree(QuorumTree::new(needed as u64, nodes).unwrap())
}

fn explicit(listed: &BTreeSet<Nodes>) -> Pair<Explicit<6>, QuorumTree<usize>> {
    let sets: Vec<NodeSet> = listed.iter().map(quorums::node_set).collect();
    let branches = listed.iter().map(|nodes| any_of(nodes.len(), nodes.iter().copied()));
    Pair { ours: Explicit::new(&sets).unwrap(), theirs: QuorumTree::new(1, branches).unwrap() }
}

type GridPair<T> = Pair<synod_quorum::GridQuorums, T>;

fn every_column(rows: usize, columns: usize) -> GridPair<QuorumTree<usize>> {
    let column = |column| any_of(1, (0..rows).map(move |row| row * columns + column));
    let theirs = QuorumTree::new(columns as u64, (0..columns).map(column)).unwrap();
    Pair { ours: Grid::new(rows, columns).unwrap().quorums(GridRule::EveryColumn), theirs }
}

fn whole_column(rows: usize, columns: usize) -> GridPair<QuorumTree<usize>> {
    let column = |column| any_of(rows, (0..rows).map(move |row| row * columns + column));
    let theirs = QuorumTree::new(1, (0..columns).map(column)).unwrap();
    Pair { ours: Grid::new(rows, columns).unwrap().quorums(GridRule::WholeColumn), theirs }
}

fn both_rules(
    rows: usize,
    columns: usize,
) -> GridPair<BothQuorums<QuorumTree<usize>, QuorumTree<usize>>> {
    let every = every_column(rows, columns).theirs;
    let theirs = BothQuorums::new(every, whole_column(rows, columns).theirs);
    Pair { ours: Grid::new(rows, columns).unwrap().quorums(GridRule::Both), theirs }
}

fn decide<const WORDS: usize>(
    own: &Nodes,
    other: &Nodes,
    chosen: usize,
    answers: &Nodes,
) -> Result<(), TestCaseError> {
    majority::<WORDS>(own).decides(answers)?;
    threshold::<WORDS>(own, chosen % own.len() + 1).decides(answers)?;
    joint::<WORDS>(own, other).decides(answers)?;
    mixed::<WORDS>(own, chosen, other).decides(answers)
}

fn commit<const WORDS: usize>(
    own: &Nodes,
    other: &Nodes,
    chosen: usize,
    reports: &[Option<u64>],
) -> Result<(), TestCaseError> {
    majority::<WORDS>(own).commits(reports)?;
    threshold::<WORDS>(own, chosen % own.len() + 1).commits(reports)?;
    joint::<WORDS>(own, other).commits(reports)?;
    mixed::<WORDS>(own, chosen, other).commits(reports)
}

/// So few nodes that the peer can try all of their sets.
fn few() -> impl Strategy<Value = Nodes> {
    some_of(7, 1..=5)
}

proptest! {
    #[test]
    fn decisions_agree(
        own in members(),
        other in members(),
        chosen in any::<u8>(),
        answers in answers(),
    ) {
        decide::<2>(&own, &other, chosen.into(), &answers)?;
        if fit_one_word(&own) && fit_one_word(&other) {
            decide::<1>(&own, &other, chosen.into(), &one_word(&answers))?;
        }
    }

    #[test]
    fn lists_and_grids_agree(
        listed in btree_set(some_of(24, 1..=9), 1..=6),
        (rows, columns) in (1..=8_usize, 1..=8_usize),
        answers in answers(),
    ) {
        let answers = one_word(&answers);
        explicit(&listed).decides(&answers)?;
        every_column(rows, columns).decides(&answers)?;
        whole_column(rows, columns).decides(&answers)?;
        both_rules(rows, columns).decides(&answers)?;
    }

    #[test]
    fn committed_indexes_agree(
        own in members(),
        other in members(),
        chosen in any::<u8>(),
        reports in reports(),
    ) {
        commit::<2>(&own, &other, chosen.into(), &reports)?;
        if fit_one_word(&own) && fit_one_word(&other) {
            commit::<1>(&own, &other, chosen.into(), &reports)?;
        }
    }

    /// Report by report, strangers' among them, and some that go back: what the peer has accepted
    /// is the highest of what ours has said.
    #[test]
    fn progress_agrees(
        own in members(),
        other in members(),
        steps in vec((0..LIMIT, 0..40_u64, prop::bool::weighted(0.1)), 1..150),
        near in vec((0..26_usize, 0..12_u64, prop::bool::weighted(0.1)), 1..150),
    ) {
        for steps in [steps, near] {
            let pair = joint::<2>(&own, &other);
            let mut progress: VecProgress<(usize, u64), _> =
                VecProgress::new(pair.theirs.clone(), 0..LIMIT, |node| (node, 0));
            let mut reports = [None; LIMIT];
            let mut highest = 0;
            for (node, index, back) in steps {
                let known = reports[node].unwrap_or(0);
                if back {
                    reports[node] = Some(index.min(known));
                    progress.reset_entry_with(&node, |entry| entry.1 = index.min(known));
                } else {
                    reports[node] = Some(index.max(known));
                    progress.increase_to(&node, index);
                }
                highest = highest.max(pair.ours.committed(|node| reports[node]).unwrap_or(0));
                prop_assert_eq!(highest, *progress.quorum_accepted());
            }
        }
    }

    #[test]
    fn intersection_agrees(
        (own, other, third) in (few(), few(), few()),
        (one, two) in (0..5_usize, 0..5_usize),
        listed in btree_set(few(), 1..=6),
        (rows, columns) in (1..=3_usize, 1..=3_usize),
    ) {
        let first = threshold(&own, one % own.len() + 1);
        let second = threshold(&other, two % other.len() + 1);
        first.meets(&second)?;
        let searched = Pair { ours: Opaque(first.ours), theirs: first.theirs.clone() };
        searched.meets(&second)?;
        joint::<1>(&own, &other).meets(&majority(&third))?;
        mixed(&own, one, &other).meets(&joint(&third, &own))?;
        explicit(&listed).meets(&second)?;
        second.meets(&explicit(&listed))?;
        explicit(&listed).meets(&joint(&own, &other))?;

        let every = every_column(rows, columns);
        let whole = whole_column(rows, columns);
        let both = both_rules(rows, columns);
        every.meets(&every)?;
        every.meets(&whole)?;
        every.meets(&both)?;
        whole.meets(&whole)?;
        both.meets(&both)?;
        both.meets(&first)?;
    }

    /// By arithmetic, so for any number of nodes.
    #[test]
    fn intersection_of_many_agrees(
        (own, other) in (members(), members()),
        (one, two) in (any::<u8>(), any::<u8>()),
    ) {
        let first = threshold::<2>(&own, usize::from(one) % own.len() + 1);
        let second = threshold::<2>(&other, usize::from(two) % other.len() + 1);
        let ours = intersection(&first.ours, &second.ours);
        prop_assert_eq!(Some(ours.is_ok()), first.theirs.intersects_with(&second.theirs));
        let ours = intersection(&quorums::majority::<2>(&own), &quorums::majority::<2>(&other));
        prop_assert_eq!(Some(ours.is_ok()), own.intersects_with(&other));

        let (before, during) = (joint::<2>(&own, &own), joint::<2>(&own, &other));
        prop_assert_eq!(before.theirs.intersects_with(&during.theirs), Some(true));
        match own.len() {
            ..=10 => prop_assert_eq!(intersection(&before.ours, &during.ours), Ok(())),
            11..=20 => {} // a long search
            nodes => prop_assert_eq!(
                intersection(&before.ours, &during.ours),
                Err(IntersectionError::Unproven { nodes })
            ),
        }
    }

    /// What has no quorum there does not exist here.
    #[test]
    fn a_threshold_out_of_reach(own in members(), more in 1..9_usize) {
        let needed = own.len() + more;
        let rule = ThresholdQuorumSet::new(NonZeroU64::new(needed as u64).unwrap(), own.clone());
        prop_assert!(!rule.is_quorum(own.iter()));
        prop_assert_eq!(
            Threshold::new(quorums::node_set::<2>(&own), needed),
            Err(ThresholdError::Unreachable { needed, members: own.len() })
        );
    }
}

#[test]
fn nobody() {
    let nobody = Nodes::new();
    assert!(!nobody.is_quorum([0, 1].iter()));
    assert_eq!(nobody.intersects_with(&quorums::first(3)), Some(true));
    assert_eq!(Majority::new(NodeSet::<1>::new()), Err(NoMembers));
}

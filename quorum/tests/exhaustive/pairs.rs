//! Whether the quorums of two families meet: proofs and refutations, for every pair of them.

use synod_quorum::{
    Coterie, Explicit, Flexible, Grid, GridQuorums, GridRule, Joint, Majority, NodeSet, Quorums,
    ReadWrite, Shape, Threshold, Weighted,
};

use crate::{
    NODES, assert_seen,
    compare::{self, Layout},
    every_family, joint_majority,
    model::{Model, all, count},
    weights::{vectors, weighted},
};

#[test]
fn every_pair_of_families_of_four_nodes() {
    let width = NODES.min(4);
    let plain = Layout::<1>::plain(width);
    let families: Vec<(Any<1>, Model)> = every_family(width)
        .into_iter()
        .flat_map(|list| {
            let sets: Vec<NodeSet> = list.iter().map(|set| plain.set(*set)).collect();
            let family = Any::List(Explicit::new(&sets).unwrap());
            let model = Model::of_list(width, &list);
            [(family.hidden(), model.clone()), (family, model)]
        })
        .collect();
    assert_seen(every_pair(&families, &plain), 332 * 332);
}

fn every_pair(families: &[(Any<1>, Model)], layout: &Layout<1>) -> u64 {
    for (first, first_model) in families {
        for (second, second_model) in families {
            compare::pair((first, first_model), (second, second_model), layout);
        }
    }
    (families.len() * families.len()) as u64
}

#[test]
#[cfg_attr(miri, ignore = "too many sets to interpret")]
fn every_pair_of_weights_of_three_nodes() {
    let plain = Layout::<1>::plain(3);
    let mut families = Vec::new();
    for weights in vectors::<3>(2) {
        for needed in 1..=u64::from(weights.iter().sum::<u32>()) {
            let wider = [weights[0], weights[1], weights[2], 0, 0, 0];
            let family = Any::Weighted(Weighted::new(wider, needed).unwrap());
            families.push((family, Model::of_weights(3, &weights, needed)));
        }
    }
    assert_seen(every_pair(&families, &plain), 81 * 81);
}

/// Pairs of the same weights: what arithmetic says, and what a search does where it says nothing.
#[test]
#[cfg_attr(miri, ignore = "too many sets to interpret")]
fn every_two_thresholds_of_the_same_weights() {
    let plain = Layout::<1>::plain(5);
    let mut compared = 0;
    for weights in vectors::<5>(3) {
        if !weights.is_sorted() {
            continue;
        }
        let total = u64::from(weights.iter().sum::<u32>());
        for one in 1..=total {
            for other in 1..=total {
                let (first, first_model) = weighted(weights, one);
                let (second, second_model) = weighted(weights, other);
                compare::pair((&first, &first_model), (&second, &second_model), &plain);
                compared += 1;
            }
        }
    }
    assert_seen(compared, 3_780);
}

/// Families of every kind, some of them of other members, each also as one of which nothing is
/// known.
#[test]
#[cfg_attr(miri, ignore = "too many sets to interpret")]
fn pairs_of_families_of_every_kind() {
    let plain = Layout::<1>::plain(6);
    let mut families: Vec<(Any<1>, Model)> = Vec::new();
    for members in [0b11, 0b111, 0b11_1111, 0b11_1000, 0b01_0101] {
        let set = plain.set(members);
        let majority = Majority::new(set).unwrap();
        families.push((Any::Majority(majority), Model::of_majority(6, members)));
        for needed in 1..=count(members) {
            let model = Model::of_count(6, members, needed);
            families.push((Any::Threshold(Threshold::new(set, needed).unwrap()), model));
        }
        let joint = Joint::new(majority, Majority::new(plain.set(0b01_1100)).unwrap());
        families.push((Any::Joint(joint), Model::of_joint_majority(6, members, 0b01_1100)));
    }
    for weights in [[2, 1, 1, 1, 1, 1], [0, 0, 5, 3, 1, 1], [3, 2, 2, 0, 0, 0]] {
        for needed in 1..=u64::from(weights.iter().sum::<u32>()) {
            let family = Any::Weighted(Weighted::new(weights, needed).unwrap());
            families.push((family, Model::of_weights(6, &weights, needed)));
        }
    }
    for (rows, columns) in [(2, 3), (3, 2), (1, 6), (2, 2)] {
        let grid = Grid::new(rows, columns).unwrap();
        for (rule, every, whole) in
            [(GridRule::EveryColumn, true, false), (GridRule::WholeColumn, false, true)]
        {
            let model = Model::of_grid(6, rows, columns, every, whole);
            families.push((Any::Grid(grid.quorums(rule)), model));
        }
    }
    for list in [&[0b11_0000, 0b00_0101, 0b00_1110][..], &[0b1], &[0b11, 0b11, 0b10_0110]] {
        let sets: Vec<NodeSet> = list.iter().map(|set| plain.set(*set)).collect();
        families.push((Any::List(Explicit::new(&sets).unwrap()), Model::of_list(6, list)));
    }
    let hidden: Vec<_> = families
        .iter()
        .map(|(family, model)| (family.hidden(), model.clone()))
        .step_by(4)
        .collect();
    families.extend(hidden);
    assert_seen(every_pair(&families, &plain), 6_084);
}

/// R and W, and the quorums of two phases: what is said of thresholds by inequalities.
#[test]
fn every_two_thresholds_of_up_to_seven_nodes() {
    let mut compared = 0;
    for nodes in 1..=NODES {
        let plain = Layout::<1>::plain(nodes);
        let of = |needed| Threshold::new(plain.set(all(nodes)), needed).unwrap();
        for one in 1..=nodes {
            let first = Model::of_count(nodes, all(nodes), one);
            compare::alone((&of(one), &first), &plain);
            for other in 1..=nodes {
                let second = Model::of_count(nodes, all(nodes), other);
                compare::pair((&of(one), &first), (&of(other), &second), &plain);
                assert_eq!(Flexible::new(of(one), of(other)).is_ok(), one + other > nodes);
                assert_eq!(
                    ReadWrite::new(of(one), of(other)).is_ok(),
                    one + other > nodes && 2 * other > nodes,
                );
                compared += 1;
            }
            assert_eq!(Coterie::new(of(one)).is_ok(), 2 * one > nodes);
        }
    }
    assert_seen(compared, 140);
}

/// Thresholds of different members, of which some are strangers to the other.
#[test]
fn every_two_thresholds_of_every_members() {
    let width = NODES.min(5);
    let plain = Layout::<2>::new(&[64, 3, 127, 63, 70][..width]);
    let mut families = Vec::new();
    for members in 1..=all(width) {
        for needed in 1..=count(members) {
            let family = Threshold::new(plain.set(members), needed).unwrap();
            families.push((family, Model::of_count(width, members, needed)));
        }
    }
    for (first, first_model) in &families {
        for (second, second_model) in &families {
            compare::pair((first, first_model), (second, second_model), &plain);
        }
    }
    assert_seen(families.len() as u64, 80);
}

/// What a change of membership rests on: a quorum of both meets each quorum of either.
#[test]
fn a_joint_majority_meets_both_halves() {
    let width = NODES.min(4);
    let plain = Layout::<1>::plain(width);
    let mut compared = 0;
    for outgoing in 1..=all(width) {
        for incoming in 1..=all(width) {
            let (system, model) = joint_majority(&plain, width, outgoing, incoming);
            for (half, members) in [(system.outgoing(), outgoing), (system.incoming(), incoming)] {
                let half_model = Model::of_majority(width, members);
                assert!(model.meets(&half_model));
                compare::pair((&system, &model), (half, &half_model), &plain);
            }
            compared += compare::promise(&system, width, &plain);
        }
    }
    assert_seen(compared, 3_867);
}

/// A family of any kind, with what the library knows of it.
#[derive(Clone, Debug)]
pub(crate) enum Any<const WORDS: usize> {
    Majority(Majority<WORDS>),
    Threshold(Threshold<WORDS>),
    Weighted(Weighted<6, WORDS>),
    List(Explicit<6, WORDS>),
    Grid(GridQuorums<WORDS>),
    Joint(Joint<Majority<WORDS>, Majority<WORDS>, WORDS>),
    Opaque(Box<Any<WORDS>>),
}

impl<const WORDS: usize> Any<WORDS> {
    pub(crate) fn hidden(&self) -> Self {
        Self::Opaque(Box::new(self.clone()))
    }
}

impl<const WORDS: usize> Quorums<WORDS> for Any<WORDS> {
    fn members(&self) -> NodeSet<WORDS> {
        match self {
            Self::Majority(family) => family.members(),
            Self::Threshold(family) => family.members(),
            Self::Weighted(family) => family.members(),
            Self::List(family) => family.members(),
            Self::Grid(family) => family.members(),
            Self::Joint(family) => family.members(),
            Self::Opaque(family) => family.members(),
        }
    }

    fn is_quorum(&self, nodes: NodeSet<WORDS>) -> bool {
        match self {
            Self::Majority(family) => family.is_quorum(nodes),
            Self::Threshold(family) => family.is_quorum(nodes),
            Self::Weighted(family) => family.is_quorum(nodes),
            Self::List(family) => family.is_quorum(nodes),
            Self::Grid(family) => family.is_quorum(nodes),
            Self::Joint(family) => family.is_quorum(nodes),
            Self::Opaque(family) => family.is_quorum(nodes),
        }
    }

    fn shape(&self) -> Shape<'_, WORDS> {
        match self {
            Self::Majority(family) => family.shape(),
            Self::Threshold(family) => family.shape(),
            Self::Weighted(family) => family.shape(),
            Self::List(family) => family.shape(),
            Self::Grid(family) => family.shape(),
            Self::Joint(family) => family.shape(),
            Self::Opaque(_) => Shape::Unknown,
        }
    }
}

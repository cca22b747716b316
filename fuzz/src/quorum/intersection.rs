//! Whether quorums meet, by looking at all of them.

use synod_quorum::{IntersectionError, Quorums, Shape, intersection};

use super::{
    definition::{Definition, FEW},
    selection::{bit, mask, set, size, subsets},
};

/// What the crate says of two families, after it was held against their definitions. `None` where
/// it would take long to say.
pub(crate) fn check<const WORDS: usize>(
    (first, one): (&impl Quorums<WORDS>, &Definition),
    (second, other): (&impl Quorums<WORDS>, &Definition),
) -> Option<Result<(), IntersectionError<WORDS>>> {
    let shared = size(one.members() & other.members());
    if (FEW + 1..=20).contains(&shared) && !is_arithmetic(&first.shape(), &second.shape()) {
        return None;
    }
    let found = intersection(first, second);
    match found {
        Ok(()) => assert_all_meet(one, other),
        Err(IntersectionError::Disjoint { first, second }) => {
            assert!(first.is_disjoint(second));
            assert!(one.is_minimal(mask(first)), "{first} is no minimal quorum of the first");
            assert!(other.is_minimal(mask(second)), "{second} is no minimal quorum of the second");
        }
        Err(IntersectionError::Unproven { nodes }) => assert!(nodes == shared && nodes > 20),
        Err(error) => panic!("{error}"),
    }
    if let Err(error) = found {
        assert!(!error.to_string().is_empty());
    }
    Some(found)
}

/// Whether the answer takes no search.
fn is_arithmetic<const WORDS: usize>(one: &Shape<'_, WORDS>, other: &Shape<'_, WORDS>) -> bool {
    let adds = |shape: &_| matches!(shape, Shape::Count(_) | Shape::Weight { .. });
    matches!((one, other), (Shape::List(_), _) | (_, Shape::List(_)))
        || matches!((one, other), (Shape::Count(_), _)) && adds(other)
        || matches!((one, other), (_, Shape::Count(_))) && adds(one)
        || matches!((one, other), (Shape::Grid(one), Shape::Grid(other)) if one.grid() == other.grid())
}

/// Asserts that no quorum of the one can do without every quorum of the other.
pub(crate) fn assert_all_meet(one: &Definition, other: &Definition) {
    let (members, others) = (one.members(), other.members());
    if one.is_small() && other.is_small() {
        let seconds = other.minimal();
        for first in one.minimal() {
            let apart = seconds.iter().find(|second| first & **second == 0);
            assert_eq!(apart, None, "does not meet {first:b}");
        }
        return;
    }
    // Not all, but those that take from the beginning, from the end, and every second or third.
    let stripes = (0..128).step_by(2).fold(0, |mask, node| mask | bit(node));
    let thirds = (0..128).step_by(3).fold(0, |mask, node| mask | bit(node));
    let edges = (0..128_u32).map(|node| u128::MAX >> node);
    let shared = members & others;
    for taken in edges.chain([stripes, thirds, members & !others, u128::MAX]) {
        for taken in [taken, !taken] {
            let (first, second) = (members & taken, others & !(members & taken));
            assert!(
                !(one.is_quorum(first) && other.is_quorum(second)),
                "of {shared:b}, {first:b} leaves {second:b}",
            );
        }
    }
}

/// Asserts of a family of few members that no two answers of `is_quorum` contradict: that it is
/// the definition on every set.
pub(crate) fn assert_same<const WORDS: usize>(
    family: &impl Quorums<WORDS>,
    definition: &Definition,
) {
    assert_eq!(mask(family.members()), definition.members());
    if definition.is_small() {
        for subset in subsets(definition.members()) {
            assert_eq!(family.is_quorum(set(subset)), definition.is_quorum(subset));
        }
    }
}

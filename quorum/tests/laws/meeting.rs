//! Whether quorums meet, among more nodes than a search goes through.

use proptest::{collection, prelude::*};
use synod_quorum::{
    Coterie, Explicit, Grid, GridRule, IntersectionError, Joint, Majority, NodeSet, Outcome,
    Quorums, Shortfall, Threshold, Votes, Weighted, intersection,
};

use super::inputs::*;

proptest! {
    #[test]
    fn thresholds_of_many_nodes_are_proven_or_refuted(
        (one, few) in threshold(), (other, many) in threshold()
    ) {
        let first = Threshold::new(set::<2>(&one), few).unwrap();
        let second = Threshold::new(set::<2>(&other), many).unwrap();
        // Each takes what only it has, and the rest from what both have.
        let shared = (&one & &other).len();
        let rest = |needed: usize, all: &Model| needed.saturating_sub(all.len() - shared);
        let meet = rest(few, &one) + rest(many, &other) > shared;
        match intersection(&first, &second) {
            Ok(()) => prop_assert!(meet),
            Err(IntersectionError::Disjoint { first: a, second: b }) => {
                prop_assert!(!meet && is_genuine((a, b), (&first, &second)));
            }
            Err(other) => prop_assert!(false, "{}", other),
        }
    }

    #[test]
    fn a_threshold_and_weights_are_proven_or_refuted(
        (members, needed) in threshold(), weights in weights(), share in 1..=100_u64
    ) {
        let array: [u32; 70] = weights.as_slice().try_into().unwrap();
        let total: u64 = weights.iter().map(|weight| u64::from(*weight)).sum();
        prop_assume!(total > 0);
        let weight = u64::try_from((u128::from(total) * u128::from(share)).div_ceil(100)).unwrap();
        let weighted: Weighted<70, 2> = Weighted::new(array, weight).unwrap();
        let threshold = Threshold::new(set::<2>(&members), needed).unwrap();
        // The lightest members of the threshold leave the other family the most.
        let mut lightest: Vec<u64> = members
            .iter()
            .map(|node| weights.get(*node).map_or(0, |weight| u64::from(*weight)))
            .collect();
        lightest.sort_unstable();
        let meet = total - lightest[..needed].iter().sum::<u64>() < weight;
        match intersection(&threshold, &weighted) {
            Ok(()) => prop_assert!(meet),
            Err(IntersectionError::Disjoint { first, second }) => {
                prop_assert!(!meet && is_genuine((first, second), (&threshold, &weighted)));
            }
            Err(other) => prop_assert!(false, "{}", other),
        }
        prop_assert_eq!(intersection(&weighted, &threshold).is_ok(), meet);
    }

    /// The same weights that exceed the total together are proven to meet. For others there may be
    /// no proof, but what is proven or refuted must be so.
    #[test]
    fn weights_of_many_nodes(weights in weights(), one in 1..=100_u128, other in 1..=100_u128) {
        let array: [u32; 70] = weights.as_slice().try_into().unwrap();
        let total: u64 = weights.iter().map(|weight| u64::from(*weight)).sum();
        prop_assume!(total > 0);
        let of = |share: u128| -> Weighted<70, 2> {
            let needed = (u128::from(total) * share).div_ceil(100);
            Weighted::new(array, needed.try_into().unwrap()).unwrap()
        };
        let (first, second) = (of(one), of(other));
        match intersection(&first, &second) {
            Err(IntersectionError::Disjoint { first: a, second: b }) => {
                prop_assert!(is_genuine((a, b), (&first, &second)));
            }
            found if first.needed() + second.needed() > total => prop_assert_eq!(found, Ok(())),
            found => {
                let count = first.members().len();
                let unproven = Err(IntersectionError::Unproven { nodes: count });
                prop_assert!(found == unproven && count > 20, "{:?}", found);
            }
        }
    }

    #[test]
    fn lists_of_sets_of_many_nodes_are_proven_or_refuted(
        one in collection::vec(members(), 1..5), other in collection::vec(members(), 1..5),
        (members, needed) in threshold(),
    ) {
        let list = |sets: &[Model]| -> Explicit<4, 2> {
            Explicit::new(&sets.iter().map(set).collect::<Vec<_>>()).unwrap()
        };
        let (first, second) = (list(&one), list(&other));
        let meet = one.iter().all(|a| other.iter().all(|b| !a.is_disjoint(b)));
        let found = intersection(&first, &second);
        prop_assert_eq!(found.is_ok(), meet);
        if let Err(error) = found {
            let IntersectionError::Disjoint { first: a, second: b } = error else {
                return Err(TestCaseError::fail(error.to_string()));
            };
            prop_assert!(is_genuine((a, b), (&first, &second)));
        }
        let threshold = Threshold::new(set::<2>(&members), needed).unwrap();
        let meet = one.iter().all(|listed| (&members - listed).len() < needed);
        prop_assert_eq!(intersection(&first, &threshold).is_ok(), meet);
        prop_assert_eq!(intersection(&threshold, &first).is_ok(), meet);
    }

    /// Nothing is known of one family: either a pair that shows it, or no proof.
    #[test]
    fn unknown_families_of_many_nodes(
        (one, few) in threshold(), (other, many) in threshold()
    ) {
        let first = Opaque(Threshold::new(set::<2>(&one), few).unwrap());
        let second = Threshold::new(set::<2>(&other), many).unwrap();
        let shared = (&one & &other).len();
        prop_assume!(shared > 20 || shared <= 8);
        let rest = |needed: usize, all: &Model| needed.saturating_sub(all.len() - shared);
        let meet = rest(few, &one) + rest(many, &other) > shared;
        match intersection(&first, &second) {
            Ok(()) => prop_assert!(meet && shared <= 20),
            Err(IntersectionError::Disjoint { first: a, second: b }) => {
                prop_assert!(!meet && is_genuine((a, b), (&first, &second)));
            }
            // The plainest division refutes whatever two thresholds there are.
            Err(error) => {
                prop_assert!(meet);
                prop_assert_eq!(error, IntersectionError::Unproven { nodes: shared });
            }
        }
    }
}

/// Beyond what can be counted: grids and joint systems of thresholds survive by arithmetic.
#[test]
#[cfg_attr(miri, ignore = "too many nodes to interpret")]
fn resilience_of_many_nodes() {
    let grid: Grid<2> = Grid::new(12, 10).unwrap();
    let survive = |rule| grid.quorums(rule).resilience();
    assert_eq!(survive(GridRule::EveryColumn), Ok(11));
    assert_eq!(survive(GridRule::WholeColumn), Ok(9));
    assert_eq!(survive(GridRule::Both), Ok(9));
    let (small, large) = (set::<2>(&(0..5).collect()), set::<2>(&(4..104).collect()));
    let (small, large) = (Majority::new(small).unwrap(), Majority::new(large).unwrap());
    assert_eq!(large.resilience(), Ok(49));
    assert_eq!(Joint::<_, _, 2>::new(small, large).resilience(), Ok(2));
    assert_eq!(Joint::<_, _, 2>::new(large, small).resilience(), Ok(2));
    assert_eq!((&&large).resilience(), Ok(49));
    assert!(Opaque(large).resilience().is_err());
}

/// A family that is only known at run time decides and is analysed like any other.
#[test]
fn families_known_at_run_time() {
    let members: NodeSet = NodeSet::first(5).unwrap();
    let families: [Box<dyn Quorums>; 2] = [
        Box::new(Majority::new(members).unwrap()),
        Box::new(Weighted::<5>::majority([1; 5]).unwrap()),
    ];
    for family in &families {
        let family: &dyn Quorums = &**family;
        let mut votes = Votes::new(family.members());
        for node in 0..3 {
            assert_eq!(votes.outcome(family), Outcome::Pending);
            votes.record(node, true).unwrap();
        }
        assert_eq!(votes.outcome(family), Outcome::Won);
        assert_eq!(family.resilience(), Ok(2));
        assert_eq!(intersection(family, family), Ok(()));
        assert_eq!(family.shortfall(NodeSet::new(), NodeSet::new()), Shortfall::Exactly(3));
        let stored = [Some(3), Some(1), None, Some(4), Some(5)];
        assert_eq!((&family).committed(|node| stored[node]), Some(3));
        assert!(Coterie::new(family).is_ok());
    }
}

/// Grids of 100 nodes: the rules are proven or refuted without a search.
#[test]
#[cfg_attr(miri, ignore = "too many nodes to interpret")]
fn grids_of_many_nodes() {
    let rules = [GridRule::EveryColumn, GridRule::WholeColumn, GridRule::Both];
    let grids = [(10, 10), (1, 100), (100, 1), (2, 50), (50, 2)];
    for (rows, columns) in grids {
        let grid: Grid<2> = Grid::new(rows, columns).unwrap();
        for one in rules {
            for other in rules {
                let (first, second) = (grid.quorums(one), grid.quorums(other));
                // A row and a row are apart if there are two; so are a column and a column.
                let meet = match (one, other) {
                    (GridRule::EveryColumn, GridRule::EveryColumn) => rows == 1,
                    (GridRule::WholeColumn, GridRule::WholeColumn) => columns == 1,
                    _ => true,
                };
                match intersection(&first, &second) {
                    Ok(()) => assert!(meet, "{rows} rows, {columns} columns, {one:?}, {other:?}"),
                    Err(IntersectionError::Disjoint { first: a, second: b }) => {
                        assert!(!meet && is_genuine((a, b), (&first, &second)));
                    }
                    Err(error) => unreachable!("{error}"),
                }
            }
        }
    }
    assert!(Grid::<2>::new(10, 13).is_err());
    assert!(Grid::<2>::new(usize::MAX, usize::MAX).is_err());
}

#[test]
fn a_listed_set_that_contains_another_is_not_what_is_shown() {
    let large = NodeSet::<1>::from_nodes(&[0, 1]).unwrap();
    let small = NodeSet::<1>::from_nodes(&[0]).unwrap();
    let listed: Explicit<2> = Explicit::new(&[large, small]).unwrap();
    let stranger = NodeSet::<1>::from_nodes(&[2]).unwrap();
    let one = Threshold::new(stranger, 1).unwrap();

    let found = intersection(&listed, &one);
    assert_eq!(found, Err(IntersectionError::Disjoint { first: small, second: stranger }));
    let found = intersection(&one, &listed);
    assert_eq!(found, Err(IntersectionError::Disjoint { first: stranger, second: small }));
}

//! Weights from 0 to 3, and all that may be needed of them.

use synod_quorum::{Weighted, WeightedError};

use super::{
    FEW_REPORTS, assert_seen,
    compare::{self, Layout, everything},
    model::Model,
};

/// Every vector of `N` weights up to `most`.
pub(super) fn vectors<const N: usize>(most: u32) -> impl Iterator<Item = [u32; N]> {
    let base = most + 1;
    (0..base.pow(N as u32)).map(move |vector| {
        let mut digits = vector;
        [(); N].map(|()| {
            let weight = digits % base;
            digits /= base;
            weight
        })
    })
}

pub(super) fn weighted<const N: usize>(weights: [u32; N], needed: u64) -> (Weighted<N>, Model) {
    (Weighted::new(weights, needed).unwrap(), Model::of_weights(N, &weights, needed))
}

#[test]
#[cfg_attr(miri, ignore = "too many sets to interpret")]
fn weights_up_to_three_of_four_nodes() {
    let plain = Layout::<1>::plain(4);
    let mut compared = 0;
    for weights in vectors::<4>(3) {
        let total = u64::from(weights.iter().sum::<u32>());
        for needed in 1..=total {
            let (family, model) = weighted(weights, needed);
            assert_eq!((family.total(), family.needed()), (total, needed));
            compared += everything(&family, &model, &plain, &FEW_REPORTS);
        }
        assert_eq!(Weighted::<4>::new(weights, 0), Err(WeightedError::Zero));
        assert_eq!(
            Weighted::<4>::new(weights, total + 1),
            Err(WeightedError::Unreachable { needed: total + 1, total }),
        );
        match Weighted::<4>::majority(weights) {
            Ok(system) => {
                let model = Model::of_weights(4, &weights, total / 2 + 1);
                compared += compare::sets(&system, &model, &plain);
                compared += compare::promise(&system, 4, &plain);
            }
            Err(_) => assert_eq!(total, 0),
        }
    }
    assert_seen(compared, 636_771);
}

#[test]
#[cfg_attr(miri, ignore = "too many sets to interpret")]
fn weights_up_to_three_of_five_nodes() {
    let plain = Layout::<1>::plain(5);
    let mut compared = 0;
    for weights in vectors::<5>(3) {
        for needed in 1..=u64::from(weights.iter().sum::<u32>()) {
            let (family, model) = weighted(weights, needed);
            compared += compare::sets(&family, &model, &plain);
            // The rest does not depend on the order.
            if weights.is_sorted() {
                compared += everything(&family, &model, &plain, &FEW_REPORTS);
            }
        }
    }
    assert_seen(compared, 1_332_888);
}

/// Every vector of weights up to two, the order apart, and all that may be needed.
#[test]
#[cfg_attr(miri, ignore = "too many sets to interpret")]
fn weights_up_to_two_of_six_and_seven_nodes() {
    let (six, seven) = (Layout::<1>::plain(6), Layout::<1>::plain(7));
    let mut compared = 0;
    for weights in vectors::<6>(2).filter(|weights| weights.is_sorted()) {
        for needed in 1..=u64::from(weights.iter().sum::<u32>()) {
            let (family, model) = weighted(weights, needed);
            compared += everything(&family, &model, &six, &FEW_REPORTS);
        }
    }
    for weights in vectors::<7>(2).filter(|weights| weights.is_sorted()) {
        let total = u64::from(weights.iter().sum::<u32>());
        for needed in 1..=total {
            let (family, model) = weighted(weights, needed);
            compared += compare::sets(&family, &model, &seven);
            compared += compare::ballots(&family, &model, &seven);
            compared += compare::commits(&family, &model, &seven, &FEW_REPORTS);
            if needed == total / 2 + 1 {
                compared += compare::shortfalls(&family, &model, &seven);
            }
        }
    }
    assert_seen(compared, 1_997_480);
}

#[test]
#[cfg_attr(miri, ignore = "too many sets to interpret")]
fn weights_of_six_and_seven_nodes() {
    let chosen = [
        [1, 1, 1, 1, 1, 1, 1],
        [3, 1, 1, 1, 1, 1, 0],
        [2, 2, 2, 1, 1, 1, 1],
        [0, 7, 5, 3, 2, 1, 1],
        [1, 2, 4, 8, 16, 3, 0],
        [0, 3, 0, 3, 1, 3, 1],
    ];
    let plain = Layout::<1>::plain(7);
    let mut compared = 0;
    for weights in chosen {
        let total = u64::from(weights.iter().sum::<u32>());
        for needed in 1..=total {
            let (family, model) = weighted(weights, needed);
            compared += compare::sets(&family, &model, &plain);
            compared += compare::ballots(&family, &model, &plain);
        }
    }
    assert_seen(compared, 118_497);
}

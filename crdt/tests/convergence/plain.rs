//! The laws of what only rises or falls, and of pairs with a version.

use std::{convert::Infallible, fmt::Debug};

use proptest::prelude::*;
use synod_crdt::{Lexicographic, Max, Merge, Min};

fn joined<M: Merge<Error = Infallible> + Clone + PartialEq + Debug>(left: &M, right: &M) -> M {
    let mut joined = left.clone();
    assert_eq!(left.validate(right), Ok(()));
    let Ok(news) = joined.merge(right);
    assert_eq!(news, &joined != left);
    joined
}

fn is_a_join<M: Merge<Error = Infallible> + Clone + PartialEq + Debug>([a, b, c]: [M; 3]) {
    assert_eq!(joined(&a, &a), a);
    assert_eq!(joined(&a, &b), joined(&b, &a));
    assert_eq!(joined(&joined(&a, &b), &c), joined(&a, &joined(&b, &c)));
    assert_eq!(joined(&joined(&a, &b), &b), joined(&a, &b));
}

/// A value that refuses what its `Max` refuses to be: to see that a pair passes refusals on.
#[derive(Clone, Debug, PartialEq)]
struct Below100(u8);

impl Merge for Below100 {
    type Error = u8;

    fn merge(&mut self, other: &Self) -> Result<bool, u8> {
        self.validate(other)?;
        let news = other.0 > self.0;
        self.0 = self.0.max(other.0);
        Ok(news)
    }

    fn validate(&self, other: &Self) -> Result<(), u8> {
        if other.0 < 100 { Ok(()) } else { Err(other.0) }
    }
}

proptest! {
    #[test]
    fn extrema_are_joins(values: [u8; 3], narrow in [0..3_u8, 0..3, 0..3]) {
        for values in [values, narrow] {
            is_a_join(values.map(Max));
            is_a_join(values.map(Min));
            let [a, b, _] = values;
            prop_assert_eq!(joined(&Max(a), &Max(b)), Max(a.max(b)));
            prop_assert_eq!(joined(&Min(a), &Min(b)), Min(a.min(b)));
        }
    }

    #[test]
    fn lexicographic_pairs_are_joins(
        versions in [0..3_u8, 0..3, 0..3], values in [0..3_u8, 0..3, 0..3],
    ) {
        let pairs: [(u8, u8); 3] = core::array::from_fn(|i| (versions[i], values[i]));
        is_a_join(pairs.map(|(version, value)| Lexicographic { version, value: Max(value) }));
        let falling = pairs.map(|(version, value)| Lexicographic { version, value: Min(value) });
        is_a_join(falling);
        is_a_join(falling.map(|value| Lexicographic { version: 0, value }));
        // Of pairs with a `Max`, the larger in dictionary order wins whole.
        let [a, b, _] = pairs.map(|(version, value)| Lexicographic { version, value: Max(value) });
        let joined = joined(&a, &b);
        prop_assert_eq!((joined.version, joined.value.0), pairs[0].max(pairs[1]));
    }

    #[test]
    fn a_pair_refuses_what_its_value_refuses(
        versions in [0..2_u8, 0..2], values in [90..110_u8, 90..110],
    ) {
        let pair = |i: usize| Lexicographic { version: versions[i], value: Below100(values[i]) };
        let (mut left, right) = (pair(0), pair(1));
        let refused = versions[0] == versions[1] && values[1] >= 100;
        prop_assert_eq!(left.validate(&right).is_err(), refused);
        let before = left.clone();
        prop_assert_eq!(left.merge(&right).is_err(), refused);
        if refused || versions[0] > versions[1] {
            prop_assert_eq!(left, before);
        }
    }
}

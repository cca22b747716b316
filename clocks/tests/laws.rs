//! The algebra: merges are least upper bounds, meets greatest lower bounds, orders agree with both,
//! refusals change nothing, and `Inline` and `Heap` are one algorithm.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, clippy::expect_used)] // A test may panic.
#![allow(clippy::arithmetic_side_effects, clippy::cast_possible_truncation)]
#![allow(clippy::std_instead_of_core, clippy::std_instead_of_alloc)] // Nor need it be no_std.
#![cfg(feature = "alloc")]

use std::collections::{BTreeMap, hash_map::DefaultHasher};
use std::hash::{Hash, Hasher};

use proptest::{collection, prelude::*};
use synod_clocks::{
    Causality, Dot, DottedVersionVector, Full, Heap, IncrementError, Inline, VectorClock,
    VectorClockError, VersionVector,
};

type Model = BTreeMap<u8, u64>;
type Growable = VersionVector<u8, Heap>;
type Bounded = VersionVector<u8, Inline<6>>;

fn dot((replica, counter): (u8, u64)) -> Dot<u8> {
    Dot::new(replica, counter).expect("counters begin at 1")
}

fn version(model: &Model) -> Growable {
    VersionVector::from_dots(model.iter().map(|(id, counter)| dot((*id, *counter)))).unwrap()
}

fn model(version: &Growable) -> Model {
    version.iter().map(|dot| (dot.replica, dot.counter.get())).collect()
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// What two sets of facts say of cause and effect.
fn expected(left_knows_all: bool, right_knows_all: bool) -> Causality {
    match (left_knows_all, right_knows_all) {
        (true, true) => Causality::Equal,
        (true, false) => Causality::After,
        (false, true) => Causality::Before,
        (false, false) => Causality::Concurrent,
    }
}

/// Few ids and small counters, so that equal, nested and crossing vectors are all common.
fn models() -> impl Strategy<Value = Model> {
    collection::btree_map(0..9_u8, prop_oneof![1..5_u64, Just(u64::MAX)], 0..9)
}

proptest! {
    #[test]
    fn version_vectors_agree_with_maps(a in models(), b in models()) {
        let (left, right) = (version(&a), version(&b));
        prop_assert_eq!(model(&left), a.clone());

        let mut union = a.clone();
        for (id, counter) in &b {
            let known = union.entry(*id).or_insert(*counter);
            *known = (*known).max(*counter);
        }
        let mut merged = left.clone();
        prop_assert_eq!(merged.merge(&right), Ok(union != a));
        prop_assert_eq!(model(&merged), union.clone());

        let common: Model = a
            .iter()
            .filter_map(|(id, counter)| Some((*id, *counter.min(b.get(id)?))))
            .collect();
        let mut met = left.clone();
        prop_assert_eq!(met.meet(&right), common != a);
        prop_assert_eq!(model(&met), common);

        let order = expected(union == a, union == b);
        prop_assert_eq!(left.causality(&right), order);
        prop_assert_eq!(left.partial_cmp(&right), order.into());
        prop_assert_eq!(left.dominates(&right), union == a);
        prop_assert_eq!(right.causality(&left), order.reverse());
        for id in 0..10 {
            prop_assert_eq!(left.get(id), a.get(&id).copied().unwrap_or(0));
            for counter in [1, 3, 5, u64::MAX] {
                prop_assert_eq!(left.contains(dot((id, counter))), left.get(id) >= counter);
            }
        }
    }

    #[test]
    fn version_vector_merge_is_a_join(a in models(), b in models(), c in models()) {
        let [a, b, c] = [version(&a), version(&b), version(&c)];
        let join = |left: &Growable, right: &Growable| {
            let mut joined = left.clone();
            joined.merge(right).unwrap();
            joined
        };
        let meet = |left: &Growable, right: &Growable| {
            let mut met = left.clone();
            met.meet(right);
            met
        };
        prop_assert_eq!(join(&a, &a), a.clone());
        prop_assert_eq!(join(&a, &b), join(&b, &a));
        prop_assert_eq!(join(&join(&a, &b), &c), join(&a, &join(&b, &c)));
        prop_assert_eq!(meet(&a, &b), meet(&b, &a));
        prop_assert_eq!(meet(&meet(&a, &b), &c), meet(&a, &meet(&b, &c)));
        prop_assert_eq!(join(&a, &meet(&a, &b)), a.clone());
        prop_assert_eq!(meet(&a, &join(&a, &b)), a.clone());
        prop_assert!(join(&a, &b).dominates(&a) && a.dominates(&meet(&a, &b)));
    }

    #[test]
    fn version_vector_bounded_and_growable_agree(a in models(), b in models()) {
        let fits = |count: usize| count <= 6;
        let bounded = Bounded::from_dots(version(&a).iter());
        prop_assert_eq!(bounded.is_ok(), fits(a.len()));
        let Ok(mut bounded) = bounded else { return Ok(()) };
        let mut growable = version(&a);
        prop_assert!(bounded == growable && hash(&bounded) == hash(&growable));

        let other = version(&b);
        prop_assert_eq!(bounded.causality(&other), growable.causality(&other));
        let mut grown = growable.clone();
        let news = grown.merge(&other);
        let before = bounded.clone();
        if fits(grown.len()) {
            prop_assert_eq!(bounded.merge(&other), news);
            prop_assert_eq!(&bounded, &grown);
        } else {
            let full = Full { needed: grown.len(), capacity: 6 };
            prop_assert_eq!(bounded.merge(&other), Err(full));
            prop_assert_eq!(&bounded, &before);
        }
        let mut met = before;
        prop_assert_eq!(met.meet(&other), growable.meet(&other));
        prop_assert_eq!(met, growable);
    }

    #[test]
    fn version_vector_remove_forgets_one(a in models(), id in 0..9_u8) {
        let mut vector = version(&a);
        let mut expected = a;
        prop_assert_eq!(vector.remove(id).map(|counter| counter.get()), expected.remove(&id));
        prop_assert_eq!(model(&vector), expected);
        vector.clear();
        prop_assert!(vector.is_empty());
    }

    #[test]
    fn vector_clocks_agree_with_arrays(a: [u64; 5], b: [u64; 5], shared in 0..32_u8) {
        // Make some components equal, which random ones never are.
        let b: [u64; 5] = core::array::from_fn(|i| if shared >> i & 1 == 1 { a[i] } else { b[i] });
        let (left, right) = (VectorClock::from(a), VectorClock::from(b));
        let above: [u64; 5] = core::array::from_fn(|i| a[i].max(b[i]));
        let below: [u64; 5] = core::array::from_fn(|i| a[i].min(b[i]));
        let (mut merged, mut met) = (left, left);
        prop_assert_eq!(merged.merge(&right), above != a);
        prop_assert_eq!(met.meet(&right), below != a);
        prop_assert_eq!((merged.as_array(), met.as_array()), (&above, &below));
        for position in 0..6 {
            prop_assert_eq!(left.get(position), a.get(position).copied());
            let mut observed = left;
            let told = b.get(position).copied().unwrap_or(1);
            let news = observed.observe(position, told).ok();
            prop_assert_eq!(news, a.get(position).map(|known| told > *known));
            prop_assert_eq!(observed.get(position), a.get(position).map(|own| told.max(*own)));
        }
        let order = expected(above == a, above == b);
        prop_assert_eq!(left.causality(&right), order);
        prop_assert_eq!(left.partial_cmp(&right), order.into());
        prop_assert_eq!(left.dominates(&right), above == a);
    }

    /// The definition of the paper: a version is before another whose past holds its dot.
    #[test]
    fn dotted_versions_compare_by_dot_and_past(
        one in (0..3_u8, 1..4_u64), other in (0..3_u8, 1..4_u64), a in models(), b in models(),
        twins: bool,
    ) {
        let b = if twins { a.clone() } else { b };
        let past = version(&a);
        let knows = past.contains(dot(one));
        let left = DottedVersionVector::new(dot(one), past);
        prop_assert_eq!(left.is_err(), knows);
        let (Ok(left), Ok(right)) = (left, DottedVersionVector::new(dot(other), version(&b))) else {
            return Ok(());
        };
        let before = right.past().contains(left.dot());
        let after = left.past().contains(right.dot());
        let same = one == other && a == b;
        let order = match (before, after) {
            _ if same => Causality::Equal,
            (true, false) => Causality::Before,
            (false, true) => Causality::After,
            _ => Causality::Concurrent,
        };
        prop_assert_eq!(left.causality(&right), order);
        prop_assert_eq!(right.causality(&left), order.reverse());
        prop_assert_eq!(left.partial_cmp(&right), order.into());
        prop_assert_eq!(left == right, same);
        prop_assert_eq!(hash(&left) == hash(&right), same);
        prop_assert!(left.to_context().unwrap().contains(left.dot()));
        prop_assert!(left.to_context().unwrap().dominates(left.past()));
    }
}

#[test]
fn the_last_number_is_issued_once() {
    let end = Model::from([(1, u64::MAX)]);
    let mut vector = version(&end);
    assert_eq!(vector.increment(1), Err(IncrementError::Exhausted));
    assert_eq!(vector, version(&end));
    let mut clock = VectorClock::from([u64::MAX - 1]);
    assert_eq!(clock.increment(0), Ok(u64::MAX));
    assert_eq!(clock.increment(0), Err(VectorClockError::Exhausted));
    assert_eq!(clock.get(0), Some(u64::MAX));
}

#[test]
fn a_context_that_does_not_fit_is_refused() {
    let past = VersionVector::<u8, Inline<1>>::from_dots([dot((1, 1))]).unwrap();
    let write = DottedVersionVector::new(dot((2, 1)), past).unwrap();
    assert_eq!(write.to_context(), Err(Full { needed: 2, capacity: 1 }));
}

#[test]
fn causality_has_two_sides() {
    assert!(Causality::Concurrent.is_concurrent());
    assert!(!Causality::Before.is_concurrent() && !Causality::Equal.is_concurrent());
    for causality in [Causality::Before, Causality::Equal, Causality::After] {
        assert_eq!(causality.reverse().reverse(), causality);
    }
}

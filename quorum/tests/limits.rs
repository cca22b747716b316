//! Sizes between those of which everything is tried and those that only arithmetic reaches: the
//! last that are searched or counted, the first that are not, and the third word of a set.
#![allow(clippy::indexing_slicing, clippy::unwrap_used)] // A test may panic.
#![allow(clippy::arithmetic_side_effects, clippy::cast_possible_truncation)]

use core::cell::Cell;

use proptest::prelude::*;
use synod_quorum::{
    Consistency, Dissemination, Hints, IntersectionError, Joint, LiveSets, Majority, Masking,
    NodeSet, Profile, Quorums, Shortfall, Threshold, Weighted, intersection,
};

/// A family of which nothing is known.
struct Opaque<Q>(Q);

impl<const WORDS: usize, Q: Quorums<WORDS>> Quorums<WORDS> for Opaque<Q> {
    fn members(&self) -> NodeSet<WORDS> {
        self.0.members()
    }

    fn is_quorum(&self, nodes: NodeSet<WORDS>) -> bool {
        self.0.is_quorum(nodes)
    }
}

fn nodes<const WORDS: usize>(nodes: impl IntoIterator<Item = usize>) -> NodeSet<WORDS> {
    NodeSet::from_nodes(&nodes.into_iter().collect::<Vec<_>>()).unwrap()
}

fn any_of<const WORDS: usize>(needed: usize, of: NodeSet<WORDS>) -> Opaque<Threshold<WORDS>> {
    Opaque(Threshold::new(of, needed).unwrap())
}

/// How many sets of `chosen` there are among `all`.
fn choose(all: u64, chosen: u64) -> u64 {
    (0..chosen).fold(1, |ways, taken| ways * (all - taken) / (taken + 1))
}

/// The search proves and refutes up to 20 nodes, whichever side needs more of them.
#[test]
#[cfg_attr(miri, ignore = "too many sets to interpret")]
fn searches_up_to_the_last_size() {
    for count in [10, 12, 13, 17, 20] {
        let all = NodeSet::<1>::first(count).unwrap();
        for few in [1, count / 2, count - 1] {
            let found = intersection(&any_of(few, all), &any_of(count - few, all));
            let Err(IntersectionError::Disjoint { first, second }) = found else {
                panic!("{few} and {} of {count}: {found:?}", count - few);
            };
            assert!(first.is_disjoint(second));
            assert_eq!((first.len(), second.len()), (few, count - few));
        }
        let half = count / 2;
        assert_eq!(intersection(&any_of(half + 1, all), &any_of(count - half, all)), Ok(()));
        assert_eq!(intersection(&any_of(count, all), &any_of(1, all)), Ok(()));
    }
    let many = NodeSet::<1>::first(21).unwrap();
    let found = intersection(&any_of(11, many), &any_of(11, many));
    assert_eq!(found, Err(IntersectionError::Unproven { nodes: 21 }));
}

/// One side takes every node that both have; the other has one of its own.
#[test]
#[cfg_attr(miri, ignore = "too many sets to interpret")]
fn one_side_may_take_all_that_is_shared() {
    for shared in [3, 12, 20, 21, 40] {
        let common = NodeSet::<1>::first(shared).unwrap();
        let own = nodes([63]);
        let (all, one) = (any_of(shared, common), any_of(1, common | own));
        let expected = IntersectionError::Disjoint { first: common, second: own };
        assert_eq!(intersection(&all, &one), Err(expected));
        let expected = IntersectionError::Disjoint { first: own, second: common };
        assert_eq!(intersection(&one, &all), Err(expected));
    }
}

/// What is searched for missing nodes ends at 20, too.
#[test]
#[cfg_attr(miri, ignore = "too many sets to interpret")]
fn shortfalls_up_to_the_last_size() {
    for count in [14, 16, 20] {
        let all = NodeSet::<1>::first(count).unwrap();
        let needed = count / 2 + 1;
        let family = any_of(needed, all);
        assert_eq!(family.shortfall(NodeSet::new(), NodeSet::new()), Shortfall::Exactly(needed));
        let one = NodeSet::first(1).unwrap();
        assert_eq!(family.shortfall(one, NodeSet::new()), Shortfall::Exactly(needed - 1));
        assert_eq!(family.shortfall(NodeSet::new(), one), Shortfall::Exactly(needed));
    }
    let family = any_of(11, NodeSet::<1>::first(21).unwrap());
    assert_eq!(family.shortfall(NodeSet::new(), NodeSet::new()), Shortfall::AtLeast(1));
    let ten = NodeSet::first(10).unwrap();
    assert_eq!(family.shortfall(ten, NodeSet::new()), Shortfall::Exactly(1));
}

/// Joint systems of weights: the bound of many missing nodes, and where a half has enough, or the
/// halves share no missing node, the number.
#[test]
fn joint_shortfalls_beyond_a_search() {
    let weights = |of: core::ops::Range<usize>| {
        Weighted::<64>::majority(core::array::from_fn(|node| of.contains(&node).into())).unwrap()
    };
    let none = NodeSet::new();
    let overlapping = Joint::new(weights(0..31), weights(10..51));
    assert_eq!(overlapping.shortfall(none, none), Shortfall::AtLeast(21));
    let apart = Joint::new(weights(0..31), weights(31..62));
    assert_eq!(apart.shortfall(none, none), Shortfall::Exactly(32));
    assert_eq!(apart.shortfall(none, nodes(0..16)), Shortfall::OutOfReach);
    for joint in
        [Joint::new(weights(0..31), weights(10..51)), Joint::new(weights(10..51), weights(0..31))]
    {
        // The 31 have enough already.
        assert_eq!(joint.shortfall(nodes(0..16), none), Shortfall::Exactly(15));
    }
}

/// Of 18 to 20 nodes the counts are still exact: the binomial coefficients.
#[test]
#[cfg_attr(miri, ignore = "too many sets to interpret")]
fn counts_of_the_last_sizes() {
    for count in 18..=20_usize {
        for needed in [1, count / 2 + 1, count] {
            let all = NodeSet::<1>::first(count).unwrap();
            let live = LiveSets::of(&Threshold::new(all, needed).unwrap()).unwrap();
            for (size, sets) in live.counts().iter().enumerate() {
                let ways = choose(count as u64, size as u64);
                assert_eq!(u64::from(*sets), if size >= needed { ways } else { 0 });
            }
            assert_eq!(live.counts().len(), count + 1);
            assert_eq!(live.resilience(), count - needed);
            // At one half, exactly: the share of the sets.
            let sets: u32 = live.counts().iter().sum();
            let all = f64::from(1_u32 << count);
            assert_eq!(live.availability(0.5), Some(f64::from(sets) / all));
            assert_eq!(live.unavailability(0.5), Some(1.0 - f64::from(sets) / all));
        }
        // Rounding does not carry a probability beyond 1.
        let one = Threshold::new(NodeSet::<1>::first(count).unwrap(), 1).unwrap();
        let live = LiveSets::of(&one).unwrap();
        for step in 0..=1_000 {
            assert!(live.availability(f64::from(step) / 1_000.0).unwrap() <= 1.0);
        }
    }
}

/// Up to twelve voters of which some have not reported: every threshold, every number of reports.
#[test]
fn commits_with_members_silent() {
    for count in 1..=if cfg!(miri) { 4 } else { 12 } {
        let all = NodeSet::<1>::first(count).unwrap();
        for needed in 1..=count {
            let family = Threshold::new(all, needed).unwrap();
            for reported in 0..=count {
                // Node `n` holds up to `n`, and the last ones are silent; or the first ones.
                let low = family.committed(|node| (node < reported).then_some(node as u64));
                let expected = (reported >= needed).then(|| (reported - needed) as u64);
                assert_eq!(low, expected, "{needed} of {count}, {reported} have reported");
                let silent = count - reported;
                let high = family.committed(|node| (node >= silent).then_some(node as u64));
                let expected = (reported >= needed).then(|| (count - needed) as u64);
                assert_eq!(high, expected, "{needed} of {count}, {reported} have reported");
            }
        }
    }
}

/// With registers of 64 bits, up to nine voters are asked once each: there is no selection that
/// asks again, unless what is committed is 0.
#[test]
#[cfg(target_pointer_width = "64")]
fn up_to_nine_voters_report_once() {
    for count in 1..=12 {
        let system: Majority = Majority::new(NodeSet::first(count).unwrap()).unwrap();
        for turn in 0..count {
            let asked = Cell::new(0);
            let found = system.committed(|node| {
                asked.set(asked.get() + 1);
                Some(10 + ((node + turn) % count) as u64)
            });
            assert_eq!(found, Some(10 + (count - system.needed()) as u64));
            assert!(asked.get() == count || count > 9, "{} times for {count}", asked.get());
        }
    }
}

/// Of many voters, reports in order, against it, equal and mixed are asked for a few times each.
#[test]
fn many_voters_report_a_few_times() {
    let system: Majority = Majority::new(NodeSet::first(64).unwrap()).unwrap();
    let orders: [fn(usize) -> usize; 4] =
        [|node| node, |node| 63 - node, |_| 5, |node| node * 37 % 64];
    for order in orders {
        let asked = Cell::new(0);
        system.committed(|node| {
            asked.set(asked.get() + 1);
            Some(1 + order(node) as u64)
        });
        assert!(asked.get() <= 4 * 64, "{} times", asked.get());
    }
}

/// Any two quorums share as many members as their definition says, up to 128 of them.
#[test]
#[cfg_attr(miri, ignore = "too many sizes to interpret")]
fn byzantine_overlaps_of_two_words() {
    for count in 1..=128 {
        let members = NodeSet::<2>::first(count).unwrap();
        for b in 0..=count {
            if let Ok(system) = Dissemination::new(members, b) {
                let shared = 2 * system.needed() - count;
                assert!(shared > b && shared <= b + 2);
                assert!(system.needed() <= count - b);
            } else {
                assert!(count <= 3 * b);
            }
            if let Ok(system) = Masking::new(members, b) {
                let shared = 2 * system.needed() - count;
                assert!(shared > 2 * b && shared <= 2 * b + 2);
                assert!(system.needed() <= count - b);
                assert_eq!(system.vouching().needed(), b + 1);
            } else {
                assert!(count <= 4 * b);
            }
        }
    }
}

/// The third word: every node of it, and none beyond.
#[test]
fn sets_of_three_words() {
    let mut all = NodeSet::<3>::new();
    for node in (0..192).rev() {
        assert!(!all.contains(node));
        assert_eq!(all.insert(node), Ok(true));
        assert!(all.contains(node));
    }
    assert_eq!(all, NodeSet::first(192).unwrap());
    assert!(all.iter().eq(0..192));
    assert_eq!(all.iter().len(), 192);
    for node in [192, 193, 255, 256, usize::MAX] {
        assert!(!all.contains(node) && !all.remove(node) && all.insert(node).is_err());
    }
    for node in 0..192 {
        assert!(all.remove(node));
        assert_eq!((all.contains(node), all.len()), (false, 191 - node));
    }
}

/// A search and a selection over three words, where sets are counted through with a borrow from
/// word to word.
#[test]
fn decisions_of_three_words() {
    let places = [0, 63, 64, 127, 128, 150, 191];
    let all = nodes::<3>(places);
    for needed in 1..=places.len() {
        let family = any_of(needed, all);
        for other in 1..=places.len() {
            let met = intersection(&family, &any_of(other, all)).is_ok();
            assert_eq!(met, needed + other > places.len(), "{needed} and {other}");
        }
        assert_eq!(family.shortfall(NodeSet::new(), NodeSet::new()), Shortfall::Exactly(needed));
        let stored =
            |node: usize| places.iter().position(|place| *place == node).map(|at| at as u64);
        assert_eq!(family.committed(stored), Some((places.len() - needed) as u64));
        assert_eq!(family.resilience(), Ok(places.len() - needed));
    }
}

/// The members of a profile are those of reads and those of writes.
#[test]
fn a_profile_of_families_with_different_members() {
    let one = Threshold::new(nodes::<1>([0]), 1).unwrap();
    let both = Threshold::new(nodes::<1>([0, 1]), 2).unwrap();
    let profile = Profile::of(&one, &both, Hints::Uncounted).unwrap();
    assert_eq!(profile.consistency().verdict, Consistency::Regular, "there are two copies");
    let profile = Profile::of(&both, &one, Hints::Uncounted).unwrap();
    assert_eq!(profile.consistency().verdict, Consistency::Regular);
    let sloppy = Profile::of(&one, &both, Hints::Counted).unwrap();
    assert_eq!(sloppy.reads_survive().verdict, 2);
    let error = Profile::of(
        &any_of(11, NodeSet::<1>::first(21).unwrap()),
        &any_of(12, NodeSet::first(22).unwrap()),
        Hints::Uncounted,
    );
    assert_eq!(error.unwrap_err().members, 22);
}

proptest! {
    /// Weights of four nodes against weights of six, by trying all divisions.
    #[test]
    fn weights_of_different_lengths(
        short in prop::array::uniform4(0..3_u32), more in prop::array::uniform6(0..3_u32),
        same in any::<bool>(), one in 0..100_u64, other in 0..100_u64,
    ) {
        let mut long = more;
        if same {
            long[..4].copy_from_slice(&short);
        }
        let (first, second) = (short.iter().sum::<u32>(), long.iter().sum::<u32>());
        prop_assume!(first > 0 && second > 0);
        let first = Weighted::<4>::new(short, 1 + one % u64::from(first)).unwrap();
        let second = Weighted::<6>::new(long, 1 + other % u64::from(second)).unwrap();
        let set = |bits| NodeSet::from_words([bits]);
        let apart = |bits| first.is_quorum(set(bits)) && second.is_quorum(set(!bits));
        let meet = !(0..64).any(apart);
        prop_assert_eq!(intersection(&first, &second).is_ok(), meet);
        prop_assert_eq!(intersection(&second, &first).is_ok(), meet);
    }

    /// The bound of a joint system of weights is never above what majorities of the same nodes take.
    #[test]
    fn joint_bounds_are_bounds(one: u64, other: u64, have: u64, silent: u64) {
        let weights = |bits: u64| core::array::from_fn(|node| (bits >> node & 1) as u32);
        let set = |bits| NodeSet::<1>::from_words([bits]);
        prop_assume!(one != 0 && other != 0);
        let weighted =
            Joint::new(Weighted::<64>::majority(weights(one)).unwrap(), Weighted::<64>::majority(weights(other)).unwrap());
        let counted =
            Joint::new(Majority::new(set(one)).unwrap(), Majority::new(set(other)).unwrap());
        let (have, silent) = (set(have & silent), set(silent & !have & one.rotate_left(7)));
        match (weighted.shortfall(have, silent), counted.shortfall(have, silent)) {
            (Shortfall::AtLeast(least), Shortfall::Exactly(more)) => prop_assert!(least <= more),
            (weighted, counted) => prop_assert_eq!(weighted, counted),
        }
    }
}

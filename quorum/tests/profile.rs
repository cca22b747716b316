//! What `classify` says of every small R and W, against the definitions.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects)] // A test may panic.

use synod_quorum::{
    ConcurrentWrites, Consistency, Grid, GridRule, Hints, Majority, NodeSet, Otherwise,
    Partitioned, Profile, Quorums, Threshold, ThresholdError, Weighted, classify,
};

/// The most nodes of which all sets are tried.
const NODES: usize = if cfg!(miri) { 3 } else { 6 };

fn first(count: usize) -> NodeSet {
    NodeSet::first(count).unwrap()
}

/// Whether every set of `one` nodes of `n` meets every set of `other`, by trying them all.
fn always_meet(n: usize, one: usize, other: usize) -> bool {
    let sets = |size: u32| (0_u32..1 << n).filter(move |set| set.count_ones() == size);
    sets(one.try_into().unwrap())
        .all(|left| sets(other.try_into().unwrap()).all(|right| left & right != 0))
}

#[test]
fn strict_quorums_by_their_definitions() {
    for n in 1..=NODES {
        for r in 1..=n {
            for w in 1..=n {
                let profile = classify(n, r, w, Hints::Uncounted).unwrap();
                let (reads_meet, writes_meet) = (always_meet(n, r, w), always_meet(n, w, w));
                assert_eq!(profile.reads_meet_writes(), reads_meet, "{n} {r} {w}");
                assert_eq!(profile.writes_meet(), writes_meet, "{n} {r} {w}");
                let consistency = match (n, reads_meet) {
                    (1, _) => Consistency::Linearizable,
                    (_, true) => Consistency::Regular,
                    (_, false) => Consistency::Eventual,
                };
                assert_eq!(profile.consistency().verdict, consistency);
                let concurrent = if writes_meet {
                    ConcurrentWrites::Detected
                } else {
                    ConcurrentWrites::Undetected
                };
                assert_eq!(profile.concurrent_writes().verdict, concurrent);
                assert_eq!(profile.reads_survive().verdict, n - r);
                assert_eq!(profile.writes_survive().verdict, n - w);
                assert_eq!(profile.hints().verdict, Hints::Uncounted);
                let (partitioned, otherwise, class) = if reads_meet {
                    (Partitioned::Consistency, Otherwise::Consistency, "PC/EC")
                } else if r == 1 && w == 1 {
                    (Partitioned::Availability, Otherwise::Latency, "PA/EL")
                } else {
                    (Partitioned::Neither, Otherwise::Latency, "P-/EL")
                };
                assert_eq!(profile.partitioned().verdict, partitioned);
                assert_eq!(profile.otherwise().verdict, otherwise);
                assert_eq!(profile.pacelc(), class);
            }
        }
    }
}

#[test]
fn hints_that_count_void_what_rests_on_quorums_meeting() {
    for n in 1..=NODES {
        for r in 1..=n {
            for w in 1..=n {
                let profile = classify(n, r, w, Hints::Counted).unwrap();
                assert!(!profile.reads_meet_writes() && !profile.writes_meet());
                assert_eq!(profile.consistency().verdict, Consistency::Eventual);
                assert_eq!(profile.concurrent_writes().verdict, ConcurrentWrites::Undetected);
                assert_eq!(profile.reads_survive().verdict, n);
                assert_eq!(profile.writes_survive().verdict, n);
                assert_eq!(profile.hints().verdict, Hints::Counted);
                assert_eq!(profile.partitioned().verdict, Partitioned::Availability);
                let class = if r + w > n { "PA/EC" } else { "PA/EL" };
                assert_eq!(profile.pacelc(), class);
            }
        }
    }
}

/// The numbers alone, and two thresholds, are the same thing.
#[test]
fn numbers_and_families_agree() {
    for n in 1..=NODES + 2 {
        for r in 1..=n {
            for w in 1..=n {
                for hints in [Hints::Counted, Hints::Uncounted] {
                    let read = Threshold::new(first(n), r).unwrap();
                    let write = Threshold::new(first(n), w).unwrap();
                    let profile = Profile::of(&read, &write, hints).unwrap();
                    assert_eq!(Ok(profile), classify(n, r, w, hints));
                }
            }
        }
    }
}

#[test]
fn other_families() {
    let weights = [3, 1, 1];
    let read = Weighted::<3>::new(weights, 2).unwrap();
    let write = Weighted::<3>::new(weights, 4).unwrap();
    let profile = Profile::of(&read, &write, Hints::Uncounted).unwrap();
    assert!(profile.reads_meet_writes() && profile.writes_meet());
    assert_eq!((profile.reads_survive().verdict, profile.writes_survive().verdict), (1, 0));
    assert_eq!(profile.writes_survive().reason, "some node is in every quorum");

    let grid: Grid = Grid::new(2, 3).unwrap();
    let (every, whole) = (grid.quorums(GridRule::EveryColumn), grid.quorums(GridRule::WholeColumn));
    let profile = Profile::of(&every, &whole, Hints::Uncounted).unwrap();
    assert!(profile.reads_meet_writes() && !profile.writes_meet());

    // A family that says nothing of itself, and has too many nodes to find out.
    struct Unknown;
    impl Quorums for Unknown {
        fn members(&self) -> NodeSet {
            first(21)
        }
        fn is_quorum(&self, nodes: NodeSet) -> bool {
            (nodes & self.members()).len() > 10
        }
    }
    let error = Profile::of(&Unknown, &Unknown, Hints::Uncounted).unwrap_err();
    assert_eq!(error.members, 21);
    let known = Majority::new(first(21)).unwrap();
    assert!(Profile::of(&known, &known, Hints::Uncounted).is_ok());
}

#[test]
fn what_is_no_threshold_is_refused() {
    for (n, r, w) in [(3, 0, 2), (3, 2, 0), (1, 0, 0)] {
        assert_eq!(classify(n, r, w, Hints::Uncounted), Err(ThresholdError::Zero));
    }
    let unreachable = |needed, members| Err(ThresholdError::Unreachable { needed, members });
    assert_eq!(classify(3, 4, 1, Hints::Uncounted), unreachable(4, 3));
    assert_eq!(classify(3, 1, 5, Hints::Uncounted), unreachable(5, 3));
    assert_eq!(classify(0, 1, 1, Hints::Uncounted), unreachable(1, 0));

    let most = usize::MAX;
    let profile = classify(most, most, most, Hints::Uncounted).unwrap();
    assert!(profile.reads_meet_writes() && profile.writes_meet());
    assert!(!classify(most, most / 2, most / 2, Hints::Counted).unwrap().reads_meet_writes());
}

#[test]
fn a_table_for_a_person() {
    let strict = classify(3, 2, 2, Hints::Uncounted).unwrap();
    assert_eq!(
        strict.to_string(),
        "\
consistency        regular       every read meets every complete write
concurrent writes  detected      any two writes have a node in common
reads survive      1             the others are a quorum, whichever they are
writes survive     1             the others are a quorum, whichever they are
hints              not counted   a hint brings a node up to date when it returns, and no more
in a partition     consistency   a side without a quorum is refused
otherwise          consistency   requests wait for enough nodes that reads meet writes
PACELC             PC/EC
"
    );
    let sloppy = classify(3, 2, 2, Hints::Counted).unwrap();
    assert_eq!(
        sloppy.to_string(),
        "\
consistency        eventual      a stand-in that took a write need not be asked by a read
concurrent writes  undetected    the one may reach owners and the other stand-ins
reads survive      3             as long as enough other nodes stand in for them
writes survive     3             as long as enough other nodes stand in for them
hints              counted       any node that is up counts, so quorums need not meet
in a partition     availability  a side with enough nodes of any kind goes on
otherwise          consistency   requests wait for enough nodes that reads meet writes
PACELC             PA/EC
"
    );
    let loose = classify(5, 2, 2, Hints::Uncounted).unwrap();
    assert_eq!(
        loose.to_string(),
        "\
consistency        eventual      a read may ask none of the nodes that took the last write
concurrent writes  undetected    two writes may have no node in common
reads survive      3             the others are a quorum, whichever they are
writes survive     3             the others are a quorum, whichever they are
hints              not counted   a hint brings a node up to date when it returns, and no more
in a partition     neither       sides miss each other's writes; too small a side is refused
otherwise          latency       requests wait for fewer nodes than would make reads meet writes
PACELC             P-/EL
"
    );
    let split = classify(3, 3, 1, Hints::Uncounted).unwrap().partitioned();
    assert_eq!(split.reason, "a side without a quorum of reads cannot read, but write");
    let reasons = [
        (classify(1, 1, 1, Hints::Uncounted).unwrap().consistency().reason, "there is one copy"),
        (
            classify(3, 1, 1, Hints::Uncounted).unwrap().partitioned().reason,
            "each node answers alone",
        ),
        (
            classify(3, 3, 1, Hints::Uncounted).unwrap().reads_survive().reason,
            "some node is in every quorum",
        ),
    ];
    for (said, expected) in reasons {
        assert_eq!(said, expected);
    }
    assert_eq!(Consistency::Linearizable.to_string(), "linearizable");
}

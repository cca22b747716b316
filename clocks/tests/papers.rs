//! The examples and claims of the papers that the clocks come from.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, clippy::expect_used)] // A test may panic.
#![allow(clippy::arithmetic_side_effects, clippy::cast_possible_truncation)]
#![allow(clippy::std_instead_of_core, clippy::std_instead_of_alloc)] // Nor need it be no_std.

use synod_clocks::{
    Causality, Dot, DottedVersionVector, HybridClock, Inline, LamportClock, Siblings, VectorClock,
    VersionVector,
};

type Version = VersionVector<char, Inline<4>>;
type Dotted = DottedVersionVector<char, Inline<4>>;

fn dot(replica: char, counter: u64) -> Dot<char> {
    Dot::new(replica, counter).unwrap()
}

fn version(entries: &[(char, u64)]) -> Version {
    Version::from_dots(entries.iter().map(|(replica, counter)| dot(*replica, *counter))).unwrap()
}

/// Lamport 1978: the clock condition along a chain of messages, a receipt that must jump, and the
/// order of ties by process.
#[test]
fn lamport_1978_clock_condition() {
    let (mut p, mut q, mut r) =
        (LamportClock::new('p'), LamportClock::new('q'), LamportClock::new('r'));
    let p1 = p.tick().unwrap();
    let q1 = q.tick().unwrap();
    assert_eq!(p1.time, q1.time);
    assert!(p1 < q1, "a tie is broken by the process");
    for _ in 0..5 {
        q.tick().unwrap();
    }
    let q7 = q.tick().unwrap();
    let r8 = r.receive(q7).unwrap();
    assert_eq!(r8.time, 8, "IR2: past the message, although r had seen nothing");
    let p2 = p.receive(q1).unwrap();
    assert_eq!(p2.time, 2, "IR2: past one's own time, although the message is no later");
    let p9 = p.receive(r8).unwrap();
    assert!(q1 < q7 && q7 < r8 && r8 < p9, "a chain of causes");
    assert_eq!((p.node(), p.time()), ('p', 9));
}

/// Mattern 1989 and Fidge 1988: concurrent events are told apart from ordered ones, and the join of
/// two clocks is what a receiver knows.
#[test]
fn mattern_1989_cuts() {
    let clocks = |counters: [u64; 3]| VectorClock::from(counters);
    let e12 = clocks([2, 0, 0]);
    let e21 = clocks([0, 1, 0]);
    let e22 = clocks([2, 2, 0]);
    let e31 = clocks([0, 0, 1]);
    assert_eq!(e12.causality(&e21), Causality::Concurrent);
    assert_eq!(e12.causality(&e22), Causality::Before);
    assert_eq!(e22.causality(&e21), Causality::After);
    let mut cut = e22;
    assert!(cut.merge(&e31));
    assert_eq!(cut, clocks([2, 2, 1]), "the least cut that holds both");
    assert!(cut.dominates(&e12) && !e12.dominates(&cut));
}

/// Parker et al. 1983: a file written in two partitions is in conflict exactly if each wrote.
#[test]
fn parker_1983_partitioned_file() {
    // Partition {a, b} | {c}: a writes twice.
    let in_ab = version(&[('a', 2)]);
    let in_c = version(&[]);
    assert_eq!(in_c.causality(&in_ab), Causality::Before, "c just takes the file over");

    // Partition {b, c} | {a}: c writes, and so does a.
    let in_bc = version(&[('a', 2), ('c', 1)]);
    let in_a = version(&[('a', 3)]);
    assert_eq!(in_bc.causality(&in_a), Causality::Concurrent, "a conflict");

    // The conflict is resolved at b: a new version that follows both.
    let mut resolved = in_bc.clone();
    resolved.merge(&in_a).unwrap();
    resolved.increment('b').unwrap();
    assert_eq!(resolved, version(&[('a', 3), ('b', 1), ('c', 1)]));
    assert!(resolved > in_a && resolved > in_bc);
}

/// Kulkarni et al. 2014: a node whose clock is ahead pulls the others up to its time, there the
/// counter grows, and it falls back to zero as soon as a wall clock has caught up.
#[test]
fn kulkarni_2014_counter_is_bounded_by_the_wall_clock() {
    let mut nodes = [const { HybridClock::new(10) }; 4];
    let parts = |stamp: synod_clocks::HybridStamp| (stamp.wall_us(), stamp.counter());
    let mut message = nodes[0].tick(10).unwrap();
    assert_eq!(parts(message), (10, 0));
    for (node, wall, expected) in [(1, 1, (10, 1)), (2, 2, (10, 2)), (3, 3, (10, 3))] {
        message = nodes[node].receive(wall, message).unwrap();
        assert_eq!(parts(message), expected, "node {node} is pulled up");
    }
    assert_eq!(parts(nodes[3].tick(4).unwrap()), (10, 4));
    assert_eq!(parts(nodes[3].tick(11).unwrap()), (11, 0), "caught up: the counter is reset");
    let back = nodes[0].receive(12, nodes[3].last()).unwrap();
    assert_eq!(parts(back), (12, 0), "the wall clock is ahead of both");
}

/// Preguiça et al. 2010: two clients write through one server. One entry a server makes the later
/// write dominate; a dot apart from the past does not.
#[test]
fn preguica_2010_one_server_two_clients() {
    let (mut naive, read) = (version(&[('r', 1)]), version(&[('r', 1)]));
    naive.increment('r').unwrap();
    let first = naive.clone();
    naive.increment('r').unwrap();
    assert_eq!(first.causality(&naive), Causality::Before, "a lost update with plain vectors");

    let first = Dotted::new(dot('r', 2), read.clone()).unwrap();
    let second = Dotted::new(dot('r', 3), read).unwrap();
    assert_eq!(first.causality(&second), Causality::Concurrent);
    assert!(second.past().get('r') == 1 && second.dot() == dot('r', 3));

    // ((r,4),{r:3}) has read both.
    let third = Dotted::new(dot('r', 4), second.to_context().unwrap()).unwrap();
    assert!(first < third && second < third);
    assert!(Dotted::new(dot('r', 3), version(&[('r', 3)])).is_err());
    let claims = |past| Dotted::new(dot('a', 1), past).unwrap();
    let (a, b) = (claims(version(&[('b', 1)])), Dotted::new(dot('b', 1), version(&[('a', 1)])));
    assert_eq!(a.causality(&b.unwrap()), Causality::Concurrent, "no protocol gives this");
}

/// Almeida et al. 2014: one set of siblings under two servers, with writes that have read all,
/// some and nothing.
#[test]
fn almeida_2014_sibling_set() {
    let mut r = Siblings::<char, &str, Inline<2>, Inline<4>>::new();
    let nothing = Version::new();
    r.put(&nothing, 'r', "v1").unwrap();
    let read_v1 = r.context().clone();
    r.put(&nothing, 'r', "v2").unwrap();
    assert!(r.values().eq(&["v1", "v2"]), "neither had read the other");
    r.put(&read_v1, 'r', "v3").unwrap();
    assert!(r.values().eq(&["v2", "v3"]), "v3 replaces v1, which it had read, and only that");

    let mut s = r.clone();
    let read_both = s.context().clone();
    s.put(&read_both, 's', "v4").unwrap();
    r.put(&nothing, 'r', "v5").unwrap();
    let s_before = s.clone();
    s.merge(&r).unwrap();
    r.merge(&s_before).unwrap();
    assert_eq!(r, s);
    assert!(r.values().eq(&["v5", "v4"]), "v4 had read v2 and v3, nobody has read v5");
    assert_eq!(*r.context(), version(&[('r', 4), ('s', 1)]));

    let read = r.context().clone();
    assert_eq!(r.delete(&read), Ok(true));
    assert_eq!(r.delete(&read), Ok(false));
    assert!(r.is_empty());
    assert_eq!(r.merge(&s), Ok(false), "what was deleted does not come back");
}

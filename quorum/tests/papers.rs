//! Textbook systems, with the resilience and the availability that the literature gives them.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, clippy::indexing_slicing)] // A test may panic.

use synod_quorum::{
    Coterie, Explicit, Flexible, Grid, GridRule, LiveSets, Majority, NodeSet, QuorumSystem,
    Quorums, ReadWrite, Threshold, Weighted, intersection,
};

/// The most nodes; an interpreter takes some thousand times as long for each.
const NODES: usize = if cfg!(miri) { 5 } else { 64 };

fn nodes(nodes: &[usize]) -> NodeSet {
    NodeSet::from_nodes(nodes).unwrap()
}

fn first(count: usize) -> NodeSet {
    NodeSet::first(count).unwrap()
}

fn close(measured: Option<f64>, known: f64) {
    let measured = measured.unwrap();
    assert!((measured - known).abs() <= 1e-14 * known, "{measured} is not {known}");
}

/// Majorities of n survive ⌈n/2⌉ − 1 failures (Thomas, 1979), and an even n no more than n − 1.
#[test]
fn majorities() {
    for n in 1..=NODES {
        let system = Majority::new(first(n)).unwrap();
        assert_eq!(system.resilience(), Ok(n.div_ceil(2) - 1));
    }
    for n in 1..=NODES.min(12) {
        let system = Majority::new(first(n)).unwrap();
        let live = LiveSets::of(&system).unwrap();
        assert_eq!(live.resilience(), n.div_ceil(2) - 1);
    }
    let three = LiveSets::of(&Majority::new(first(3)).unwrap()).unwrap();
    close(three.availability(0.1), 0.972);
    close(three.unavailability(0.1), 0.028);
    let five = LiveSets::of(&Majority::new(first(5)).unwrap()).unwrap();
    // 10 p³ (1 − p)² + 5 p⁴ (1 − p) + p⁵ at p = 1/4, which is exact in binary.
    close(five.unavailability(0.25), (10.0 * 9.0 + 5.0 * 3.0 + 1.0) / 1024.0);
}

/// Where a node is up more often than not, the majority is the most available system, and where it
/// is not, a single node is (Barbara and Garcia-Molina, 1987; Peleg and Wool, 1995).
#[test]
#[cfg_attr(miri, ignore = "too many sums to interpret")]
fn majorities_are_best_above_one_half_and_one_node_below() {
    let majority = LiveSets::of(&Majority::new(first(7)).unwrap()).unwrap();
    let monarchy = LiveSets::of(&Majority::new(first(1)).unwrap()).unwrap();
    let others = [
        LiveSets::of(&fano()).unwrap(),
        LiveSets::of(&wheel()).unwrap(),
        LiveSets::of(&Weighted::<7>::majority([3, 2, 2, 1, 1, 1, 1]).unwrap()).unwrap(),
    ];
    for step in 1..50 {
        let failure = f64::from(step) / 100.0;
        for other in &others {
            assert!(majority.unavailability(failure) < other.unavailability(failure));
            assert!(monarchy.availability(1.0 - failure) > other.availability(1.0 - failure));
        }
    }
    // At one half, every self-dual system is up half of the time.
    for system in others.iter().chain([&majority, &monarchy]) {
        close(system.availability(0.5), 0.5);
    }
}

/// The seven lines of the Fano plane, any two of which meet in one point: the smallest projective
/// plane (Maekawa, 1985).
fn fano() -> Coterie<Explicit<7>> {
    let lines = [[0, 1, 2], [0, 3, 4], [0, 5, 6], [1, 3, 5], [1, 4, 6], [2, 3, 6], [2, 4, 5]];
    Coterie::new(Explicit::new(&lines.map(|line| nodes(&line))).unwrap()).unwrap()
}

/// A hub with any of the rim, or the whole rim (Holzman, Marcus and Peleg, 1997).
fn wheel() -> Coterie<Explicit<7>> {
    let spokes = [1, 2, 3, 4, 5, 6].map(|rim| nodes(&[0, rim]));
    let mut quorums = spokes.to_vec();
    quorums.push(first(7) - first(1));
    Coterie::new(Explicit::new(&quorums).unwrap()).unwrap()
}

/// Three points are a quorum if they are a line; four are, unless they are what a line leaves.
#[test]
fn the_fano_plane() {
    let live = LiveSets::of(&fano()).unwrap();
    assert_eq!(live.counts(), &[0, 0, 0, 7, 28, 21, 7, 1]);
    assert_eq!(live.resilience(), 2);
    assert_eq!(fano().resilience(), Ok(2));
}

#[test]
fn the_wheel() {
    let live = LiveSets::of(&wheel()).unwrap();
    assert_eq!(live.counts(), &[0, 0, 6, 15, 20, 15, 7, 1]);
    assert_eq!(live.resilience(), 1, "the hub and one of the rim block");
    assert_eq!(wheel().critical(NodeSet::new()), NodeSet::new());
    assert_eq!(wheel().critical(first(1)), first(7) - first(1));
}

/// Reads of a grid fail when a whole column is silent; writes also when every column lacks a node
/// (Cheung, Ammar and Ahamad, 1990).
#[test]
fn grids() {
    for rows in 1..=4 {
        for columns in 1..=4 {
            let grid: Grid = Grid::new(rows, columns).unwrap();
            assert_eq!(grid.phase1().resilience(), Ok(rows - 1));
            assert_eq!(grid.phase2().resilience(), Ok(rows.min(columns) - 1));
            assert_eq!(grid.quorums(GridRule::WholeColumn).resilience(), Ok(columns - 1));
        }
    }
    // Availability of reads: each column has a live node, (1 − p^rows)^columns.
    let grid: Grid = Grid::new(3, 2).unwrap();
    let live = LiveSets::of(&grid.phase1()).unwrap();
    close(live.availability(0.5), (1.0 - 0.125) * (1.0 - 0.125));
    // And writes: less the probability that each has one and none is whole.
    let live = LiveSets::of(&grid.phase2()).unwrap();
    close(live.availability(0.5), (49.0 - 36.0) / 64.0);
}

/// The grid of Howard, Malkhi and Spiegelman (2016): a column for phase 2, and one node of each for
/// phase 1; a larger one than any search could prove.
#[test]
fn flexible_grids() {
    let grid: Grid = Grid::new(4, 16).unwrap();
    let (every, whole) = (grid.quorums(GridRule::EveryColumn), grid.quorums(GridRule::WholeColumn));
    assert!(Flexible::new(every, whole).is_ok());
    assert!(Flexible::new(whole, every).is_ok());
    assert!(Coterie::new(grid.quorums(GridRule::Both)).is_ok());
    assert!(intersection(&whole, &whole).is_err());
    assert!(intersection(&every, &every).is_err());
}

/// Thresholds of two phases meet just if q₁ + q₂ > n (Howard, Malkhi and Spiegelman, 2016).
#[test]
fn flexible_thresholds() {
    for n in (1..=NODES.min(16)).chain([NODES - 1, NODES]) {
        for q1 in 1..=n {
            for q2 in 1..=n {
                let phases = (Threshold::new(first(n), q1), Threshold::new(first(n), q2));
                let system = Flexible::new(phases.0.unwrap(), phases.1.unwrap());
                assert_eq!(system.is_ok(), q1 + q2 > n);
            }
        }
    }
}

/// Gifford's three examples (1979): votes, r and w for a file that is read mostly, one that is
/// written as well, and one that is to be read everywhere.
#[test]
fn weighted_voting() {
    let examples = [([1, 0, 0], 1, 1), ([2, 1, 1], 2, 3), ([1, 1, 1], 1, 3)];
    for (votes, r, w) in examples {
        let read = Weighted::<3>::new(votes, r).unwrap();
        let write = Weighted::<3>::new(votes, w).unwrap();
        assert!(ReadWrite::new(read, write).is_ok());
    }
    let read = Weighted::<3>::new([2, 1, 1], 1).unwrap();
    let write = Weighted::<3>::new([2, 1, 1], 3).unwrap();
    assert!(ReadWrite::new(read, write).is_err());
}

/// Ten nodes with commits of three and elections of eight: the example of the paper's introduction.
#[test]
fn availability_of_the_phases_differs() {
    let nodes = first(10);
    let commits = LiveSets::of(&Threshold::new(nodes, 3).unwrap()).unwrap();
    let elections = LiveSets::of(&Threshold::new(nodes, 8).unwrap()).unwrap();
    assert_eq!((commits.resilience(), elections.resilience()), (7, 2));
    // 1 − Σ C(10, k) / 2¹⁰ for k below 3, and for k below 8.
    close(commits.availability(0.5), (1024.0 - 1.0 - 10.0 - 45.0) / 1024.0);
    close(elections.availability(0.5), (45.0 + 10.0 + 1.0) / 1024.0);
}

#[test]
#[cfg_attr(miri, ignore = "too many sets to interpret")]
fn probabilities_out_of_range_are_refused() {
    let live = LiveSets::of(&Majority::new(first(3)).unwrap()).unwrap();
    for failure in [-0.1, 1.1, f64::NAN, f64::INFINITY] {
        assert_eq!(live.availability(failure), None);
        assert_eq!(live.unavailability(failure), None);
    }
    assert_eq!((live.availability(0.0), live.unavailability(0.0)), (Some(1.0), Some(0.0)));
    assert_eq!((live.availability(1.0), live.unavailability(1.0)), (Some(0.0), Some(1.0)));
    assert!(LiveSets::of(&Majority::new(first(20)).unwrap()).is_ok());
    let many = LiveSets::of(&Majority::new(first(21)).unwrap());
    assert_eq!(many.unwrap_err().members, 21);
}

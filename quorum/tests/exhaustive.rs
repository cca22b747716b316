//! Every decision against brute force, on every system of up to seven nodes, or as many as the time
//! of a test allows.
//!
//! The models are in `exhaustive/model.rs`, what is compared is in `exhaustive/compare.rs`, and
//! whether quorums meet is in `exhaustive/pairs.rs`.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, clippy::expect_used)] // A test may panic.
#![allow(clippy::arithmetic_side_effects, clippy::cast_possible_truncation)]
#![allow(clippy::std_instead_of_core, clippy::std_instead_of_alloc)] // Nor need it be no_std.

#[path = "exhaustive/compare.rs"]
mod compare;
#[path = "exhaustive/model.rs"]
mod model;
#[path = "exhaustive/pairs.rs"]
mod pairs;
#[path = "exhaustive/weights.rs"]
mod weights;

use synod_quorum::{
    Dissemination, Explicit, Flexible, Grid, GridError, GridRule, Joint, Majority, Masking,
    NoMembers, NodeSet, QuorumSystem, Quorums, Threshold, ThresholdError, TooFewNodes, Weighted,
};

use self::{
    compare::{Layout, Opaque, everything},
    model::{Model, Set, all, count, subsets},
};

/// The most nodes; an interpreter takes some thousand times as long for each set.
const NODES: usize = if cfg!(miri) { 2 } else { 7 };

/// No report, the least, the next, and the greatest: with the order of two numbers come all others.
const REPORTS: [Option<u64>; 4] = [None, Some(0), Some(1), Some(u64::MAX)];

/// Three reports for where four take too long.
const FEW_REPORTS: [Option<u64>; 3] = [None, Some(0), Some(7)];

/// `full` is what must have been seen; the interpreter sees less, but not nothing.
fn assert_seen(seen: u64, full: u64) {
    assert!(if cfg!(miri) { seen > 0 } else { seen == full }, "{seen}, expected {full}");
}

#[test]
fn majorities_of_every_set_of_members() {
    let plain = Layout::<1>::plain(NODES);
    let mut compared = 0;
    for members in 1..=all(NODES) {
        let system = Majority::new(plain.set(members)).unwrap();
        let model = Model::of_majority(NODES, members);
        compared += everything(&system, &model, &plain, &REPORTS);
        assert_eq!(system.needed(), count(members) / 2 + 1);
    }
    assert_eq!(Majority::new(NodeSet::<1>::new()), Err(NoMembers));
    assert_seen(compared, 2_224_043);
}

/// The same where nodes stand in two words.
#[test]
fn majorities_across_words() {
    let places = [63, 64, 0, 62, 65, 127];
    let width = NODES.min(places.len());
    let wide = Layout::<2>::new(&places[..width]);
    let mut compared = 0;
    for members in 1..=all(width) {
        let system = Majority::new(wide.set(members)).unwrap();
        let model = Model::of_majority(width, members);
        compared += everything(&system, &model, &wide, &REPORTS);
    }
    assert_seen(compared, 289_863);
}

#[test]
fn thresholds_of_every_set_of_members() {
    let width = NODES.min(5);
    let (plain, wide) =
        (Layout::<1>::plain(width), Layout::<2>::new(&[127, 0, 64, 63, 1][..width]));
    let mut compared = 0;
    for members in 0..=all(width) {
        for needed in 1..=count(members) {
            let model = Model::of_count(width, members, needed);
            let family = Threshold::new(plain.set(members), needed).unwrap();
            compared += everything(&family, &model, &plain, &REPORTS);
            let family = Threshold::new(wide.set(members), needed).unwrap();
            compared += everything(&family, &model, &wide, &REPORTS);
            // And by the bodies for families of which nothing is known.
            compared += everything(&Opaque(family), &model, &wide, &REPORTS);
        }
        let most = count(members);
        assert_eq!(Threshold::new(plain.set(members), 0), Err(ThresholdError::Zero));
        assert_eq!(
            Threshold::new(plain.set(members), most + 1),
            Err(ThresholdError::Unreachable { needed: most + 1, members: most }),
        );
    }
    assert_seen(compared, 317_820);
}

/// The commit index takes other ways for up to five, up to nine, and more nodes.
#[test]
#[cfg_attr(miri, ignore = "too many sets to interpret")]
fn thresholds_of_six_to_nine_nodes() {
    let mut compared = 0;
    for width in 6..=9 {
        let plain = Layout::<1>::plain(width);
        for needed in 1..=width {
            let family = Threshold::new(plain.set(all(width)), needed).unwrap();
            let model = Model::of_count(width, all(width), needed);
            if width <= 7 {
                compared += everything(&family, &model, &plain, &FEW_REPORTS);
            } else {
                compared += compare::commits(&family, &model, &plain, &FEW_REPORTS[1..]);
            }
        }
    }
    assert_seen(compared, 189_126);
}

#[test]
fn joint_majorities_of_every_two_sets_of_members() {
    let width = NODES.min(5);
    let plain = Layout::<1>::plain(width);
    let mut compared = 0;
    for outgoing in 1..=all(width) {
        for incoming in 1..=all(width) {
            let (system, model) = joint_majority(&plain, width, outgoing, incoming);
            compared += everything(&system, &model, &plain, &FEW_REPORTS);
        }
    }
    assert_seen(compared, 1_272_226);
}

#[test]
#[cfg_attr(miri, ignore = "too many sets to interpret")]
fn joint_majorities_of_every_two_sets_of_six_nodes() {
    let width = 6;
    let plain = Layout::<1>::plain(width);
    let mut compared = 0;
    for outgoing in 1..=all(width) {
        for incoming in 1..=all(width) {
            let (system, model) = joint_majority(&plain, width, outgoing, incoming);
            compared += compare::sets(&system, &model, &plain);
            compared += compare::ballots(&system, &model, &plain);
            compared += compare::commits(&system, &model, &plain, &FEW_REPORTS[1..]);
        }
    }
    assert_seen(compared, 1_870_049);
}

/// Of more nodes, one of each kind: how many are in one half, in the other, in both.
#[test]
fn joint_majorities_of_every_overlap() {
    let plain = Layout::<1>::plain(NODES);
    let mut compared = 0;
    for both in 0..=NODES {
        for outgoing in 0..=NODES - both {
            for incoming in 0..=NODES - both - outgoing {
                let shared = all(both) << outgoing;
                let (outgoing, incoming) =
                    (all(outgoing) | shared, all(incoming) << (outgoing + both) | shared);
                let width = count(outgoing | incoming);
                if width < 6.min(NODES) || outgoing == 0 || incoming == 0 {
                    continue;
                }
                let (system, model) = joint_majority(&plain, width, outgoing, incoming);
                compared += everything(&system, &model, &plain, &FEW_REPORTS);
            }
        }
    }
    assert_seen(compared, 868_224);
}

/// Any number of one set of members and any of another: the first phases of two flexible systems.
#[test]
#[cfg_attr(miri, ignore = "too many sets to interpret")]
fn joint_thresholds_of_every_overlap() {
    let width = 5;
    let plain = Layout::<1>::plain(width);
    let flexible = |members, needed| {
        let members = plain.set(members);
        let of = |needed| Threshold::new(members, needed).unwrap();
        // With the second phase of all nodes, any first phase will do.
        Flexible::new(of(needed), of(members.len())).unwrap()
    };
    let mut compared = 0;
    for one in 1..=width {
        for other in 1..=width {
            for shift in 0..=width - other {
                let (outgoing, incoming) = (all(one), all(other) << shift);
                for few in 1..=one {
                    for many in 1..=other {
                        let system: Joint<_, _> =
                            Joint::new(flexible(outgoing, few), flexible(incoming, many));
                        let model = Model::new(width, outgoing | incoming, |nodes| {
                            count(nodes & outgoing) >= few && count(nodes & incoming) >= many
                        });
                        compared += everything(&system.phase1(), &model, &plain, &FEW_REPORTS);
                    }
                }
                let system: Joint<_, _> = Joint::new(flexible(outgoing, 1), flexible(incoming, 1));
                compared += compare::promise(&system, width, &plain);
            }
        }
    }
    assert_seen(compared, 769_069);
}

fn joint_majority(
    layout: &Layout<1>,
    width: usize,
    outgoing: Set,
    incoming: Set,
) -> (Joint<Majority>, Model) {
    let half = |members| Majority::new(layout.set(members)).unwrap();
    let system = Joint::new(half(outgoing), half(incoming));
    (system, Model::of_joint_majority(width, outgoing, incoming))
}

/// Halves that add weights have no arithmetic for what is missing.
#[test]
#[cfg_attr(miri, ignore = "too many sets to interpret")]
fn joint_systems_of_weights_and_of_joint_systems() {
    let width = NODES.min(5);
    let plain = Layout::<1>::plain(width);
    let mut compared = 0;
    let vectors =
        [[1, 1, 1, 1, 1], [3, 1, 1, 0, 0], [0, 2, 2, 1, 0], [0, 0, 1, 2, 3], [5, 1, 0, 0, 2]];
    for one in vectors {
        for other in vectors {
            let (outgoing, incoming) =
                (Weighted::majority(one).unwrap(), Weighted::majority(other).unwrap());
            let total = |weights: [u32; 5]| u64::from(weights.iter().sum::<u32>());
            let models = (
                Model::of_weights(width, &one, total(one) / 2 + 1),
                Model::of_weights(width, &other, total(other) / 2 + 1),
            );
            let members = models.0.members | models.1.members;
            let model = Model::new(width, members, |nodes| {
                models.0.is_quorum(nodes) && models.1.is_quorum(nodes)
            });
            let system = Joint::new(outgoing, incoming);
            compared += everything(&system, &model, &plain, &FEW_REPORTS);
            // A half that is joint itself, with one node more to agree.
            let single = Majority::new(plain.set(1)).unwrap();
            let nested: Joint<_, _> = Joint::new(system, single);
            let model =
                Model::new(width, members | 1, |nodes| model.is_quorum(nodes) && nodes & 1 == 1);
            compared += everything(&nested, &model, &plain, &FEW_REPORTS);
            compared += compare::promise(&nested, width, &plain);
        }
    }
    assert_seen(compared, 76_181);
}

#[test]
fn grids_of_every_size_and_rule() {
    let rules = [
        (GridRule::EveryColumn, true, false),
        (GridRule::WholeColumn, false, true),
        (GridRule::Both, true, true),
    ];
    let most = if cfg!(miri) { 2 } else { 8 };
    let mut compared = 0;
    for rows in 1..=most {
        for columns in 1..=most / rows {
            let width = rows * columns;
            let plain = Layout::<1>::plain(width);
            let grid: Grid = Grid::new(rows, columns).unwrap();
            assert_eq!((grid.rows(), grid.columns()), (rows, columns));
            compared += compare::promise(&grid, width, &plain);
            for (rule, every, whole) in rules {
                let family = grid.quorums(rule);
                let model = Model::of_grid(width, rows, columns, every, whole);
                compared += compare::sets(&family, &model, &plain);
                compared += compare::ballots(&family, &model, &plain);
                if width <= 7 {
                    compared += compare::shortfalls(&family, &model, &plain);
                    compared += compare::commits(&family, &model, &plain, &FEW_REPORTS);
                }
                for (other_rule, every, whole) in rules {
                    let other = grid.quorums(other_rule);
                    let other_model = Model::of_grid(width, rows, columns, every, whole);
                    compare::pair((&family, &model), (&other, &other_model), &plain);
                }
                compare::alone((&family, &model), &plain);
            }
            assert_eq!(Grid::<1>::new(0, columns), Err(GridError::NoMembers));
            assert_eq!(Grid::<1>::new(rows, 0), Err(GridError::NoMembers));
        }
    }
    assert_seen(compared, 312_252);
}

/// The least size of sets any two of which share `shared` nodes, if those who tell the truth are
/// that many.
fn least_size(nodes: usize, liars: usize, shared: usize) -> Option<usize> {
    let share = |size: usize| {
        let sized = || subsets(all(nodes)).filter(move |set| count(*set) == size);
        sized().all(|one| sized().all(|other| count(one & other) >= shared))
    };
    (1..=nodes).find(|size| share(*size)).filter(|size| *size <= nodes - liars)
}

#[test]
fn thresholds_of_nodes_that_may_lie() {
    let mut compared = 0;
    for nodes in 0..=if cfg!(miri) { 3 } else { 9 } {
        let plain = Layout::<1>::plain(nodes);
        let members = plain.set(all(nodes));
        for b in 0..=nodes {
            let dissemination = Dissemination::new(members, b);
            match least_size(nodes, b, b + 1) {
                Some(needed) => {
                    let system = dissemination.unwrap();
                    assert_eq!((system.needed(), system.b()), (needed, b));
                    compared += byzantine(&system, nodes, needed, &plain);
                }
                None => assert_eq!(
                    dissemination,
                    Err(TooFewNodes { needed: 3 * b + 1, members: nodes })
                ),
            }
            let masking = Masking::new(members, b);
            match least_size(nodes, b, 2 * b + 1) {
                Some(needed) => {
                    let system = masking.unwrap();
                    assert_eq!((system.needed(), system.b()), (needed, b));
                    assert_eq!(system.vouching().needed(), b + 1);
                    compared += byzantine(&system, nodes, needed, &plain);
                }
                None => {
                    assert_eq!(masking, Err(TooFewNodes { needed: 4 * b + 1, members: nodes }));
                }
            }
        }
    }
    assert_seen(compared, 250_070);
}

fn byzantine<S: QuorumSystem + Quorums>(
    system: &S,
    width: usize,
    needed: usize,
    plain: &Layout<1>,
) -> u64 {
    let model = Model::of_count(width, all(width), needed);
    let mut compared = compare::promise(system, width, plain);
    compared += compare::sets(system, &model, plain);
    if width <= 5 {
        compared += everything(system, &model, plain, &FEW_REPORTS);
    }
    compared
}

/// Every family of quorums of `nodes` nodes that there is, by its least quorums.
///
/// A family of one node more is two families: of the sets without the new node, and of the sets
/// with it, which are no fewer.
fn every_family(nodes: usize) -> Vec<Vec<Set>> {
    let mut tables: Vec<Vec<bool>> = vec![vec![false], vec![true]];
    for _ in 0..nodes {
        let mut wider = Vec::new();
        for without in &tables {
            for with in &tables {
                if without.iter().zip(with).all(|(without, with)| with | !without) {
                    wider.push([without.as_slice(), with].concat());
                }
            }
        }
        tables = wider;
    }
    let least = |table: &Vec<bool>| -> Vec<Set> {
        let is_least = |set: &Set| subsets(*set).all(|within| table[within] == (within == *set));
        (0..table.len()).filter(is_least).collect()
    };
    // Without the two which no list can be: nobody suffices, or nothing does.
    tables.iter().map(least).filter(|list| !list.is_empty() && list[0] != 0).collect()
}

#[test]
fn every_family_of_up_to_four_nodes() {
    let mut compared = 0;
    for nodes in 1..=NODES.min(4) {
        let plain = Layout::<1>::plain(nodes);
        // A search counts through sets of three words, and carries from each to the next.
        let wide = Layout::<3>::new(&[0, 64, 128, 191][..nodes]);
        for list in every_family(nodes) {
            let sets: Vec<NodeSet> = list.iter().map(|set| plain.set(*set)).collect();
            let family = Explicit::<6>::new(&sets).unwrap();
            let model = Model::of_list(nodes, &list);
            compared += everything(&family, &model, &plain, &FEW_REPORTS);
            let sets: Vec<NodeSet<3>> = list.iter().map(|set| wide.set(*set)).collect();
            let unknown = Opaque(Explicit::<6, 3>::new(&sets).unwrap());
            compared += everything(&unknown, &model, &wide, &FEW_REPORTS);
            compare::alone((&family, &model), &plain);
            compare::alone((&unknown, &model), &wide);
        }
    }
    assert_seen(compared, 146_976);
}

#[test]
fn every_family_of_five_nodes() {
    let nodes = NODES.min(5);
    let plain = Layout::<1>::plain(nodes);
    let mut compared = 0;
    for list in every_family(nodes) {
        let sets: Vec<NodeSet> = list.iter().map(|set| plain.set(*set)).collect();
        let family = Explicit::<10>::new(&sets).unwrap();
        let model = Model::of_list(nodes, &list);
        compared += compare::sets(&family, &model, &plain);
        compare::alone((&family, &model), &plain);
    }
    assert_seen(compared, 7_579 * 96);
}

//! The decisions of the library, held against a model.

use std::{cell::Cell, fmt::Debug};

use synod_quorum::{
    Coterie, Flexible, IntersectionError, LiveSets, NodeSet, Outcome, QuorumSystem, Quorums,
    ReadWrite, ReadWriteError, Shortfall, Votes, intersection,
};

use crate::model::{Model, Set, Standing, all, count, subsets};

/// Where the nodes of a model stand in the library's sets.
pub(crate) struct Layout<const WORDS: usize> {
    places: Vec<usize>,
    sets: Vec<NodeSet<WORDS>>,
}

impl<const WORDS: usize> Layout<WORDS> {
    pub(crate) fn new(places: &[usize]) -> Self {
        let chosen = |nodes: Set| {
            let places = places.iter().enumerate();
            let places = places.filter(|(node, _)| nodes >> node & 1 == 1).map(|(_, place)| *place);
            NodeSet::from_nodes(&places.collect::<Vec<_>>()).expect("a place in range")
        };
        let sets = (0..1 << places.len()).map(chosen).collect();
        Self { places: places.to_vec(), sets }
    }

    /// Node `n` at place `n`.
    pub(crate) fn plain(width: usize) -> Self {
        Self::new(&(0..width).collect::<Vec<_>>())
    }

    /// The nodes of a model as the library's set.
    pub(crate) fn set(&self, nodes: Set) -> NodeSet<WORDS> {
        self.sets[nodes]
    }

    /// The library's set as nodes of a model.
    fn nodes(&self, set: NodeSet<WORDS>) -> Set {
        set.iter().fold(0, |nodes, place| nodes | 1 << self.node(place))
    }

    fn node(&self, place: usize) -> usize {
        self.places.iter().position(|known| *known == place).expect("a place that was named")
    }
}

/// Whether a family is what the model says: members, quorums, blocking and critical nodes,
/// resilience. Gives the number of comparisons, as what follows.
pub(crate) fn sets<const WORDS: usize>(
    family: &impl Quorums<WORDS>,
    model: &Model,
    layout: &Layout<WORDS>,
) -> u64 {
    assert_eq!(family.members(), layout.set(model.members));
    assert_eq!(family.resilience(), Ok(model.resilience()));
    let live = LiveSets::of(family).expect("few members");
    assert_eq!(live.counts(), model.live_sets());
    assert_eq!(live.resilience(), model.resilience());
    for nodes in subsets(all(model.width)) {
        let set = layout.set(nodes);
        assert_eq!(family.is_quorum(set), model.is_quorum(nodes), "quorum {set}");
        assert_eq!(family.is_blocked_by(set), model.is_blocked_by(nodes), "silent {set}");
        assert_eq!(family.critical(set), layout.set(model.critical(nodes)), "silent {set}");
    }
    3 << model.width
}

/// Every ballot: who has granted, and who has refused.
pub(crate) fn ballots<const WORDS: usize>(
    family: &impl Quorums<WORDS>,
    model: &Model,
    layout: &Layout<WORDS>,
) -> u64 {
    let mut compared = 0;
    for granted in subsets(model.members) {
        for refused in subsets(model.members & !granted) {
            let mut votes = Votes::new(family.members());
            for (node, place) in layout.places.iter().enumerate() {
                if (granted | refused) >> node & 1 == 1 {
                    assert_eq!(votes.record(*place, granted >> node & 1 == 1), Ok(true));
                }
            }
            let expected = match model.outcome(granted, refused) {
                Standing::Won => Outcome::Won,
                Standing::Lost => Outcome::Lost,
                Standing::Pending => Outcome::Pending,
            };
            assert_eq!(votes.outcome(family), expected, "{votes:?}");
            compared += 1;
        }
    }
    compared
}

/// Every set that is there, with every set that will not come, strangers among them.
pub(crate) fn shortfalls<const WORDS: usize>(
    family: &impl Quorums<WORDS>,
    model: &Model,
    layout: &Layout<WORDS>,
) -> u64 {
    for have in subsets(all(model.width)) {
        for silent in subsets(all(model.width)) {
            let expected = match model.shortfall(have, silent) {
                Some(more) => Shortfall::Exactly(more),
                None => Shortfall::OutOfReach,
            };
            let (have, silent) = (layout.set(have), layout.set(silent));
            assert_eq!(family.shortfall(have, silent), expected, "have {have}, silent {silent}");
        }
    }
    1 << (2 * model.width)
}

/// Every vector of these reports by members.
pub(crate) fn commits<const WORDS: usize>(
    family: &impl Quorums<WORDS>,
    model: &Model,
    layout: &Layout<WORDS>,
    reports: &[Option<u64>],
) -> u64 {
    let members: Vec<usize> =
        (0..model.width).filter(|node| model.members >> node & 1 == 1).collect();
    let vectors = reports.len().pow(members.len().try_into().expect("few members"));
    let mut held = vec![None; model.width];
    for vector in 0..vectors {
        let mut digits = vector;
        for node in &members {
            held[*node] = reports[digits % reports.len()];
            digits /= reports.len();
        }
        let asked = Cell::new(0);
        let found = family.committed(|place| {
            asked.set(asked.get() + 1);
            let node = layout.node(place);
            assert!(members.contains(&node), "asked about a stranger");
            held[node]
        });
        assert_eq!(found, model.committed(&held), "{held:?}");
        // Twice the bound of a family, for a joint system of equal halves.
        let most = 2 * (members.len() + 1).pow(2);
        assert!(asked.get() <= most, "asked {} times about {}", asked.get(), members.len());
    }
    vectors as u64
}

/// All of the above.
pub(crate) fn everything<const WORDS: usize>(
    family: &impl Quorums<WORDS>,
    model: &Model,
    layout: &Layout<WORDS>,
    reports: &[Option<u64>],
) -> u64 {
    sets(family, model, layout)
        + ballots(family, model, layout)
        + shortfalls(family, model, layout)
        + commits(family, model, layout, reports)
}

/// Whether quorums meet, and if not, a pair that shows it: for [`intersection`], and for the
/// systems that rest on it.
pub(crate) fn pair<const WORDS: usize, A, B>(
    (first, first_model): (&A, &Model),
    (second, second_model): (&B, &Model),
    layout: &Layout<WORDS>,
) where
    A: Quorums<WORDS> + Debug,
    B: Quorums<WORDS> + Debug,
{
    let meet = first_model.meets(second_model);
    let found = intersection(first, second);
    assert_eq!(found.is_ok(), meet, "{first:?} and {second:?}: {found:?}");
    if let Err(error) = found {
        shows(error, first_model, second_model, layout);
    }
    match Flexible::new(first, second) {
        Ok(system) => {
            assert!(meet);
            assert_eq!(system.phase1().members(), layout.set(first_model.members));
            assert_eq!(system.phase2().members(), layout.set(second_model.members));
        }
        Err(error) => assert_eq!(Err(error), found),
    }
    let writes_meet = second_model.meets(second_model);
    match ReadWrite::new(first, second) {
        Ok(store) => {
            assert!(meet && writes_meet, "{first:?} and {second:?}");
            assert_eq!(store.read().members(), layout.set(first_model.members));
            assert_eq!(store.write().members(), layout.set(second_model.members));
        }
        Err(ReadWriteError::Read(error)) => assert_eq!(Err(error), found),
        Err(ReadWriteError::Write(error)) => {
            assert!(meet && !writes_meet, "{first:?} and {second:?}");
            shows(error, second_model, second_model, layout);
        }
        Err(other) => unreachable!("{other}"),
    }
}

/// Whether a family alone is a system.
pub(crate) fn alone<const WORDS: usize, A: Quorums<WORDS> + Debug>(
    (family, model): (&A, &Model),
    layout: &Layout<WORDS>,
) {
    match Coterie::new(family) {
        Ok(system) => {
            assert!(model.meets(model), "{family:?}");
            sets(&system, model, layout);
        }
        Err(error) => {
            assert!(!model.meets(model), "{family:?}");
            shows(error, model, model, layout);
        }
    }
}

/// The two sets of an error are quorums, can spare no node, and have none in common.
fn shows<const WORDS: usize>(
    error: IntersectionError<WORDS>,
    first_model: &Model,
    second_model: &Model,
    layout: &Layout<WORDS>,
) {
    let IntersectionError::Disjoint { first, second } = error else {
        unreachable!("so few nodes are searched: {error}")
    };
    let (first, second) = (layout.nodes(first), layout.nodes(second));
    assert_eq!(first & second, 0, "{error}");
    assert!(first_model.is_least(first) && second_model.is_least(second), "{error}");
}

/// What a system promises: each quorum of phase 1 meets each of phase 2. Gives how many pairs there
/// were.
pub(crate) fn promise<const WORDS: usize>(
    system: &impl QuorumSystem<WORDS>,
    width: usize,
    layout: &Layout<WORDS>,
) -> u64 {
    let (phase1, phase2) = (system.phase1(), system.phase2());
    let quorums = |is_quorum: &dyn Fn(NodeSet<WORDS>) -> bool| -> Vec<Set> {
        (0..1 << width).filter(|nodes| is_quorum(layout.set(*nodes))).collect()
    };
    let (first, second) =
        (quorums(&|set| phase1.is_quorum(set)), quorums(&|set| phase2.is_quorum(set)));
    for one in &first {
        assert!(second.iter().all(|other| count(one & other) > 0), "a quorum that meets not all");
    }
    (first.len() * second.len()) as u64
}

/// A family of which the library knows nothing but the answers.
#[derive(Clone, Debug)]
pub(crate) struct Opaque<Q>(pub Q);

impl<const WORDS: usize, Q: Quorums<WORDS>> Quorums<WORDS> for Opaque<Q> {
    fn members(&self) -> NodeSet<WORDS> {
        self.0.members()
    }

    fn is_quorum(&self, nodes: NodeSet<WORDS>) -> bool {
        self.0.is_quorum(nodes)
    }
}

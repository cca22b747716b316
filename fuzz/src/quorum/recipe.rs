//! Families, and what is due when one is made.

use arbitrary::Arbitrary;
use synod_quorum::{
    Coterie, Dissemination, Explicit, ExplicitError, Grid, GridError, GridRule, Majority, Masking,
    NoMembers, NodeSet, OutOfRange, Quorums, Threshold, ThresholdError, TooFewNodes, Weighted,
    WeightedError,
};

use super::{
    definition::Definition,
    family::Family,
    opaque::Opaque,
    selection::{Selection, first, mask, set, size},
    weights::Weights,
};

/// Arguments from which a family might be made.
#[derive(Arbitrary, Debug)]
pub(crate) enum Recipe {
    Majority(Selection),
    Threshold(Selection, Number),
    Weighted(Weights),
    Heavier(Weights),
    Explicit(Vec<Selection>),
    Grid(Number, Number, Rule),
    Dissemination(Selection, Number),
    Masking(Selection, Number),
    Opaque(Selection, Vec<Selection>),
}

/// A number that is small, or as large as can be.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub(crate) struct Number(u8);

impl Number {
    fn get(self) -> usize {
        match self.0 {
            255 => usize::MAX,
            254 => usize::MAX / 2 + 1,
            small => usize::from(small % 140),
        }
    }
}

#[derive(Arbitrary, Clone, Copy, Debug)]
pub(crate) enum Rule {
    Every,
    Whole,
    Both,
}

impl Recipe {
    /// The family and its definition, or `None` after a refusal that was due.
    pub(crate) fn build<const WORDS: usize>(&self) -> Option<(Family<WORDS>, Definition)> {
        match self {
            Self::Majority(members) => majority(members.mask::<WORDS>()),
            Self::Threshold(members, needed) => threshold(members.mask::<WORDS>(), needed.get()),
            Self::Weighted(weights) if weights.long_from.is_some() => {
                let (family, definition) = weighted::<68, WORDS>(weights)?;
                Some((Family::Long(Box::new(family)), definition))
            }
            Self::Weighted(weights) => {
                let (family, definition) = weighted::<7, WORDS>(weights)?;
                Some((Family::Weighted(family), definition))
            }
            Self::Heavier(weights) => heavier(weights),
            Self::Explicit(sets) => {
                explicit(sets.iter().take(6).map(|set| set.mask::<WORDS>()).collect())
            }
            Self::Grid(rows, columns, rule) => grid(rows.get(), columns.get(), *rule),
            Self::Dissemination(members, liars) => {
                dissemination(members.mask::<WORDS>(), liars.get())
            }
            Self::Masking(members, liars) => masking(members.mask::<WORDS>(), liars.get()),
            Self::Opaque(members, sets) => {
                let members = members.mask::<WORDS>();
                opaque(members, sets.iter().take(6).map(|set| set.mask::<WORDS>() & members))
            }
        }
    }
}

fn majority<const WORDS: usize>(members: u128) -> Option<(Family<WORDS>, Definition)> {
    match Majority::new(set(members)) {
        Err(NoMembers) => {
            assert_eq!(members, 0);
            None
        }
        Ok(family) => {
            // The least number that is more than half.
            let needed = (1..).find(|needed| 2 * needed > size(members))?;
            assert_eq!(family.needed(), needed);
            Some((Family::Majority(family), Definition::Count { members, needed }))
        }
    }
}

fn threshold<const WORDS: usize>(
    members: u128,
    needed: usize,
) -> Option<(Family<WORDS>, Definition)> {
    let unreachable = ThresholdError::Unreachable { needed, members: size(members) };
    let due = match needed {
        0 => Some(ThresholdError::Zero),
        _ => (needed > size(members)).then_some(unreachable),
    };
    let family = Threshold::new(set(members), needed);
    assert_eq!(family.err(), due);
    let family = family.ok()?;
    assert_eq!(family.needed(), needed);
    Some((Family::Threshold(family), Definition::Count { members, needed }))
}

fn weighted<const N: usize, const WORDS: usize>(
    weights: &Weights,
) -> Option<(Weighted<N, WORDS>, Definition)> {
    let weights_by_node = weights.array::<N>();
    let needed = weights.needed(&weights_by_node);
    let total: u64 = weights_by_node.iter().map(|weight| u64::from(*weight)).sum();
    let due = match (outside::<WORDS>(&weights_by_node), needed) {
        (Some(error), _) => Some(WeightedError::OutOfRange(error)),
        (None, 0) => Some(WeightedError::Zero),
        _ => (needed > total).then_some(WeightedError::Unreachable { needed, total }),
    };
    let family = Weighted::new(weights_by_node, needed);
    assert_eq!(family.as_ref().err(), due.as_ref());
    let family = family.ok()?;
    assert_eq!((family.weights(), family.needed()), (&weights_by_node, needed));
    assert_eq!(family.total(), total);
    assert_eq!(family.weight_of(set(first(64 * WORDS))), total);
    for node in (0..N).chain([N, usize::MAX]) {
        assert_eq!(family.weight(node), weights_by_node.get(node).copied().unwrap_or(0));
    }
    Some((family, Definition::Weight { weights: weights_by_node.into(), needed }))
}

fn heavier<const WORDS: usize>(weights: &Weights) -> Option<(Family<WORDS>, Definition)> {
    let weights = weights.array::<7>();
    let total: u64 = weights.iter().map(|weight| u64::from(*weight)).sum();
    // The least sum that is more than half.
    let needed = total / 2 + 1;
    match Weighted::<7, WORDS>::majority(weights) {
        Err(error) => {
            assert_eq!(error, WeightedError::Unreachable { needed, total });
            assert_eq!(total, 0);
            None
        }
        Ok(family) => {
            assert_eq!(Coterie::new(family.family().clone()), Ok(family.clone()));
            assert_eq!(family.family().needed(), needed);
            let definition = Definition::Weight { weights: weights.into(), needed };
            Some((Family::Heavier(family), definition))
        }
    }
}

fn explicit<const WORDS: usize>(sets: Vec<u128>) -> Option<(Family<WORDS>, Definition)> {
    let listed: Vec<NodeSet<WORDS>> = sets.iter().map(|mask| set(*mask)).collect();
    let due = match sets.len() {
        0 => Some(ExplicitError::NoQuorums),
        _ if sets.contains(&0) => Some(ExplicitError::EmptyQuorum),
        listed => (listed > 4).then_some(ExplicitError::TooMany { listed, capacity: 4 }),
    };
    let family = Explicit::new(&listed);
    assert_eq!(family.as_ref().err(), due.as_ref());
    let family = family.ok()?;
    assert_eq!(family.quorums(), listed);
    let members = sets.iter().fold(0, |members, set| members | set);
    Some((Family::Explicit(family), Definition::List { members, sets }))
}

fn grid<const WORDS: usize>(
    rows: usize,
    columns: usize,
    rule: Rule,
) -> Option<(Family<WORDS>, Definition)> {
    let places = rows.saturating_mul(columns);
    let capacity = 64 * WORDS;
    let too_many = GridError::OutOfRange(OutOfRange { node: places.wrapping_sub(1), capacity });
    let due = match places {
        0 => Some(GridError::NoMembers),
        _ => (places > capacity).then_some(too_many),
    };
    let grid = Grid::new(rows, columns);
    assert_eq!(grid.err(), due);
    let (rule, every, whole) = match rule {
        Rule::Every => (GridRule::EveryColumn, true, false),
        Rule::Whole => (GridRule::WholeColumn, false, true),
        Rule::Both => (GridRule::Both, true, true),
    };
    let family = grid.ok()?.quorums(rule);
    assert_eq!((family.grid(), family.rule()), (grid.ok()?, rule));
    assert_eq!((family.grid().rows(), family.grid().columns()), (rows, columns));
    Some((Family::Grid(family), Definition::grid(rows, columns, every, whole)))
}

fn dissemination<const WORDS: usize>(
    members: u128,
    b: usize,
) -> Option<(Family<WORDS>, Definition)> {
    let family = Dissemination::new(set(members), b);
    assert_eq!(family.err(), too_few(members, b, 3));
    let family = family.ok()?;
    assert_eq!(family.b(), b);
    let needed = sharing(members, b + 1);
    assert_eq!(family.needed(), needed);
    assert!(size(members) - b >= needed, "without the liars there is a quorum");
    Some((Family::Dissemination(family), Definition::Count { members, needed }))
}

fn masking<const WORDS: usize>(members: u128, b: usize) -> Option<(Family<WORDS>, Definition)> {
    let family = Masking::new(set(members), b);
    assert_eq!(family.err(), too_few(members, b, 4));
    let family = family.ok()?;
    assert_eq!((family.b(), family.vouching()), (b, vouching(members, b)));
    let needed = sharing(members, 2 * b + 1);
    assert_eq!(family.needed(), needed);
    assert!(size(members) - b >= needed, "without the liars there is a quorum");
    Some((Family::Masking(family), Definition::Count { members, needed }))
}

fn opaque<const WORDS: usize>(
    members: u128,
    sets: impl Iterator<Item = u128>,
) -> Option<(Family<WORDS>, Definition)> {
    let sets: Vec<u128> = sets.filter(|set| *set != 0).collect();
    let listed = sets.iter().map(|mask| set(*mask)).collect();
    let family = Opaque { members: set(members), sets: listed };
    assert_eq!(mask(family.members()), members);
    let definition = Definition::List { members, sets };
    // Without a quorum at all, it would break a promise.
    definition.is_quorum(members).then_some((Family::Opaque(family), definition))
}

/// The error that is due for the first node with a weight that does not fit.
fn outside<const WORDS: usize>(weights: &[u32]) -> Option<OutOfRange> {
    let capacity = 64 * WORDS;
    let node = (capacity..weights.len()).find(|node| weights[*node] > 0)?;
    Some(OutOfRange { node, capacity })
}

/// The error that is due with so many liars.
fn too_few(members: u128, b: usize, times: usize) -> Option<TooFewNodes> {
    let (needed, members) = (b.saturating_mul(times).saturating_add(1), size(members));
    (members < needed).then_some(TooFewNodes { needed, members })
}

/// Any b + 1, one of whom is honest.
fn vouching<const WORDS: usize>(members: u128, b: usize) -> Threshold<WORDS> {
    Threshold::new(set(members), b + 1).expect("there are more members than liars")
}

/// The least number of members of which any two choices share so many.
fn sharing(members: u128, shared: usize) -> usize {
    let count = size(members);
    (1..=count).find(|needed| 2 * needed >= count + shared).expect("all of them do")
}

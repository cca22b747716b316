//! Whether every quorum of one family meets every quorum of another.

use core::fmt;

use crate::{GridQuorums, GridRule, NodeSet, Quorums, Shape, Threshold, weighted::total};

/// The most nodes among whose sets a search goes through all.
pub(crate) const SEARCHED_NODES: usize = 20;

/// Proves that every quorum of `first` meets every quorum of `second`, or shows two that do not.
///
/// By arithmetic, for any number of nodes: a threshold and another, or weights; two weighted
/// families of the same weights, if what they need exceeds the total; two rules of one grid; a list
/// of quorums and any family. Otherwise by a search through all sets of the nodes that are members
/// of both, if these are at most 20: 2²¹ calls of [`is_quorum`](Quorums::is_quorum) at worst, too
/// many for a small board to wait for. Beyond 20 nodes, a few divisions of them are tried, and
/// nothing is proven.
///
/// A proof holds for families that keep the promises of [`Quorums`], that of
/// [`shape`](Quorums::shape) among them. Of families that are searched, it is checked that their
/// members together are a quorum and strangers are none; that more nodes are never worse is for you
/// to see to.
///
/// # Errors
///
/// [`IntersectionError`], with a pair of quorums that do not meet, if there is one.
///
/// ```
/// use synod_quorum::{IntersectionError, NodeSet, Threshold, intersection};
///
/// let nodes: NodeSet = NodeSet::first(5)?;
/// let (two, three, four) = (
///     Threshold::new(nodes, 2)?,
///     Threshold::new(nodes, 3)?,
///     Threshold::new(nodes, 4)?,
/// );
/// assert_eq!(intersection(&two, &four), Ok(()));
/// assert_eq!(
///     intersection(&two, &three),
///     Err(IntersectionError::Disjoint {
///         first: NodeSet::from_nodes(&[0, 1])?,
///         second: NodeSet::from_nodes(&[2, 3, 4])?,
///     }),
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn intersection<const WORDS: usize>(
    first: &(impl Quorums<WORDS> + ?Sized),
    second: &(impl Quorums<WORDS> + ?Sized),
) -> Result<(), IntersectionError<WORDS>> {
    match (first.shape(), second.shape()) {
        (Shape::List(listed), _) => list(listed, first, second),
        (_, Shape::List(listed)) => list(listed, second, first).map_err(IntersectionError::swapped),
        (Shape::Count(one), Shape::Count(_) | Shape::Weight { .. }) => count(one, second),
        (Shape::Weight { .. }, Shape::Count(other)) => {
            count(other, first).map_err(IntersectionError::swapped)
        }
        (Shape::Grid(one), Shape::Grid(other)) if one.grid() == other.grid() => grid(one, other),
        (
            Shape::Weight { weights: one, needed },
            Shape::Weight { weights: other, needed: more },
        ) if weights_meet(one, needed, other, more) => Ok(()),
        _ => search(first, second),
    }
}

/// The sets of a list are all the quorums that matter: each against what it leaves.
fn list<const WORDS: usize>(
    listed: &[NodeSet<WORDS>],
    first: &(impl Quorums<WORDS> + ?Sized),
    second: &(impl Quorums<WORDS> + ?Sized),
) -> Result<(), IntersectionError<WORDS>> {
    for quorum in listed.iter().filter(|quorum| !quorum.is_empty()) {
        let rest = second.members() - *quorum;
        if second.is_quorum(rest) {
            // A listed set may contain another one.
            let (first, second) = (least(first, *quorum), least(second, rest));
            return Err(IntersectionError::Disjoint { first, second });
        }
    }
    Ok(())
}

/// A threshold against a family that adds weights: no choice of nodes leaves the other more than
/// that of those which weigh least there.
fn count<const WORDS: usize>(
    threshold: Threshold<WORDS>,
    second: &(impl Quorums<WORDS> + ?Sized),
) -> Result<(), IntersectionError<WORDS>> {
    let weights = second.shape();
    let mut left = threshold.members();
    let mut more = threshold.needed();
    while more > 0 {
        let Some(lightest) = left.iter().map(|node| weights.weight(node)).min() else { break };
        // With all that weigh as little, two passes do for thresholds.
        for node in left.iter().filter(|node| weights.weight(*node) == lightest).take(more) {
            left.remove(node);
            more = more.saturating_sub(1);
        }
    }
    let quorum = threshold.members() - left;
    let rest = second.members() - quorum;
    if second.is_quorum(rest) {
        return Err(IntersectionError::Disjoint { first: quorum, second: least(second, rest) });
    }
    Ok(())
}

/// One node of every column meets a whole column. Two rows do not meet, nor do two columns.
fn grid<const WORDS: usize>(
    one: GridQuorums<WORDS>,
    other: GridQuorums<WORDS>,
) -> Result<(), IntersectionError<WORDS>> {
    let meets = |every: GridRule, whole: GridRule| {
        every.needs_every_column() && whole.needs_a_whole_column()
    };
    if meets(one.rule(), other.rule()) || meets(other.rule(), one.rule()) {
        return Ok(());
    }
    let line = |number| match one.rule() {
        GridRule::WholeColumn => one.grid().column(number),
        GridRule::EveryColumn | GridRule::Both => one.grid().row(number),
    };
    let (first, second) = (line(0), line(1));
    if second.is_empty() { Ok(()) } else { Err(IntersectionError::Disjoint { first, second }) }
}

/// Two sums that exceed what there is have some weight in common, if the weights are the same.
fn weights_meet(one: &[u32], needed: u64, other: &[u32], more: u64) -> bool {
    // What one list has beyond the other weighs nothing if the totals are equal.
    let same = one.iter().zip(other).all(|(one, other)| one == other);
    same && total(one) == total(other) && needed.saturating_add(more) > total(one)
}

/// All ways to divide the nodes that are members of both; what only one has is its own.
fn search<const WORDS: usize>(
    first: &(impl Quorums<WORDS> + ?Sized),
    second: &(impl Quorums<WORDS> + ?Sized),
) -> Result<(), IntersectionError<WORDS>> {
    if !is_family(first) || !is_family(second) {
        return Err(IntersectionError::NoFamily);
    }
    let shared = first.members() & second.members();
    let only_first = first.members() - shared;
    let only_second = second.members() - shared;
    let divide = |taken: NodeSet<WORDS>| {
        let (one, other) = (only_first | taken, only_second | (shared - taken));
        if first.is_quorum(one) && second.is_quorum(other) {
            let (first, second) = (least(first, one), least(second, other));
            return Err(IntersectionError::Disjoint { first, second });
        }
        Ok(())
    };
    if shared.len() > SEARCHED_NODES {
        // No proof, but a simple division may already refute.
        let mut taken = NodeSet::new();
        for node in shared {
            divide(taken)?;
            // A member fits.
            let _ = taken.insert(node);
        }
        divide(taken)?;
        return Err(IntersectionError::Unproven { nodes: shared.len() });
    }
    let mut taken = NodeSet::new();
    loop {
        divide(taken)?;
        taken = taken.next_subset(shared);
        if taken.is_empty() {
            return Ok(());
        }
    }
}

/// What can be told at once of the promises of a family: all members are a quorum, strangers are
/// none.
fn is_family<const WORDS: usize>(quorums: &(impl Quorums<WORDS> + ?Sized)) -> bool {
    let strangers = NodeSet::from_words([u64::MAX; WORDS]) - quorums.members();
    quorums.is_quorum(quorums.members()) && !quorums.is_quorum(strangers)
}

/// A quorum within `nodes`, which are one, that is none without any of its nodes.
fn least<const WORDS: usize>(
    quorums: &(impl Quorums<WORDS> + ?Sized),
    nodes: NodeSet<WORDS>,
) -> NodeSet<WORDS> {
    let mut least = nodes & quorums.members();
    for node in nodes {
        let mut without = least;
        without.remove(node);
        if quorums.is_quorum(without) {
            least = without;
        }
    }
    least
}

/// Why it is not certain that quorums meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum IntersectionError<const WORDS: usize = 1> {
    /// Two quorums have no node in common: what the one decides, the other never hears of. Neither
    /// can spare a node. Raise what one of the families needs.
    Disjoint {
        /// A quorum of the first family.
        first: NodeSet<WORDS>,
        /// A quorum of the second.
        second: NodeSet<WORDS>,
    },
    /// One of the families breaks its promises: its members together are no quorum, or nodes that
    /// are not its members are one. Mask what it is given with its members.
    NoFamily,
    /// Nothing is known by which arithmetic could tell, and the families share too many nodes to
    /// search all their sets. They may meet. Use a family of which more is known, or fewer nodes.
    Unproven {
        /// How many nodes are members of both families; up to 20 are searched.
        nodes: usize,
    },
}

impl<const WORDS: usize> IntersectionError<WORDS> {
    /// The same, with the families in the other order.
    fn swapped(self) -> Self {
        match self {
            Self::Disjoint { first, second } => Self::Disjoint { first: second, second: first },
            Self::NoFamily | Self::Unproven { .. } => self,
        }
    }
}

impl<const WORDS: usize> fmt::Display for IntersectionError<WORDS> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Disjoint { first, second } => {
                write!(f, "the quorums {first} and {second} do not meet")
            }
            Self::NoFamily => f.write_str(
                "a family whose members together are no quorum, or whose strangers are one",
            ),
            Self::Unproven { nodes } => {
                write!(f, "whether quorums of {nodes} nodes always meet was not proven")
            }
        }
    }
}

impl<const WORDS: usize> core::error::Error for IntersectionError<WORDS> {}

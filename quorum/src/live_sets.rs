//! Which sets of live nodes contain a quorum: resilience and availability.

use core::fmt;

use crate::{NodeSet, Quorums, intersection::SEARCHED_NODES};

/// How many sets of live members contain a quorum, by their size: all that resilience and
/// availability depend on, in whole numbers, without rounding.
///
/// For families of up to 20 members. Reliability theory knows the numbers as the coefficients of
/// the availability polynomial.
///
/// Source: Peleg and Wool, "The Availability of Quorum Systems", Information and Computation
/// 123(2), 1995.
///
/// ```
/// use synod_quorum::{LiveSets, Majority, NodeSet};
///
/// let system: Majority = Majority::new(NodeSet::first(3)?)?;
/// let live = LiveSets::of(&system)?;
/// assert_eq!(live.counts(), &[0, 0, 3, 1]); // any two, and all three
/// assert_eq!(live.resilience(), 1);
///
/// // Each node is down a tenth of the time, independently of the others.
/// let unavailability = live.unavailability(0.1).unwrap();
/// assert!((unavailability - 0.028).abs() < 1e-15);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct LiveSets {
    members: usize,
    /// By the number of live members; zeros beyond all of them.
    counts: [u32; SEARCHED_NODES + 1],
}

impl LiveSets {
    /// Counts the sets of a family. 2ⁿ calls of [`Quorums::is_quorum`] for n members.
    ///
    /// # Errors
    ///
    /// [`TooManyNodes`] for more than 20 members.
    pub fn of<const WORDS: usize>(
        quorums: &(impl Quorums<WORDS> + ?Sized),
    ) -> Result<Self, TooManyNodes> {
        let members = quorums.members();
        if members.len() > SEARCHED_NODES {
            return Err(TooManyNodes { members: members.len() });
        }
        let mut counts = [0_u32; SEARCHED_NODES + 1];
        let mut live = NodeSet::new();
        loop {
            if quorums.is_quorum(live) {
                if let Some(count) = counts.get_mut(live.len()) {
                    *count = count.saturating_add(1);
                }
            }
            live = live.next_subset(members);
            if live.is_empty() {
                return Ok(Self { members: members.len(), counts });
            }
        }
    }

    /// For 0, 1, … and all members live, in how many ways a quorum is among them.
    #[must_use]
    pub fn counts(&self) -> &[u32] {
        self.counts.get(..=self.members).unwrap_or(&self.counts)
    }

    /// How many members may be silent, whichever they are, with a quorum left among the others. 0
    /// also if even all members are no quorum, which a correct family never says.
    #[must_use]
    pub fn resilience(&self) -> usize {
        // The number of sets of each size, by Pascal's rule from one to the next.
        let mut all = 1_u32;
        let mut resilience = 0;
        for (silent, count) in self.counts().iter().rev().enumerate() {
            if *count < all {
                break;
            }
            resilience = silent;
            let live = self.members.saturating_sub(silent);
            all = choose_next(all, live, silent);
        }
        resilience
    }

    /// The probability that the live members contain a quorum, when each is down with probability
    /// `failure`, independently of the others. `None` if that is not from 0 to 1.
    ///
    /// The relative error is below 1e-14, as only positive terms are added, unless a term is below
    /// [`f64::MIN_POSITIVE`]. For an availability close to 1,
    /// [`unavailability`](Self::unavailability) says more.
    #[must_use]
    pub fn availability(&self, failure: f64) -> Option<f64> {
        self.probability(failure, |_, count| count)
    }

    /// The probability that the live members do not contain a quorum. As accurate as
    /// [`availability`](Self::availability), and not one minus it.
    #[must_use]
    pub fn unavailability(&self, failure: f64) -> Option<f64> {
        self.probability(failure, |all, count| all.saturating_sub(count))
    }

    /// The probability of the sets that `chosen` takes of all that there are and those that count.
    fn probability(&self, failure: f64, chosen: impl Fn(u32, u32) -> u32) -> Option<f64> {
        if !(0.0..=1.0).contains(&failure) {
            return None;
        }
        let mut all = 1_u32;
        let mut sum = 0.0;
        for (live, count) in self.counts().iter().enumerate() {
            let down = self.members.saturating_sub(live);
            let each = power(1.0 - failure, live) * power(failure, down);
            sum += f64::from(chosen(all, *count)) * each;
            all = choose_next(all, down, live);
        }
        // Rounding may carry it beyond.
        Some(sum.min(1.0))
    }
}

/// From the number of ways to choose `chosen` to that of one more, when `left` are left. With at
/// most 20 nodes, nothing here overflows.
fn choose_next(ways: u32, left: usize, chosen: usize) -> u32 {
    let left = u32::try_from(left).unwrap_or(0);
    let next = u32::try_from(chosen).unwrap_or(u32::MAX).saturating_add(1);
    ways.saturating_mul(left).checked_div(next).unwrap_or(0)
}

fn power(base: f64, exponent: usize) -> f64 {
    (0..exponent).fold(1.0, |product, _| product * base)
}

impl fmt::Debug for LiveSets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("LiveSets").field(&self.counts()).finish()
    }
}

/// A family has too many members for all their sets to be counted: more than 20.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct TooManyNodes {
    /// How many members there are.
    pub members: usize,
}

impl fmt::Display for TooManyNodes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the sets of {} nodes are too many, those of {SEARCHED_NODES} are not",
            self.members
        )
    }
}

impl core::error::Error for TooManyNodes {}

//! Whether a decoder must accept.

use crate::quorum::{
    definition::{Definition, FEW},
    selection::size,
};

/// What is due of a decoder. Of two parts, the later one here is due of the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Verdict {
    /// It must accept.
    Legal,
    /// Quorums may meet, with too many nodes to tell; a proof may be found or not.
    Unknown,
    /// It must refuse.
    Illegal,
    /// It would take a long search, which is not worth it here.
    Costly,
}

impl Verdict {
    /// Legal if this holds.
    pub(super) fn only_if(holds: bool) -> Self {
        if holds { Self::Legal } else { Self::Illegal }
    }

    /// The same, or what follows if it is legal.
    pub(super) fn and_then(self, next: impl FnOnce() -> Self) -> Self {
        if self == Self::Legal { next() } else { self }
    }
}

/// Whether every quorum of the one meets every quorum of the other.
pub(super) fn meet(one: &Definition, other: &Definition) -> Verdict {
    let shared = one.members() & other.members();
    match (one, other) {
        _ if one.is_small() && other.is_small() => {
            let others = other.minimal();
            let meets_all = |first: &u128| others.iter().all(|second| first & second != 0);
            Verdict::only_if(one.minimal().iter().all(meets_all))
        }
        (Definition::List { sets, .. }, family) | (family, Definition::List { sets, .. }) => {
            Verdict::only_if(sets.iter().all(|set| !family.is_quorum(!set)))
        }
        (
            Definition::Count { members, needed },
            Definition::Count { members: others, needed: more },
        ) => {
            // Each takes what only it has, and both of what they share as little as they can.
            let from_shared = needed.saturating_sub(size(members & !others));
            let also = more.saturating_sub(size(others & !members));
            Verdict::only_if(from_shared + also > size(shared))
        }
        (
            Definition::Grid { columns, every, whole },
            Definition::Grid { columns: others, every: also_every, whole: also_whole },
        ) if columns == others => {
            let one_row = *every && *also_every && size(columns[0]) == 1;
            let one_column = *whole && *also_whole && columns.len() == 1;
            let crossed = *every && *also_whole || *whole && *also_every;
            Verdict::only_if(crossed || one_row || one_column)
        }
        _ if (FEW + 1..=20).contains(&size(shared)) => Verdict::Costly,
        _ => Verdict::Unknown,
    }
}

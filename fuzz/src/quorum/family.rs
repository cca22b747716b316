//! Any family of the crate, as one type.

use synod_quorum::{
    Coterie, Dissemination, Explicit, GridQuorums, Majority, Masking, NodeSet, Quorums, Shape,
    Shortfall, Threshold, Weighted,
};

use super::opaque::Opaque;

/// One family; whatever is asked is answered by its own code.
#[derive(Clone, Debug)]
pub(crate) enum Family<const WORDS: usize> {
    Majority(Majority<WORDS>),
    Threshold(Threshold<WORDS>),
    Weighted(Weighted<7, WORDS>),
    Long(Box<Weighted<68, WORDS>>),
    Heavier(Coterie<Weighted<7, WORDS>, WORDS>),
    Explicit(Explicit<4, WORDS>),
    Grid(GridQuorums<WORDS>),
    Dissemination(Dissemination<WORDS>),
    Masking(Masking<WORDS>),
    Opaque(Opaque<WORDS>),
}

/// Calls a method of whichever family it is.
macro_rules! ask {
    ($family:expr, $method:ident($($argument:expr),*)) => {
        match $family {
            Family::Majority(family) => family.$method($($argument),*),
            Family::Threshold(family) => family.$method($($argument),*),
            Family::Weighted(family) => family.$method($($argument),*),
            Family::Long(family) => family.$method($($argument),*),
            Family::Heavier(family) => family.$method($($argument),*),
            Family::Explicit(family) => family.$method($($argument),*),
            Family::Grid(family) => family.$method($($argument),*),
            Family::Dissemination(family) => family.$method($($argument),*),
            Family::Masking(family) => family.$method($($argument),*),
            Family::Opaque(family) => family.$method($($argument),*),
        }
    };
}

impl<const WORDS: usize> Quorums<WORDS> for Family<WORDS> {
    fn members(&self) -> NodeSet<WORDS> {
        ask!(self, members())
    }

    fn is_quorum(&self, nodes: NodeSet<WORDS>) -> bool {
        ask!(self, is_quorum(nodes))
    }

    fn shape(&self) -> Shape<'_, WORDS> {
        ask!(self, shape())
    }

    fn committed(&self, report: impl Fn(usize) -> Option<u64>) -> Option<u64> {
        ask!(self, committed(report))
    }

    fn shortfall(&self, have: NodeSet<WORDS>, silent: NodeSet<WORDS>) -> Shortfall {
        ask!(self, shortfall(have, silent))
    }

    fn is_blocked_by(&self, silent: NodeSet<WORDS>) -> bool {
        ask!(self, is_blocked_by(silent))
    }

    fn critical(&self, silent: NodeSet<WORDS>) -> NodeSet<WORDS> {
        ask!(self, critical(silent))
    }
}

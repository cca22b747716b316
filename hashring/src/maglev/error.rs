//! Why a Maglev table cannot be as it is asked for.

use core::fmt;

use synod_capacity::Full;

/// What [`Maglev`](crate::Maglev) refuses. The value is as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum MaglevError {
    /// The size of a table is not prime: take a prime, of at least a hundred times the nodes.
    NotPrime {
        /// The size that was asked for.
        table_size: u32,
    },
    /// More nodes than entries, or than the 65,535 that an entry can name: take a larger table, or
    /// group the nodes.
    TooManyNodes {
        /// How many nodes there would be.
        nodes: usize,
        /// The most there can be.
        most: usize,
    },
    /// The table or the nodes do not fit in memory: take a larger capacity.
    Full(Full),
}

impl fmt::Display for MaglevError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotPrime { table_size } => write!(f, "{table_size} entries, which is not prime"),
            Self::TooManyNodes { nodes, most } => {
                write!(f, "{nodes} nodes, and the table takes {most}")
            }
            Self::Full(full) => full.fmt(f),
        }
    }
}

impl core::error::Error for MaglevError {}

impl From<Full> for MaglevError {
    fn from(full: Full) -> Self {
        Self::Full(full)
    }
}

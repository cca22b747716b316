//! Quorums of reads and of writes.

use core::fmt;

use crate::{IntersectionError, QuorumSystem, Quorums, intersection};

/// A family for reads and one for writes, proven strict: **each read meets each write, and any two
/// writes meet**.
///
/// With thresholds this is R + W > N and W + W > N: a read hears of the last complete write, and
/// of two concurrent writes at least one node sees both, so that it can refuse or order them. What
/// that gives and what it does not, [`classify`](crate::classify()) says for each R and W. A
/// store that gives up on it (R + W ≤ N) uses two [`Threshold`](crate::Threshold)s as they are.
///
/// Only nodes that own the data count. What a stand-in holds for a node that is away (a hint) is
/// not in any read quorum; give the stand-in's number, which is a stranger here, never the number
/// of the node it stands in for.
///
/// As a [`QuorumSystem`], reads are phase 1 and writes are phase 2.
///
/// Source: Gifford, "Weighted Voting for Replicated Data", SOSP 1979.
///
/// ```
/// use synod_quorum::{NodeSet, Quorums, ReadWrite, Threshold};
///
/// let nodes: NodeSet = NodeSet::first(3)?;
/// let store = ReadWrite::new(Threshold::new(nodes, 2)?, Threshold::new(nodes, 2)?)?;
/// assert!(store.write().is_quorum(NodeSet::from_nodes(&[0, 2])?));
///
/// let error = ReadWrite::new(Threshold::new(nodes, 1)?, Threshold::new(nodes, 2)?).unwrap_err();
/// assert_eq!(error.to_string(), "reads may miss writes: the quorums {0} and {1, 2} do not meet");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct ReadWrite<R, W = R, const WORDS: usize = 1> {
    read: R,
    write: W,
}

impl<R, W, const WORDS: usize> ReadWrite<R, W, WORDS> {
    /// The system of these two families. Costs what [`intersection`](crate::intersection()) does,
    /// twice.
    ///
    /// # Errors
    ///
    /// [`ReadWriteError`]: two quorums that do not meet, or no proof.
    pub fn new(read: R, write: W) -> Result<Self, ReadWriteError<WORDS>>
    where
        R: Quorums<WORDS>,
        W: Quorums<WORDS>,
    {
        intersection(&read, &write).map_err(ReadWriteError::Read)?;
        intersection(&write, &write).map_err(ReadWriteError::Write)?;
        Ok(Self { read, write })
    }

    /// The quorums of reads.
    #[must_use]
    pub const fn read(&self) -> &R {
        &self.read
    }

    /// The quorums of writes.
    #[must_use]
    pub const fn write(&self) -> &W {
        &self.write
    }
}

impl<R: Quorums<WORDS>, W: Quorums<WORDS>, const WORDS: usize> QuorumSystem<WORDS>
    for ReadWrite<R, W, WORDS>
{
    type Phase1<'a>
        = &'a R
    where
        Self: 'a;
    type Phase2<'a>
        = &'a W
    where
        Self: 'a;

    fn phase1(&self) -> &R {
        &self.read
    }

    fn phase2(&self) -> &W {
        &self.write
    }
}

/// Why reads and writes are not strict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum ReadWriteError<const WORDS: usize = 1> {
    /// A read may miss a write: the first set is a quorum of reads, the second of writes.
    Read(IntersectionError<WORDS>),
    /// Two writes may miss each other.
    Write(IntersectionError<WORDS>),
}

impl<const WORDS: usize> fmt::Display for ReadWriteError<WORDS> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read(error) => write!(f, "reads may miss writes: {error}"),
            Self::Write(error) => write!(f, "writes may miss each other: {error}"),
        }
    }
}

impl<const WORDS: usize> core::error::Error for ReadWriteError<WORDS> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Read(error) | Self::Write(error) => Some(error),
        }
    }
}

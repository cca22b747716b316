//! What a choice of R and W gives, with the reasons.

use core::fmt;

use crate::{IntersectionError, NodeSet, Quorums, ThresholdError, TooManyNodes, intersection};

/// Whether what a stand-in keeps for an absent node counts as that node's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Hints {
    /// Only nodes that own the data count: a strict quorum. Hints may be kept; they bring a node up
    /// to date when it returns, and no more.
    Uncounted,
    /// Any node that is up counts: a sloppy quorum, as Dynamo's.
    Counted,
}

/// What a replicated store of `n` nodes gives, when a read waits for `r` of them and a write for
/// `w`. O(1), for any number of nodes.
///
/// It is the profile of two thresholds; [`Profile::of`] has it for other families.
///
/// # Errors
///
/// [`ThresholdError`], if `r` or `w` is 0 or more than `n`.
///
/// ```
/// use synod_quorum::{Consistency, Hints, classify};
///
/// let usual = classify(3, 2, 2, Hints::Uncounted)?;
/// assert_eq!(usual.consistency().verdict, Consistency::Regular);
/// assert_eq!(usual.consistency().reason, "every read meets every complete write");
/// assert_eq!(usual.reads_survive().verdict, 1);
/// assert_eq!(usual.pacelc(), "PC/EC");
///
/// let quick = classify(3, 1, 1, Hints::Uncounted)?;
/// assert_eq!(quick.consistency().verdict, Consistency::Eventual);
/// assert_eq!(quick.pacelc(), "PA/EL");
/// # Ok::<(), synod_quorum::ThresholdError>(())
/// ```
pub const fn classify(
    n: usize,
    r: usize,
    w: usize,
    hints: Hints,
) -> Result<Profile, ThresholdError> {
    let Some(read_spare) = n.checked_sub(r) else {
        return Err(ThresholdError::Unreachable { needed: r, members: n });
    };
    let Some(write_spare) = n.checked_sub(w) else {
        return Err(ThresholdError::Unreachable { needed: w, members: n });
    };
    if r == 0 || w == 0 {
        return Err(ThresholdError::Zero);
    }
    Ok(Profile {
        members: n,
        reads_meet_writes: r > write_spare,
        writes_meet: w > write_spare,
        any_one_suffices: r == 1 && w == 1,
        read_spare,
        write_spare,
        hints,
    })
}

/// What the quorums of a replicated store's reads and writes give, each finding with its reason.
///
/// It speaks of a store in which every node keeps what it has acknowledged, versions are ordered so
/// that a later write is the newer one, and a reader takes the newest version that it is given. A
/// write that failed, by reaching fewer nodes than a quorum, may be read or not, and stop being
/// read: no choice of quorums helps against that.
///
/// CAP and PACELC mean linearizable reads when they speak of consistency. Here it is that reads
/// meet complete writes, which is weaker: what a choice of quorums by itself can give. (The
/// literature files stores with sloppy quorums under PA/EL whatever their R and W; here it is PA/EC
/// if R + W > N, for without failures nobody stands in.)
///
/// Printed, it is a table for a person.
///
/// Sources: Gifford, SOSP 1979, and DeCandia et al., "Dynamo", SOSP 2007, for R and W; Lamport, "On
/// Interprocess Communication", Distributed Computing 1, 1986, for regular registers; Gilbert and
/// Lynch, "Brewer's Conjecture", SIGACT News 33(2), 2002, for CAP; Abadi, "Consistency Tradeoffs in
/// Modern Distributed Database System Design", IEEE Computer 45(2), 2012, for PACELC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Profile {
    members: usize,
    reads_meet_writes: bool,
    writes_meet: bool,
    /// For a read as for a write.
    any_one_suffices: bool,
    read_spare: usize,
    write_spare: usize,
    hints: Hints,
}

/// A verdict, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Finding<V> {
    /// What was found.
    pub verdict: V,
    /// Why it is so, for a person.
    pub reason: &'static str,
}

/// What a read returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Consistency {
    /// The last write, as if there were one copy, for there is one.
    Linearizable,
    /// The last complete write, or one that is going on (Lamport's term, for one writer; here in
    /// the usual extension to several). While one is, a read may return it and a later read
    /// not; readers that write back what they return before they do are linearizable
    /// (Attiya, Bar-Noy and Dolev, Journal of the ACM 42(1), 1995).
    Regular,
    /// Any write so far; the last one at some time after writes have ended, if nodes exchange what
    /// they have.
    Eventual,
}

/// What becomes of two writes at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum ConcurrentWrites {
    /// At least one node is asked for both, and can refuse one or order them.
    Detected,
    /// Both may be acknowledged with no node that knows of both: one is lost later, or both are
    /// kept as siblings.
    Undetected,
}

/// What is kept while the network is divided: the C or the A of CAP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Partitioned {
    /// Reads stay as consistent as they are; who reaches no quorum is refused.
    Consistency,
    /// Every node that is up goes on answering.
    Availability,
    /// Reads may miss writes, and yet who reaches too few nodes is refused.
    Neither,
}

/// What is preferred while nothing fails: the second half of PACELC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Otherwise {
    /// Requests wait for enough nodes that reads meet writes.
    Consistency,
    /// Requests wait for fewer.
    Latency,
}

impl Profile {
    /// The profile of two families. Costs what [`intersection`](crate::intersection()) and
    /// [`Quorums::resilience`] do, twice.
    ///
    /// # Errors
    ///
    /// [`TooManyNodes`], if it would take a search among more than 20 nodes.
    pub fn of<const WORDS: usize>(
        read: &(impl Quorums<WORDS> + ?Sized),
        write: &(impl Quorums<WORDS> + ?Sized),
        hints: Hints,
    ) -> Result<Self, TooManyNodes> {
        let members = read.members() | write.members();
        let any_one_suffices = members.iter().all(|node| {
            let mut alone = NodeSet::new();
            // A member fits.
            let _ = alone.insert(node);
            read.is_quorum(alone) && write.is_quorum(alone)
        });
        Ok(Self {
            members: members.len(),
            reads_meet_writes: meet(read, write)?,
            writes_meet: meet(write, write)?,
            any_one_suffices,
            read_spare: read.resilience()?,
            write_spare: write.resilience()?,
            hints,
        })
    }

    /// Whether every read meets every complete write, also when nodes fail.
    #[must_use]
    pub const fn reads_meet_writes(&self) -> bool {
        self.reads_meet_writes && self.is_strict()
    }

    /// Whether any two writes meet, also when nodes fail.
    #[must_use]
    pub const fn writes_meet(&self) -> bool {
        self.writes_meet && self.is_strict()
    }

    /// What a read returns.
    #[must_use]
    pub const fn consistency(&self) -> Finding<Consistency> {
        let (verdict, reason) = if !self.is_strict() {
            (Consistency::Eventual, "a stand-in that took a write need not be asked by a read")
        } else if self.members == 1 {
            (Consistency::Linearizable, "there is one copy")
        } else if self.reads_meet_writes {
            (Consistency::Regular, "every read meets every complete write")
        } else {
            (Consistency::Eventual, "a read may ask none of the nodes that took the last write")
        };
        Finding { verdict, reason }
    }

    /// What becomes of two writes at the same time.
    #[must_use]
    pub const fn concurrent_writes(&self) -> Finding<ConcurrentWrites> {
        let (verdict, reason) = if !self.is_strict() {
            (ConcurrentWrites::Undetected, "the one may reach owners and the other stand-ins")
        } else if self.writes_meet {
            (ConcurrentWrites::Detected, "any two writes have a node in common")
        } else {
            (ConcurrentWrites::Undetected, "two writes may have no node in common")
        };
        Finding { verdict, reason }
    }

    /// How many nodes may be silent, whichever they are, before a read is refused.
    #[must_use]
    pub const fn reads_survive(&self) -> Finding<usize> {
        self.survive(self.read_spare)
    }

    /// How many nodes may be silent, whichever they are, before a write is refused.
    #[must_use]
    pub const fn writes_survive(&self) -> Finding<usize> {
        self.survive(self.write_spare)
    }

    /// Whether hints count, and what they do.
    #[must_use]
    pub const fn hints(&self) -> Finding<Hints> {
        let reason = match self.hints {
            Hints::Uncounted => "a hint brings a node up to date when it returns, and no more",
            Hints::Counted => "any node that is up counts, so quorums need not meet",
        };
        Finding { verdict: self.hints, reason }
    }

    /// What is kept while the network is divided (CAP).
    #[must_use]
    pub const fn partitioned(&self) -> Finding<Partitioned> {
        let (verdict, reason) = if !self.is_strict() {
            (Partitioned::Availability, "a side with enough nodes of any kind goes on")
        } else if self.reads_meet_writes && self.writes_meet {
            (Partitioned::Consistency, "a side without a quorum is refused")
        } else if self.reads_meet_writes {
            (Partitioned::Consistency, "a side without a quorum of reads cannot read, but write")
        } else if self.any_one_suffices {
            (Partitioned::Availability, "each node answers alone")
        } else {
            (Partitioned::Neither, "sides miss each other's writes; too small a side is refused")
        };
        Finding { verdict, reason }
    }

    /// What is preferred while nothing fails (PACELC).
    #[must_use]
    pub const fn otherwise(&self) -> Finding<Otherwise> {
        let (verdict, reason) = if self.reads_meet_writes {
            (Otherwise::Consistency, "requests wait for enough nodes that reads meet writes")
        } else {
            (Otherwise::Latency, "requests wait for fewer nodes than would make reads meet writes")
        };
        Finding { verdict, reason }
    }

    /// The class in PACELC's notation: `PC/EC`, `PA/EC`, `PA/EL`, or `P-/EL` where consistency is
    /// given up without availability in return.
    #[must_use]
    pub const fn pacelc(&self) -> &'static str {
        match (self.partitioned().verdict, self.otherwise().verdict) {
            (Partitioned::Consistency, _) => "PC/EC",
            (Partitioned::Neither, _) => "P-/EL",
            (Partitioned::Availability, Otherwise::Consistency) => "PA/EC",
            (Partitioned::Availability, Otherwise::Latency) => "PA/EL",
        }
    }

    const fn is_strict(&self) -> bool {
        matches!(self.hints, Hints::Uncounted)
    }

    const fn survive(&self, spare: usize) -> Finding<usize> {
        let (verdict, reason) = if !self.is_strict() {
            (self.members, "as long as enough other nodes stand in for them")
        } else if spare == 0 {
            (0, "some node is in every quorum")
        } else {
            (spare, "the others are a quorum, whichever they are")
        };
        Finding { verdict, reason }
    }
}

fn meet<const WORDS: usize>(
    first: &(impl Quorums<WORDS> + ?Sized),
    second: &(impl Quorums<WORDS> + ?Sized),
) -> Result<bool, TooManyNodes> {
    match intersection(first, second) {
        Ok(()) => Ok(true),
        // What is no family gives no guarantee.
        Err(IntersectionError::Disjoint { .. } | IntersectionError::NoFamily) => Ok(false),
        Err(IntersectionError::Unproven { .. }) => {
            Err(TooManyNodes { members: (first.members() | second.members()).len() })
        }
    }
}

/// A table of three columns: what, the verdict, and why.
impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        row(f, "consistency", self.consistency())?;
        row(f, "concurrent writes", self.concurrent_writes())?;
        row(f, "reads survive", self.reads_survive())?;
        row(f, "writes survive", self.writes_survive())?;
        row(f, "hints", self.hints())?;
        row(f, "in a partition", self.partitioned())?;
        row(f, "otherwise", self.otherwise())?;
        writeln!(f, "{:<18} {}", "PACELC", self.pacelc())
    }
}

fn row<V: fmt::Display>(
    f: &mut fmt::Formatter<'_>,
    what: &str,
    finding: Finding<V>,
) -> fmt::Result {
    writeln!(f, "{what:<18} {:<13} {}", finding.verdict, finding.reason)
}

impl fmt::Display for Hints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Uncounted => "not counted",
            Self::Counted => "counted",
        })
    }
}

impl fmt::Display for Consistency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Linearizable => "linearizable",
            Self::Regular => "regular",
            Self::Eventual => "eventual",
        })
    }
}

impl fmt::Display for ConcurrentWrites {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Detected => "detected",
            Self::Undetected => "undetected",
        })
    }
}

impl fmt::Display for Partitioned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Consistency => "consistency",
            Self::Availability => "availability",
            Self::Neither => "neither",
        })
    }
}

impl fmt::Display for Otherwise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Consistency => "consistency",
            Self::Latency => "latency",
        })
    }
}

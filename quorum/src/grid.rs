//! Nodes in rows and columns.

use core::fmt;

use crate::{NodeSet, OutOfRange, QuorumSystem, Quorums, Shape, Shortfall, TooManyNodes};

/// Nodes in a grid: node `row * columns + column` for each place.
///
/// As a system, it is the grid protocol: phase 1 (a read) takes one node of every column, phase 2
/// (a write) a whole column and one node of every other. A read meets every write, and two writes
/// meet. With √n rows a quorum is O(√n) nodes, where a majority is n/2; the price is that it
/// survives fewer failures.
///
/// For consensus by [`Flexible`](crate::Flexible), phase 2 may be a whole column only:
/// `Flexible::new(grid.quorums(GridRule::EveryColumn), grid.quorums(GridRule::WholeColumn))`.
///
/// Every decision is exact. They are O(n) for n members, except `critical`, O(n²), and `committed`,
/// O(n log n) as a rule and O(n²) at worst.
///
/// Source: Cheung, Ammar and Ahamad, "The Grid Protocol: A High Performance Scheme for Maintaining
/// Replicated Data", ICDE 1990; the rule of whole columns generalizes the rows
/// and columns of Howard, Malkhi and Spiegelman, 2016.
///
/// ```
/// use synod_quorum::{Grid, NodeSet, Quorums, QuorumSystem};
///
/// // 0 1 2
/// // 3 4 5
/// let grid: Grid = Grid::new(2, 3)?;
/// assert!(grid.phase1().is_quorum(NodeSet::from_nodes(&[0, 4, 2])?));
/// assert!(!grid.phase2().is_quorum(NodeSet::from_nodes(&[0, 4, 2])?));
/// assert!(grid.phase2().is_quorum(NodeSet::from_nodes(&[0, 4, 2, 3])?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Grid<const WORDS: usize = 1> {
    rows: usize,
    columns: usize,
    /// All places.
    members: NodeSet<WORDS>,
}

impl<const WORDS: usize> Grid<WORDS> {
    /// A grid of `rows * columns` nodes.
    ///
    /// # Errors
    ///
    /// [`GridError`], if there are no nodes or too many.
    pub const fn new(rows: usize, columns: usize) -> Result<Self, GridError> {
        let count = rows.saturating_mul(columns);
        if count == 0 {
            return Err(GridError::NoMembers);
        }
        match NodeSet::first(count) {
            Ok(members) => Ok(Self { rows, columns, members }),
            Err(error) => Err(GridError::OutOfRange(error)),
        }
    }

    /// The number of rows.
    #[must_use]
    pub const fn rows(&self) -> usize {
        self.rows
    }

    /// The number of columns.
    #[must_use]
    pub const fn columns(&self) -> usize {
        self.columns
    }

    /// One family of quorums of this grid.
    #[must_use]
    pub const fn quorums(&self, rule: GridRule) -> GridQuorums<WORDS> {
        GridQuorums { grid: *self, rule }
    }

    /// The nodes of a row; none, if there is no such row.
    pub(crate) fn row(&self, row: usize) -> NodeSet<WORDS> {
        self.places(|node| node.checked_div(self.columns) == Some(row))
    }

    /// The nodes of a column; none, if there is no such column.
    pub(crate) fn column(&self, column: usize) -> NodeSet<WORDS> {
        self.places(|node| node.checked_rem(self.columns) == Some(column))
    }

    fn places(&self, chosen: impl Fn(usize) -> bool) -> NodeSet<WORDS> {
        let mut places = NodeSet::new();
        for node in self.members {
            places.insert_if(node, chosen(node));
        }
        places
    }

    /// How many of the nodes stand in each column.
    fn count_by_column(&self, nodes: NodeSet<WORDS>) -> impl Iterator<Item = usize> {
        let (rows, columns) = (self.rows, self.columns);
        (0..columns).map(move |column| {
            (0..rows).fold(0_usize, |count, row| {
                let node = row.saturating_mul(columns).saturating_add(column);
                count.saturating_add(nodes.contains(node).into())
            })
        })
    }
}

/// Reads of one node of every column, writes of a whole column besides.
impl<const WORDS: usize> QuorumSystem<WORDS> for Grid<WORDS> {
    type Phase1<'a> = GridQuorums<WORDS>;
    type Phase2<'a> = GridQuorums<WORDS>;

    fn phase1(&self) -> GridQuorums<WORDS> {
        self.quorums(GridRule::EveryColumn)
    }

    fn phase2(&self) -> GridQuorums<WORDS> {
        self.quorums(GridRule::Both)
    }
}

/// Which nodes of a grid are enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum GridRule {
    /// One node of every column.
    EveryColumn,
    /// Every node of one column.
    WholeColumn,
    /// Both: a whole column, and one node of every other. Any two of these meet.
    Both,
}

impl GridRule {
    pub(crate) const fn needs_every_column(self) -> bool {
        matches!(self, Self::EveryColumn | Self::Both)
    }

    pub(crate) const fn needs_a_whole_column(self) -> bool {
        matches!(self, Self::WholeColumn | Self::Both)
    }
}

/// One family of quorums of a [`Grid`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct GridQuorums<const WORDS: usize = 1> {
    grid: Grid<WORDS>,
    rule: GridRule,
}

impl<const WORDS: usize> GridQuorums<WORDS> {
    /// The grid.
    #[must_use]
    pub const fn grid(&self) -> Grid<WORDS> {
        self.grid
    }

    /// What is enough.
    #[must_use]
    pub const fn rule(&self) -> GridRule {
        self.rule
    }
}

impl<const WORDS: usize> Quorums<WORDS> for GridQuorums<WORDS> {
    fn members(&self) -> NodeSet<WORDS> {
        self.grid.members
    }

    fn is_quorum(&self, nodes: NodeSet<WORDS>) -> bool {
        let mut every = true;
        let mut whole = false;
        for count in self.grid.count_by_column(nodes) {
            every &= count > 0;
            whole |= count == self.grid.rows;
        }
        (every || !self.rule.needs_every_column()) && (whole || !self.rule.needs_a_whole_column())
    }

    fn shape(&self) -> Shape<'_, WORDS> {
        Shape::Grid(*self)
    }

    fn shortfall(&self, have: NodeSet<WORDS>, silent: NodeSet<WORDS>) -> Shortfall {
        let had = self.grid.count_by_column(have);
        let reached = self.grid.count_by_column(have | (self.grid.members - silent));
        // Columns without a node, and what the cheapest whole column costs beyond the node that
        // covers it.
        let mut empty = 0_usize;
        let mut lost = false;
        let mut cheapest = None;
        for (had, reached) in had.zip(reached) {
            lost |= reached == 0;
            let covers = usize::from(had == 0 && self.rule.needs_every_column());
            empty = empty.saturating_add(covers);
            if reached == self.grid.rows {
                let cost = self.grid.rows.saturating_sub(had).saturating_sub(covers);
                cheapest = Some(cheapest.map_or(cost, |least: usize| least.min(cost)));
            }
        }
        let whole = if self.rule.needs_a_whole_column() { cheapest } else { Some(0) };
        match whole {
            Some(whole) if !(lost && self.rule.needs_every_column()) => {
                Shortfall::Exactly(empty.saturating_add(whole))
            }
            _ => Shortfall::OutOfReach,
        }
    }

    /// Every column is covered until one is silent; one is whole until each lacks a node.
    fn resilience(&self) -> Result<usize, TooManyNodes> {
        let blocking = match self.rule {
            GridRule::EveryColumn => self.grid.rows,
            GridRule::WholeColumn => self.grid.columns,
            GridRule::Both => self.grid.rows.min(self.grid.columns),
        };
        Ok(blocking.saturating_sub(1))
    }
}

/// Why there is no such grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum GridError {
    /// No rows, or no columns.
    NoMembers,
    /// More places than a set of nodes holds. Choose more `WORDS`.
    OutOfRange(OutOfRange),
}

impl fmt::Display for GridError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoMembers => f.write_str("a grid without rows or columns has no nodes"),
            Self::OutOfRange(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for GridError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::NoMembers => None,
            Self::OutOfRange(error) => Some(error),
        }
    }
}

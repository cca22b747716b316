//! Fixed partitions, and a table of who has them.

mod assign;
mod copies;
#[cfg(feature = "serde")]
mod encoding;
mod exchange;
mod owners;
mod partitioning;
mod ranges;
mod rebalance;
mod shares;
mod table;
mod takers;

use core::{fmt, mem};

use synod_capacity::{Capacity, Full, List};

use crate::key::Key;
use crate::partitions::table::{NOBODY, Table, somebody};
use crate::placement::Placement;

pub use self::assign::AssignError;
pub use self::partitioning::Partitioning;
pub use self::ranges::PartitionRanges;
pub use self::rebalance::Rebalanced;

/// A fixed number of partitions, and a table that says which nodes each one is on.
///
/// **When**: stores whose data moves as whole partitions, and whose nodes agree on a table anyway;
/// where each node is to have its exact share; where an operator moves partitions by hand; clients
/// of a Redis Cluster. The rules without a table, such as [`Ring`](crate::Ring), need no agreement
/// but that on who is there.
///
/// - *Balance*: after [`rebalance`](Self::rebalance), each node has its share of the copies, and of
///   the first copies, to within one partition. Of keys in equal partitions, the balance is that of
///   chance.
/// - *Disruption*: none, until the table is changed. `rebalance` moves the fewest copies that its
///   shares allow. What it says depends on the table before: two that change it apart from each
///   other disagree.
/// - *Memory*: 2 bytes for each copy of each partition, and for each node 8 bytes and its name.
///   *Weights*: any numbers, 0 included.
/// - *Cost*: O(1) for an owner and for each successor; O(copies of all partitions) to insert or
///   remove a node.
///
/// The order of preference of a point is that of the nodes of its partition, and ends there: where
/// one has fewer nodes than copies, [`Placement::replicas`] says so. [`Partitioning`] specifies
/// which partition a point is in.
///
/// `NODES` holds the nodes, at most 65,535, and `TABLE` the copies of all partitions, each on its
/// own.
///
/// Source: Kleppmann, "Designing Data-Intensive Applications", 2017, chapter 6, "Fixed number of
/// partitions"; DeCandia et al., "Dynamo", SOSP 2007, 6.2, strategy 3.
///
/// ```
/// use synod_hashring::{Inline, KeyHash, Partitioning, Partitions, Placement};
///
/// // 64 partitions, two copies of each.
/// let by_hash = Partitioning::v1(KeyHash::v1(0), 64);
/// let mut table: Partitions<&str, Inline<4>, Inline<128>> = Partitions::new(by_hash, 2)?;
/// table.insert("oslo", 2)?;
/// table.insert("bergen", 1)?;
/// table.insert("tromsø", 1)?;
/// table.rebalance()?;
/// assert_eq!(table.load(&"oslo"), Some(64)); // half of 128 copies
/// let [first, second] = table.replicas("user:1000")?;
/// assert_ne!(first, second);
///
/// // Whoever comes takes its share, and nothing else moves.
/// table.insert("bodø", 1)?;
/// assert_eq!(table.rebalance()?.moved, 25);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Partitions<N, NODES: Capacity, TABLE: Capacity> {
    partitioning: Partitioning,
    /// In ascending order.
    members: List<Member<N>, NODES>,
    /// Of places among the members.
    table: Table<TABLE>,
    /// How many of the members have partitions.
    taking: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Member<N> {
    pub(crate) node: N,
    pub(crate) weight: u32,
    /// How often it is in the table.
    pub(crate) load: u32,
}

impl<N, NODES: Capacity, TABLE: Capacity> Partitions<N, NODES, TABLE> {
    /// A table without nodes, with room for so many copies of each partition. O(copies of all
    /// partitions).
    ///
    /// # Errors
    ///
    /// [`Full`]: the table does not fit.
    pub fn new(partitioning: Partitioning, copies: u8) -> Result<Self, Full> {
        let table = Table::new(partitioning.count(), copies)?;
        Ok(Self { partitioning, members: List::new(), table, taking: 0 })
    }

    /// How keys fall into partitions.
    pub const fn partitioning(&self) -> Partitioning {
        self.partitioning
    }

    /// How many partitions there are.
    pub const fn count(&self) -> u16 {
        self.partitioning.count()
    }

    /// How many copies each partition is to have.
    pub const fn copies(&self) -> u8 {
        self.table.copies()
    }

    /// The nodes in ascending order, and the weight of each.
    pub fn nodes(&self) -> impl ExactSizeIterator<Item = (&N, u32)> + Clone {
        self.members.iter().map(|member| (&member.node, member.weight))
    }

    /// Adds a node that is greater than all others, of which the table may say something.
    #[cfg(feature = "serde")]
    pub(crate) fn push(&mut self, node: N, weight: u32) -> Result<(), Full> {
        let member = Member { node, weight, load: 0 };
        self.members.push(member).map_err(|(full, _)| full)
    }

    /// Takes another table in place of this one.
    pub(crate) fn set_table(&mut self, table: Table<TABLE>) {
        self.table = table;
        for member in self.members.as_mut_slice() {
            member.load = 0;
        }
        for entry in self.table.entries() {
            if let Some(member) = self.members.as_mut_slice().get_mut(usize::from(*entry)) {
                member.load = member.load.saturating_add(1);
            }
        }
        self.taking = self
            .members
            .iter()
            .fold(0, |taking, member| taking.saturating_add(usize::from(member.load > 0)));
    }

    pub(crate) const fn table(&self) -> &Table<TABLE> {
        &self.table
    }

    pub(crate) fn members(&self) -> &[Member<N>] {
        self.members.as_slice()
    }
}

impl<N: Copy + Ord, NODES: Capacity, TABLE: Capacity> Partitions<N, NODES, TABLE> {
    /// The weight of a node; `None` where it is not there. O(log n) of n nodes.
    pub fn get(&self, node: &N) -> Option<u32> {
        Some(self.member(node)?.weight)
    }

    /// How many partitions a node has a copy of; `None` where it is not there. O(log n) of n nodes.
    pub fn load(&self, node: &N) -> Option<u32> {
        Some(self.member(node)?.load)
    }

    /// The nodes of a partition, the owner first; none where there is no such partition. O(1) each.
    pub fn nodes_of(&self, partition: u16) -> impl Iterator<Item = N> + Clone {
        somebody(self.table.row(partition)).filter_map(|place| self.node_at(place))
    }

    /// The partitions in ascending order, each with its nodes.
    pub fn iter(&self) -> impl Iterator<Item = (u16, impl Iterator<Item = N> + Clone)> + Clone {
        (0..self.count()).map(|partition| (partition, self.nodes_of(partition)))
    }

    /// Adds a node, without partitions, or changes its weight: which it had before, if it was
    /// there.
    ///
    /// The table stays as it is until it is rebalanced or assigned. A node of weight 0 is there and
    /// gets no partition. O(copies of all partitions) for a new node, O(log n) for another weight.
    ///
    /// # Errors
    ///
    /// [`Full`]: the node does not fit, or there are 65,535 (`capacity` is that, then). All is as
    /// it was.
    pub fn insert(&mut self, node: N, weight: u32) -> Result<Option<u32>, Full> {
        let at = match self.find(&node) {
            Ok(at) => {
                let member = self.members.as_mut_slice().get_mut(at);
                return Ok(member.map(|member| mem::replace(&mut member.weight, weight)));
            }
            Err(at) => at,
        };
        if self.members.len() >= usize::from(NOBODY) {
            let needed = self.members.len().saturating_add(1);
            return Err(Full { needed, capacity: NOBODY.into() });
        }
        let member = Member { node, weight, load: 0 };
        self.members.insert(at, member).map_err(|(full, _)| full)?;
        for entry in self.table.entries_mut() {
            if *entry != NOBODY && usize::from(*entry) >= at {
                *entry = entry.wrapping_add(1);
            }
        }
        Ok(None)
    }

    /// Takes a node away: its weight, if it was there.
    ///
    /// The partitions that it had keep their other nodes, in their order, and have a copy less
    /// until the table is rebalanced or assigned. O(copies of all partitions).
    pub fn remove(&mut self, node: &N) -> Option<u32> {
        let at = self.find(node).ok()?;
        let gone = self.members.remove(at)?;
        for entry in self.table.entries_mut() {
            if usize::from(*entry) == at {
                *entry = NOBODY;
            } else if *entry != NOBODY && usize::from(*entry) > at {
                *entry = entry.wrapping_sub(1);
            }
        }
        self.table.close_gaps();
        self.taking = self.taking.saturating_sub(usize::from(gone.load > 0));
        Some(gone.weight)
    }

    /// The place of a node in the table.
    pub(crate) fn place(&self, node: &N) -> Option<u16> {
        self.find(node).ok().and_then(|at| u16::try_from(at).ok())
    }

    fn node_at(&self, place: u16) -> Option<N> {
        self.members.get(usize::from(place)).map(|member| member.node)
    }

    fn member(&self, node: &N) -> Option<&Member<N>> {
        self.members.get(self.find(node).ok()?)
    }

    fn find(&self, node: &N) -> Result<usize, usize> {
        self.members.binary_search_by(|member| member.node.cmp(node))
    }
}

impl<N: Copy + Ord, NODES: Capacity, TABLE: Capacity> Placement for Partitions<N, NODES, TABLE> {
    type Node = N;

    fn point(&self, key: impl Key) -> u64 {
        self.partitioning.point(key)
    }

    fn node_count(&self) -> usize {
        self.taking
    }

    fn ranks_all(&self) -> bool {
        false
    }

    fn first_where_of_point(&self, point: u64, mut accepts: impl FnMut(N) -> bool) -> Option<N> {
        let mut nodes = self.nodes_of(self.partitioning.partition_of_point(point));
        nodes.find(|&node| accepts(node))
    }
}

impl<N: PartialEq, A: Capacity, B: Capacity, C: Capacity, D: Capacity>
    PartialEq<Partitions<N, C, D>> for Partitions<N, A, B>
{
    fn eq(&self, other: &Partitions<N, C, D>) -> bool {
        self.partitioning == other.partitioning
            && self.copies() == other.copies()
            && self.members() == other.members()
            && self.table.entries() == other.table.entries()
    }
}

impl<N: Eq, NODES: Capacity, TABLE: Capacity> Eq for Partitions<N, NODES, TABLE> {}

impl<N: fmt::Debug, NODES: Capacity, TABLE: Capacity> fmt::Debug for Partitions<N, NODES, TABLE> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut all = f.debug_struct("Partitions");
        all.field("partitioning", &self.partitioning).field("copies", &self.copies());
        all.field("members", &self.members()).finish()
    }
}

#[cfg(feature = "defmt")]
impl<N: defmt::Format, NODES: Capacity, T: Capacity> defmt::Format for Partitions<N, NODES, T> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "{} ", self.partitioning);
        for member in &self.members {
            defmt::write!(f, "{}: {} of weight {} ", member.node, member.load, member.weight);
        }
    }
}

//! Maglev hashing.

#[cfg(feature = "serde")]
mod encoding;
mod error;
mod prime;
mod turns;

use core::{fmt, mem};

use synod_capacity::{Capacity, List};

use crate::key::Key;
use crate::key_hash::KeyHash;
use crate::maglev::prime::{is_prime, next_prime};
use crate::maglev::turns::{FREE, Turns, fill};
use crate::placement::Placement;
use crate::split_mix::{derived, scaled};

#[cfg(feature = "serde")]
pub use self::encoding::MAX_ENCODED_TABLE;
pub use self::error::MaglevError;

/// Maglev hashing: a table of which each node has its share of the entries, and a key is whose
/// entry it meets.
///
/// **When**: balance counts most, an owner is to cost the same however many nodes there are, and
/// these change seldom, as each change fills the table anew. Load balancers are the model.
///
/// - *Balance*: of equal weights, each node has as many entries as any other, give or take one. Of
///   others, a node that weighs w times the mean has its share of the entries to within 5/4 (1 + w)
///   of them.
/// - *Disruption*: where a node comes or goes, its keys move, and some others do, too. Of 1,000
///   nodes and 65,537 entries, 0.1 % of all keys are those of the node that goes, and 0.6 % more
///   move (0.3 % with 655,373 entries); of 100 nodes and 10,007 entries, 1 % and 1.7 %. Where the
///   node is the only one of the greatest weight, 2 to 3 % more move. In which order nodes came and
///   went does not matter.
/// - *Memory*: 2 bytes an entry, and for each node 28 bytes and its name. *Weights*: any, 0
///   included; only their ratios count.
/// - *Cost*: a multiplication and a load for an owner, and a little more for each of the 15 after
///   it; an entry a step for the rest. To change anything: about M ln M steps, of M entries; M
///   steps for each node, at worst, where somebody has chosen names that are in each other's way.
///
/// The size of the table, M, is a prime, and does not change:
/// [`table_size_for`](Self::table_size_for) says one for the nodes that there will be. 251, 509,
/// 1,021, 2,039, 4,093, 8,191, 16,381, 32,749 and 65,537 are primes.
///
/// # Specification
///
/// *Numbers*: the upper 32 bits of a point p, times m, shifted right by 32, are scale(p, m), below
/// m. A point p has other ones: p₀ is p itself, and p_i is what the finalizer of SplitMix64 (shifts
/// by 30, 27 and 31) makes of p xor i × 0x9e3779b97f4a7c15.
///
/// *The table*: a node whose name has the point p asks for the entries offset, offset + skip,
/// offset + 2 skip and so on, modulo M, where offset is scale(p₁, M) and skip is 1 + scale(p₂, M −
/// 1). To take a turn is to take the first entry in this list that is free. Turns are taken in
/// rounds 1, 2, 3 and so on, until no entry is free. In each round, the nodes of class 0 are asked
/// in ascending order, then those of the class c that has 2^(c − 1) as the greatest power of two
/// that divides the round. The class of a node is the greatest c for which 2^c times its weight is
/// not above the greatest weight, W. Each time that it is asked, 2^c times its weight is added to
/// its credit, which begins at W/2; where that comes to W or more, it takes a turn, and W is taken
/// off. So nodes of equal weight take one turn each in every round, as in the paper.
///
/// *The order of preference* of a point: the nodes of the entries scale(p₀, M) to scale(p₁₅, M),
/// then those of the entries from scale(p₁₆, M) on, all the way round; each node where it is met
/// first. So the keys of a node that is down are spread over all others, as these have entries. A
/// node that has none takes no keys and is not counted: its weight is 0, or so small that its turn
/// never came.
///
/// `NODES` holds the nodes and `TABLE` the entries.
///
/// Source: Eisenbud, Yi, Contavalli, Smith, Kononov, Mann-Hielscher, Cilingiroglu, Cheyney, Shang
/// and Hosein, "Maglev: A Fast and Reliable Software Network Load Balancer", NSDI 2016, section
/// 3.4. (It leaves weights and what follows an owner open.)
///
/// ```
/// use synod_hashring::{Inline, KeyHash, Maglev, Placement};
///
/// let nodes = [("oslo", 2), ("bergen", 2), ("tromsø", 1)]; // half the keys
/// let mut table: Maglev<&str, Inline<4>, Inline<509>> =
///     Maglev::from_nodes(KeyHash::v1(0), 509, &nodes)?;
///
/// let owner = table.owner("user:1000").unwrap();
/// let [first, second] = table.replicas("user:1000")?;
/// assert_eq!(first, owner);
/// assert_ne!(first, second);
///
/// table.remove(&owner);
/// assert_ne!(table.owner("user:1000"), Some(owner));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Maglev<N, NODES: Capacity, TABLE: Capacity> {
    hash: KeyHash,
    /// In ascending order.
    members: List<Member<N>, NODES>,
    /// As many as there are members: kept, so that to take a node away needs no memory.
    turns: List<Turns, NODES>,
    /// As many entries as were asked for, each the place of a member, or free.
    table: List<u16, TABLE>,
    /// How many of the members have entries.
    taking: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Member<N> {
    node: N,
    weight: u32,
}

impl<N, NODES: Capacity, TABLE: Capacity> Maglev<N, NODES, TABLE> {
    /// A table of a prime number of entries, and no nodes. O(table size).
    ///
    /// # Errors
    ///
    /// - [`NotPrime`](MaglevError::NotPrime): the size is not prime.
    /// - [`Full`](MaglevError::Full): so many entries do not fit.
    pub fn new(hash: KeyHash, table_size: u32) -> Result<Self, MaglevError> {
        if !is_prime(table_size) {
            return Err(MaglevError::NotPrime { table_size });
        }
        let mut table = List::new();
        table.resize(usize::try_from(table_size).unwrap_or(usize::MAX), &FREE)?;
        Ok(Self { hash, members: List::new(), turns: List::new(), table, taking: 0 })
    }

    /// The least prime that is a hundred times as many as the nodes: with so many entries, nodes of
    /// equal weight are within 1 % of each other. Of more than 42,949,672 nodes, the greatest of
    /// all sizes.
    pub fn table_size_for(nodes: u32) -> u32 {
        next_prime(nodes.saturating_mul(100))
    }

    /// The hash of keys and of nodes.
    pub const fn key_hash(&self) -> KeyHash {
        self.hash
    }

    /// How many entries the table has.
    pub fn table_size(&self) -> u32 {
        u32::try_from(self.table.len()).unwrap_or(u32::MAX)
    }

    /// The nodes in ascending order, and the weight of each.
    pub fn nodes(&self) -> impl ExactSizeIterator<Item = (&N, u32)> + Clone {
        self.members.iter().map(|member| (&member.node, member.weight))
    }

    /// The node whose place an entry has.
    fn named(&self, entry: u16) -> Option<&Member<N>> {
        self.members.get(usize::from(entry))
    }
}

impl<N: Key + Copy + Ord, NODES: Capacity, TABLE: Capacity> Maglev<N, NODES, TABLE> {
    /// A table of a prime number of entries, filled by nodes, each with a weight. Of a node that is
    /// there twice, the last weight counts.
    ///
    /// The same as to insert one after the other, but filled once; a step more for each node that
    /// is not behind all before it, and a node that it makes place for.
    ///
    /// # Errors
    ///
    /// Those of [`new`](Self::new) and of [`insert`](Self::insert).
    pub fn from_nodes(
        hash: KeyHash,
        table_size: u32,
        nodes: &[(N, u32)],
    ) -> Result<Self, MaglevError> {
        let mut maglev = Self::new(hash, table_size)?;
        for &(node, weight) in nodes {
            maglev.set(node, weight)?;
        }
        maglev.fill();
        Ok(maglev)
    }

    /// The weight of a node; `None` where it is not there. O(log n) of n nodes.
    pub fn get(&self, node: &N) -> Option<u32> {
        let at = self.find(node).ok()?;
        self.members.get(at).map(|member| member.weight)
    }

    /// Adds a node with a weight, or gives it another one: which it had before, if it was there.
    ///
    /// With a weight of 0 it is there and takes no keys. Fills the table anew, unless the node had
    /// this weight: to change many, take [`from_nodes`](Self::from_nodes).
    ///
    /// # Errors
    ///
    /// The table is as it was.
    ///
    /// - [`TooManyNodes`](MaglevError::TooManyNodes): there would be more nodes than entries, or
    ///   than 65,535.
    /// - [`Full`](MaglevError::Full): one more node does not fit.
    pub fn insert(&mut self, node: N, weight: u32) -> Result<Option<u32>, MaglevError> {
        let before = self.set(node, weight)?;
        if before != Some(weight) {
            self.fill();
        }
        Ok(before)
    }

    /// Takes a node away: the weight it had, if it was there. Fills the table anew.
    pub fn remove(&mut self, node: &N) -> Option<u32> {
        let at = self.find(node).ok()?;
        let member = self.members.remove(at)?;
        self.turns.truncate(self.members.len());
        self.fill();
        Some(member.weight)
    }

    fn find(&self, node: &N) -> Result<usize, usize> {
        self.members.binary_search_by(|member| member.node.cmp(node))
    }

    /// Notes the weight of a node: which it had.
    fn set(&mut self, node: N, weight: u32) -> Result<Option<u32>, MaglevError> {
        match self.find(&node) {
            Ok(at) => {
                let member = self.members.as_mut_slice().get_mut(at);
                Ok(member.map(|member| mem::replace(&mut member.weight, weight)))
            }
            Err(at) => {
                let nodes = self.members.len().saturating_add(1);
                let most = self.table.len().min(FREE.into());
                if nodes > most {
                    return Err(MaglevError::TooManyNodes { nodes, most });
                }
                self.members.reserve(1)?;
                self.turns.push(Turns::NONE).map_err(|(full, _)| full)?;
                self.members.insert(at, Member { node, weight }).map_err(|(full, _)| full)?;
                Ok(None)
            }
        }
    }

    /// Fills the table for the nodes that there are.
    fn fill(&mut self) {
        let (hash, size) = (self.hash, self.table_size());
        let nodes = (0..FREE).zip(self.members.iter()).map(|(place, member)| {
            let point = hash.point(member.node);
            let offset = scaled(derived(point, 1), size);
            let skip = scaled(derived(point, 2), size.saturating_sub(1)).saturating_add(1);
            (member.weight, Turns::new(place, offset, skip))
        });
        let turns = self.turns.as_mut_slice();
        fill(self.table.as_mut_slice(), turns, nodes);
        let takers = turns.iter().map(|turns| usize::from(turns.entries() > 0));
        self.taking = takers.fold(0, usize::saturating_add);
    }

    /// The entry of a point.
    fn slot(&self, point: u64) -> usize {
        usize::try_from(scaled(point, self.table_size())).unwrap_or(0)
    }
}

impl<N, NODES, TABLE> Placement for Maglev<N, NODES, TABLE>
where
    N: Key + Copy + Ord,
    NODES: Capacity,
    TABLE: Capacity,
{
    type Node = N;

    fn point(&self, key: impl Key) -> u64 {
        self.hash.point(key)
    }

    fn node_count(&self) -> usize {
        self.taking
    }

    fn first_where_of_point(&self, point: u64, mut accepts: impl FnMut(N) -> bool) -> Option<N> {
        let table = self.table.as_slice();
        let drawn = (0..DRAWN).filter_map(|index| table.get(self.slot(derived(point, index))));
        let start = self.slot(derived(point, DRAWN));
        let (before, after) = table.split_at_checked(start).unwrap_or((table, &[]));
        let entries = drawn.chain(after).chain(before);
        let mut nodes = entries.filter_map(|&entry| self.named(entry)).map(|member| member.node);
        nodes.find(|&node| accepts(node))
    }

    fn owner_of_point(&self, point: u64) -> Option<N> {
        let entry = self.table.get(self.slot(point))?;
        self.named(*entry).map(|member| member.node)
    }
}

/// O(n) of n nodes: entries follow from these.
impl<N: PartialEq, A: Capacity, B: Capacity, C: Capacity, D: Capacity> PartialEq<Maglev<N, C, D>>
    for Maglev<N, A, B>
{
    fn eq(&self, other: &Maglev<N, C, D>) -> bool {
        self.hash == other.hash
            && self.table.len() == other.table.len()
            && self.members.as_slice() == other.members.as_slice()
    }
}

impl<N: Eq, NODES: Capacity, TABLE: Capacity> Eq for Maglev<N, NODES, TABLE> {}

impl<N: fmt::Debug, NODES: Capacity, TABLE: Capacity> fmt::Debug for Maglev<N, NODES, TABLE> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut all = f.debug_struct("Maglev");
        all.field("hash", &self.hash).field("table_size", &self.table_size());
        all.field("members", &self.members.as_slice()).finish()
    }
}

#[cfg(feature = "defmt")]
impl<N, NODES, TABLE> defmt::Format for Maglev<N, NODES, TABLE>
where
    N: defmt::Format,
    NODES: Capacity,
    TABLE: Capacity,
{
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "{} {} ", self.hash, self.table_size());
        for member in &self.members {
            defmt::write!(f, "{}: {} ", member.node, member.weight);
        }
    }
}

/// How many entries of an order have nothing to do with each other. Those that are next to each
/// other may: of ten nodes, one can be behind another twice as often as behind others.
const DRAWN: u32 = 16;

//! Ketama: the placement of memcached's clients.

#[cfg(feature = "serde")]
mod encoding;
mod rule;

use core::{fmt, mem};

use synod_capacity::{Capacity, Full, List};

use crate::ketama::rule::key_point;
use crate::key::Key;
use crate::placement::Placement;
use crate::tokens::{Token, Tokens, upper_half};

pub use self::rule::KetamaRule;

/// Ketama: a ring of servers that places keys where clients of memcached do.
///
/// **When**: a fleet is in use whose clients place keys by ketama, and keys are to be found where
/// they are. For what is new, [`Ring`](crate::Ring) does the same with less work and integers.
///
/// - *Balance*: as of a ring with 160 tokens a node: the load varies by 8 % around its share
///   (standard deviation over mean).
/// - *Disruption*: a node that comes takes its share from all others. Where weights differ, each
///   change also gives or takes a few points of the other nodes, as these have their share of all;
///   and where they are equal, rounding has it so at some numbers of nodes. In which order nodes
///   came and went does not matter.
/// - *Memory*: 8 bytes a point, and the nodes. *Weights*: in proportion, 0 included.
/// - *Cost*: the MD5 of the key, then as for a ring. To change anything: 40 times MD5 for each
///   node, and to sort all points.
///
/// # Specification
///
/// The name of a node is that of the server as its clients have it, with its port:
/// `10.0.1.1:11211`. What becomes of it is said by the [`KetamaRule`]. A node of weight 0 is as if
/// it were not there (clients that count it as 1 want 1 here).
///
/// Of a point, the upper 32 bits count: they are the first four bytes of the key's MD5, the lowest
/// first. A node owns what is after the point before its point, up to and with its own; what is
/// after the last point belongs to the first. Where two nodes have one point, the lower one owns,
/// and the other one follows: sources leave this to how they sort, and where they keep the order of
/// their list, they agree if that is ascending. The order of preference is that of the points from
/// a key's on, each node where it is met first. A node without points, as its weight is small,
/// takes no keys and is not counted.
///
/// `NODES` holds the nodes and `POINTS` the points: 160 times the nodes that have a weight.
///
/// Source: Jones and Muehlhaeuser, libketama, 2007; libmemcached 1.0, `hosts.cc`.
///
/// ```
/// use synod_hashring::{Inline, Ketama, KetamaRule, Placement};
///
/// let servers = [("10.0.1.1:11211", 600), ("10.0.1.2:11211", 400), ("10.0.1.3:11212", 400)];
/// let fleet: Ketama<&str, Inline<3>, Inline<480>> =
///     Ketama::from_nodes(KetamaRule::Libmemcached, &servers)?;
/// assert_eq!(fleet.owner("user:1000"), Some("10.0.1.2:11211"));
/// # Ok::<(), synod_hashring::Full>(())
/// ```
#[derive(Clone)]
pub struct Ketama<N, NODES: Capacity, POINTS: Capacity> {
    rule: KetamaRule,
    /// In ascending order.
    members: List<Member<N>, NODES>,
    /// Their owners are places among the members. There is room for [`POINTS_A_NODE`] times the
    /// members with a weight, so that to take one away needs no memory.
    tokens: Tokens<POINTS>,
    /// How many of the members have points.
    taking: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Member<N> {
    node: N,
    weight: u32,
    /// How many labels of four points it has.
    labels: u32,
}

/// On average, at most: up to [`MAX_NODES`], rounding in 32 bits cannot add up to a label more.
const POINTS_A_NODE: usize = 160;

const MAX_NODES: usize = 65_535;

impl<N, NODES: Capacity, POINTS: Capacity> Ketama<N, NODES, POINTS> {
    /// A ring without nodes. Allocates nothing.
    pub const fn new(rule: KetamaRule) -> Self {
        Self { rule, members: List::new(), tokens: Tokens::new(), taking: 0 }
    }

    /// Whose ketama it is.
    pub const fn rule(&self) -> KetamaRule {
        self.rule
    }

    /// The nodes in ascending order, and the weight of each.
    pub fn nodes(&self) -> impl ExactSizeIterator<Item = (&N, u32)> + Clone {
        self.members.iter().map(|member| (&member.node, member.weight))
    }

    /// How many points there are.
    pub fn point_count(&self) -> usize {
        self.tokens.as_slice().len()
    }
}

impl<N: Key + Copy + Ord, NODES: Capacity, POINTS: Capacity> Ketama<N, NODES, POINTS> {
    /// A ring of nodes, each with a weight. Of a node that is there twice, the last weight counts.
    ///
    /// The same as to insert one after the other, with the work of the last one: O(n log n) for n
    /// nodes in ascending order, 40 times MD5 for each, and to sort all points.
    ///
    /// # Errors
    ///
    /// [`Full`]: the nodes do not fit, or 160 points for each that has a weight, or they are more
    /// than 65,535.
    pub fn from_nodes(rule: KetamaRule, nodes: &[(N, u32)]) -> Result<Self, Full> {
        let mut ketama = Self::new(rule);
        for &(node, weight) in nodes {
            ketama.set(node, weight)?;
        }
        ketama.reserve(ketama.weighted())?;
        ketama.place();
        Ok(ketama)
    }

    /// The weight of a node; `None` where it is not there. O(log n) of n nodes.
    pub fn get(&self, node: &N) -> Option<u32> {
        let at = self.find(node).ok()?;
        self.members.get(at).map(|member| member.weight)
    }

    /// Adds a node with a weight, or gives it another one: which it had before, if it was there.
    ///
    /// # Errors
    ///
    /// [`Full`]: the node does not fit, or 160 points for each that has a weight, or they are more
    /// than 65,535. The ring is as it was.
    pub fn insert(&mut self, node: N, weight: u32) -> Result<Option<u32>, Full> {
        let before = self.get(&node);
        let had = usize::from(before.unwrap_or(0) > 0);
        let others = self.weighted().saturating_sub(had);
        self.reserve(others.saturating_add(usize::from(weight > 0)))?;
        self.set(node, weight)?;
        if before != Some(weight) {
            self.place();
        }
        Ok(before)
    }

    /// Takes a node away: the weight it had, if it was there.
    pub fn remove(&mut self, node: &N) -> Option<u32> {
        let at = self.find(node).ok()?;
        let member = self.members.remove(at)?;
        self.place();
        Some(member.weight)
    }

    fn find(&self, node: &N) -> Result<usize, usize> {
        self.members.binary_search_by(|member| member.node.cmp(node))
    }

    /// How many nodes have a weight.
    fn weighted(&self) -> usize {
        let weighted = self.members.iter().map(|member| usize::from(member.weight > 0));
        weighted.fold(0, usize::saturating_add)
    }

    /// Makes room for the points of so many nodes.
    fn reserve(&mut self, weighted: usize) -> Result<(), Full> {
        let needed = weighted.saturating_mul(POINTS_A_NODE);
        self.tokens.reserve(needed.saturating_sub(self.point_count()))
    }

    /// Notes the weight of a node: which it had.
    fn set(&mut self, node: N, weight: u32) -> Result<Option<u32>, Full> {
        match self.find(&node) {
            Ok(at) => {
                let member = self.members.as_mut_slice().get_mut(at);
                Ok(member.map(|member| mem::replace(&mut member.weight, weight)))
            }
            Err(at) => {
                let needed = self.members.len().saturating_add(1);
                if needed > MAX_NODES {
                    return Err(Full { needed, capacity: MAX_NODES });
                }
                let member = Member { node, weight, labels: 0 };
                self.members.insert(at, member).map_err(|(full, _)| full)?;
                Ok(None)
            }
        }
    }

    /// Places the points of all nodes anew.
    fn place(&mut self) {
        let rule = self.rule;
        let servers = u32::try_from(self.weighted()).unwrap_or(u32::MAX);
        let weights = self.members.iter().map(|member| u64::from(member.weight));
        let total = weights.fold(0, u64::saturating_add);
        self.taking = 0;
        for member in self.members.as_mut_slice() {
            member.labels = rule.label_count(member.weight, total, servers);
            self.taking = self.taking.saturating_add((member.labels > 0).into());
        }
        let tokens = (0..u32::MAX).zip(self.members.iter()).flat_map(|(owner, member)| {
            let labels = member.node.with_bytes(|name| rule.labels(name));
            let points = (0..member.labels).flat_map(move |label| labels.points(label));
            points.map(move |point| Token::new(point, owner))
        });
        self.tokens.replace(tokens);
    }

    fn owner_of(&self, token: Token) -> Option<N> {
        let at = usize::try_from(token.owner()).ok()?;
        self.members.get(at).map(|member| member.node)
    }
}

impl<N, NODES, POINTS> Placement for Ketama<N, NODES, POINTS>
where
    N: Key + Copy + Ord,
    NODES: Capacity,
    POINTS: Capacity,
{
    type Node = N;

    fn point(&self, key: impl Key) -> u64 {
        u64::from(key.with_bytes(key_point)) << 32
    }

    fn node_count(&self) -> usize {
        self.taking
    }

    fn first_where_of_point(&self, point: u64, mut accepts: impl FnMut(N) -> bool) -> Option<N> {
        let tokens = self.tokens.clockwise_from(upper_half(point));
        let mut nodes = tokens.filter_map(|token| self.owner_of(token));
        nodes.find(|&node| accepts(node))
    }

    fn owner_of_point(&self, point: u64) -> Option<N> {
        self.tokens.clockwise_next(upper_half(point)).and_then(|token| self.owner_of(token))
    }
}

/// O(n) of n nodes: points follow from these.
impl<N: PartialEq, A: Capacity, B: Capacity, C: Capacity, D: Capacity> PartialEq<Ketama<N, C, D>>
    for Ketama<N, A, B>
{
    fn eq(&self, other: &Ketama<N, C, D>) -> bool {
        self.rule == other.rule && self.members.as_slice() == other.members.as_slice()
    }
}

impl<N: Eq, NODES: Capacity, POINTS: Capacity> Eq for Ketama<N, NODES, POINTS> {}

impl<N: fmt::Debug, NODES: Capacity, POINTS: Capacity> fmt::Debug for Ketama<N, NODES, POINTS> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let members = self.members.as_slice();
        f.debug_struct("Ketama").field("rule", &self.rule).field("members", &members).finish()
    }
}

#[cfg(feature = "defmt")]
impl<N, NODES, POINTS> defmt::Format for Ketama<N, NODES, POINTS>
where
    N: defmt::Format,
    NODES: Capacity,
    POINTS: Capacity,
{
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "{} ", self.rule);
        for member in &self.members {
            defmt::write!(f, "{}: {} ", member.node, member.weight);
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)] // A test may panic.
mod tests {
    use super::*;

    use core::fmt::Write;

    use md5::{Digest, Md5};
    use synod_capacity::Inline;

    extern crate alloc;
    use alloc::string::{String, ToString};

    /// The test of libketama, `ketama_test.c`: a million keys, for each its hash, the point after
    /// it, and whose that is; and the sum that `test.sh` pins.
    #[test]
    #[cfg_attr(debug_assertions, ignore = "takes too long, if not optimized")]
    fn the_original_places_a_million_keys_so() {
        let weights = [600, 300, 200, 350, 1_000, 800, 950, 100];
        let names = [1, 2, 3, 4, 5, 6, 7, 8].map(|server| alloc::format!("10.0.1.{server}:11211"));
        let mut ketama = Ketama::<&str, Inline<8>, Inline<1_280>>::new(KetamaRule::Libketama);
        for (name, weight) in names.iter().zip(weights) {
            ketama.insert(name, weight).unwrap();
        }
        // No error.
        let mut text = String::from("\n");
        let mut sum = Md5::new();
        for key in 0..1_000_000 {
            let point = key_point(key.to_string().as_bytes());
            let token = ketama.tokens.clockwise_next(point).unwrap();
            let owner = ketama.owner_of(token).unwrap();
            writeln!(text, "{point} {} {owner}", token.point()).unwrap();
            sum.update(&text);
            text.clear();
        }
        let sum = u128::from_be_bytes(sum.finalize().into());
        assert_eq!(alloc::format!("{sum:032x}"), "5672b131391f5aa2b280936aec1eea74");
    }
}

//! The ring with virtual nodes.

#[cfg(feature = "serde")]
mod encoding;
mod ranges;

use core::{fmt, mem};

use synod_capacity::{Capacity, Full, List};

use crate::key::Key;
use crate::key_hash::KeyHash;
use crate::placement::Placement;
use crate::tokens::{Series, Token, Tokens, upper_half};

#[cfg(feature = "serde")]
pub use self::encoding::MAX_ENCODED_TOKENS;
pub use self::ranges::RingRanges;

/// Consistent hashing on a ring: each node has as many tokens as its weight asks for, and a key is
/// the node's whose token comes next.
///
/// **When**: nodes of any name and weight that come and go in any order. Where nodes are numbered
/// and only the last one goes, [`JumpBack`](crate::JumpBack) needs no memory.
///
/// - *Balance*: the load of a node with t tokens varies by 1/√t around its share (standard
///   deviation over mean, of many nodes): 10 % with 100 tokens.
/// - *Disruption*: a node that comes takes its share from all others, and nothing else moves; one
///   that goes leaves it to all others. One token more or less moves the share of one token. In
///   which order nodes came and went does not matter.
/// - *Memory*: 8 bytes a token, and the nodes. *Weights*: numbers of tokens, 0 included.
/// - *Cost*: a few steps for an owner of up to millions of tokens, as their places can be guessed
///   from hashes (O(log T) of T tokens at worst); a step a token from there on for successors, all
///   T where nobody is accepted. To remove a node: O(T); to insert one, or change its weight: O(T)
///   for every 64 tokens that come or go.
///
/// # Specification
///
/// A node with t tokens has the upper 32 bits of the first t numbers that SplitMix64 draws with the
/// point of the node ([`KeyHash::point`] of its name) as its seed. Of the point of a key, the upper
/// 32 bits count as well. A node owns what is after the token before its token, up to and with its
/// own; what is after the last token belongs to the first. Of two nodes with tokens at one point
/// the lower one owns, and the other one follows. The order of preference of a point is that of the
/// tokens from it on, each node where it is met first.
///
/// `NODES` holds the nodes and `TOKENS` the tokens, each on its own. Rings of different capacities
/// are equal where their hashes and nodes are.
///
/// Source: Karger, Lehman, Leighton, Panigrahy, Levine and Lewin, "Consistent Hashing and Random
/// Trees", STOC 1997; virtual nodes: Dabek, Kaashoek, Karger, Morris and Stoica, "Wide-area
/// Cooperative Storage with CFS", SOSP 2001.
///
/// ```
/// use synod_hashring::{Inline, KeyHash, Placement, Ring};
///
/// let mut ring: Ring<&str, Inline<4>, Inline<256>> = Ring::new(KeyHash::v1(0));
/// ring.insert("oslo", 64)?;
/// ring.insert("bergen", 64)?;
/// ring.insert("tromsø", 32)?; // half the keys
///
/// let owner = ring.owner("user:1000").unwrap();
/// let [first, second] = ring.replicas("user:1000")?;
/// assert_eq!(first, owner);
/// assert_ne!(first, second);
///
/// ring.remove(&owner);
/// assert_eq!(ring.owner("user:1000"), Some(second));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Ring<N, NODES: Capacity, TOKENS: Capacity> {
    hash: KeyHash,
    /// In ascending order.
    nodes: List<N, NODES>,
    /// How many tokens each of them has: apart, as whoever asks for owners reads the nodes only.
    counts: List<u32, NODES>,
    /// Their owners are places among the nodes.
    tokens: Tokens<TOKENS>,
    /// How many of the nodes have tokens.
    taking: usize,
}

/// Whose a token is.
pub(crate) fn owner<N: Copy>(nodes: &[N], token: Token) -> Option<N> {
    nodes.get(usize::try_from(token.owner()).ok()?).copied()
}

impl<N, NODES: Capacity, TOKENS: Capacity> Ring<N, NODES, TOKENS> {
    /// A ring without nodes. Allocates nothing.
    pub const fn new(hash: KeyHash) -> Self {
        Self { hash, nodes: List::new(), counts: List::new(), tokens: Tokens::new(), taking: 0 }
    }

    /// The hash of keys and of nodes.
    pub const fn key_hash(&self) -> KeyHash {
        self.hash
    }

    /// The nodes in ascending order, and how many tokens each has.
    pub fn nodes(&self) -> impl ExactSizeIterator<Item = (&N, u32)> + Clone {
        self.nodes.iter().zip(self.counts.iter().copied())
    }

    pub(crate) fn node_slice(&self) -> &[N] {
        &self.nodes
    }

    pub(crate) const fn tokens(&self) -> &Tokens<TOKENS> {
        &self.tokens
    }

    /// How many tokens there are.
    pub fn token_count(&self) -> usize {
        self.tokens.as_slice().len()
    }
}

impl<N: Key + Copy + Ord, NODES: Capacity, TOKENS: Capacity> Ring<N, NODES, TOKENS> {
    /// A ring of nodes, each with so many tokens. Of a node that is there twice, the last entry
    /// counts.
    ///
    /// Numbers of tokens are weights, and more: 1 and 2 are shares by chance. Take 100 or so for a
    /// node of mean weight.
    ///
    /// The same as to insert one after the other, and much quicker: O(T) for nodes in ascending
    /// order, and a step more for each that has to make place for one before it. While it works, it
    /// has the tokens twice.
    ///
    /// # Errors
    ///
    /// [`Full`]: the nodes, or their tokens, do not fit: `needed` is of those that do not.
    pub fn from_nodes(hash: KeyHash, nodes: &[(N, u32)]) -> Result<Self, Full> {
        let mut ring = Self::new(hash);
        for &(node, tokens) in nodes {
            let at = match ring.find(&node) {
                Ok(at) => at,
                Err(at) => ring.insert_member(at, node)?,
            };
            ring.set_count(at, tokens);
        }
        let counts = ring.counts.iter().map(|&count| wide(count));
        let total = counts.fold(0, usize::saturating_add);
        let nodes = ring.nodes.iter().zip(ring.counts.iter());
        let all = (0..u32::MAX)
            .zip(nodes)
            .map(|(owner, (node, &count))| (Series { seed: hash.point(node), owner }, count));
        ring.tokens.fill(total, all)?;
        Ok(ring)
    }

    /// How many tokens a node has; `None` where it is not on the ring. O(log n) of n nodes.
    pub fn get(&self, node: &N) -> Option<u32> {
        let at = self.find(node).ok()?;
        self.counts.get(at).copied()
    }

    /// Puts a node on the ring with so many tokens, or gives it so many: how many it had before, if
    /// it was there.
    ///
    /// With 0 tokens it is there and takes no keys. A pass over all tokens for every 64 that come
    /// or go, and O(T log T) where those are more than 4,096.
    ///
    /// # Errors
    ///
    /// [`Full`]: the node, or its tokens, do not fit. The ring is as it was.
    pub fn insert(&mut self, node: N, tokens: u32) -> Result<Option<u32>, Full> {
        let before = self.get(&node);
        let had = before.unwrap_or(0);
        self.tokens.reserve(wide(tokens.saturating_sub(had)))?;
        let at = match self.find(&node) {
            Ok(at) => at,
            Err(at) => {
                let at = self.insert_member(at, node)?;
                self.tokens.renumber(narrow(at), 1);
                at
            }
        };
        let series = Series { seed: self.hash.point(node), owner: narrow(at) };
        self.tokens.change(series, had, tokens)?;
        self.set_count(at, tokens);
        Ok(before)
    }

    /// Takes a node off the ring: how many tokens it had, if it was there. Two passes over all
    /// tokens.
    pub fn remove(&mut self, node: &N) -> Option<u32> {
        let at = self.find(node).ok()?;
        let had = self.set_count(at, 0);
        self.tokens.remove_owner(narrow(at));
        self.tokens.renumber(narrow(at), -1);
        self.nodes.remove(at);
        self.counts.remove(at);
        Some(had)
    }

    fn find(&self, node: &N) -> Result<usize, usize> {
        self.nodes.binary_search(node)
    }

    /// Inserts a node without tokens.
    fn insert_member(&mut self, at: usize, node: N) -> Result<usize, Full> {
        self.counts.reserve(1)?;
        self.nodes.insert(at, node).map_err(|(full, _)| full)?;
        self.counts.insert(at, 0).map_err(|(full, _)| full)?;
        Ok(at)
    }

    /// Notes how many tokens a member has: how many it had.
    fn set_count(&mut self, at: usize, tokens: u32) -> u32 {
        let Some(count) = self.counts.as_mut_slice().get_mut(at) else { return 0 };
        let had = mem::replace(count, tokens);
        let others = self.taking.saturating_sub(usize::from(had > 0));
        self.taking = others.saturating_add(usize::from(tokens > 0));
        had
    }

    fn owner_of(&self, token: Token) -> Option<N> {
        owner(&self.nodes, token)
    }
}

impl<N: Key + Copy + Ord, NODES: Capacity, TOKENS: Capacity> Placement for Ring<N, NODES, TOKENS> {
    type Node = N;

    fn point(&self, key: impl Key) -> u64 {
        self.hash.point(key)
    }

    fn node_count(&self) -> usize {
        self.taking
    }

    fn first_where_of_point(&self, point: u64, mut accepts: impl FnMut(N) -> bool) -> Option<N> {
        let mut nodes =
            self.tokens.clockwise_from(upper_half(point)).filter_map(|token| self.owner_of(token));
        nodes.find(|&node| accepts(node))
    }

    fn owner_of_point(&self, point: u64) -> Option<N> {
        self.tokens.clockwise_next(upper_half(point)).and_then(|token| self.owner_of(token))
    }
}

/// O(n) of n nodes: tokens follow from these.
impl<N: PartialEq, A: Capacity, B: Capacity, C: Capacity, D: Capacity> PartialEq<Ring<N, C, D>>
    for Ring<N, A, B>
{
    fn eq(&self, other: &Ring<N, C, D>) -> bool {
        self.hash == other.hash
            && self.nodes.as_slice() == other.nodes.as_slice()
            && self.counts.as_slice() == other.counts.as_slice()
    }
}

impl<N: Eq, NODES: Capacity, TOKENS: Capacity> Eq for Ring<N, NODES, TOKENS> {}

impl<N: fmt::Debug, NODES: Capacity, TOKENS: Capacity> fmt::Debug for Ring<N, NODES, TOKENS> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (nodes, counts) = (self.nodes.as_slice(), self.counts.as_slice());
        let mut all = f.debug_struct("Ring");
        all.field("hash", &self.hash).field("nodes", &nodes).field("tokens", &counts).finish()
    }
}

#[cfg(feature = "defmt")]
impl<N: defmt::Format, NODES: Capacity, TOKENS: Capacity> defmt::Format for Ring<N, NODES, TOKENS> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "{} ", self.hash);
        for (node, tokens) in self.nodes() {
            defmt::write!(f, "{}: {} ", node, tokens);
        }
    }
}

fn wide(count: u32) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}

/// The place of a member, below 2^32: so many tokens would not fit in memory.
fn narrow(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

//! A set of nodes.

use core::{
    fmt,
    ops::{BitAnd, BitOr, Sub},
};

/// A set of nodes, each a position in the host's list of nodes, from 0.
///
/// It holds up to `64 * WORDS` nodes in as many bits: 64 in one word unless `WORDS` says more. A
/// node is in it once or not at all, however often it is inserted, and there is no order of
/// arrival: that is all that the decisions of this crate look at.
///
/// `a | b`, `a & b` and `a - b` are union, intersection and difference. Every operation is
/// O(`WORDS`), unless its documentation says otherwise.
///
/// ```
/// use synod_quorum::NodeSet;
///
/// let mut acks: NodeSet = NodeSet::new();
/// assert_eq!(acks.insert(2), Ok(true));
/// assert_eq!(acks.insert(2), Ok(false)); // counted once
/// assert!(acks.insert(64).is_err()); // not a node of a set of one word
///
/// let voters = NodeSet::first(5)?; // 0, 1, 2, 3, 4
/// assert!(acks.is_subset(voters));
/// assert_eq!((voters - acks).len(), 4);
/// # Ok::<(), synod_quorum::OutOfRange>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct NodeSet<const WORDS: usize = 1> {
    /// Node `n` is bit `n % 64` of word `n / 64`.
    words: [u64; WORDS],
}

impl<const WORDS: usize> NodeSet<WORDS> {
    /// How many nodes there can be: they are numbered from 0 to `CAPACITY - 1`.
    pub const CAPACITY: usize = WORDS.saturating_mul(64);

    /// The empty set.
    #[must_use]
    pub const fn new() -> Self {
        Self { words: [0; WORDS] }
    }

    /// The nodes `0..count`.
    ///
    /// # Errors
    ///
    /// [`OutOfRange`] for more nodes than [`CAPACITY`](Self::CAPACITY).
    pub const fn first(count: usize) -> Result<Self, OutOfRange> {
        if count > Self::CAPACITY {
            return Err(OutOfRange { node: count.saturating_sub(1), capacity: Self::CAPACITY });
        }
        let mut set = Self::new();
        let mut left = count;
        let mut rest: &mut [u64] = &mut set.words;
        while let [word, tail @ ..] = rest {
            *word = if left >= 64 { u64::MAX } else { !(u64::MAX << left) };
            left = left.saturating_sub(64);
            rest = tail;
        }
        Ok(set)
    }

    /// The set of these nodes; one that is named twice is in it once. O(length).
    ///
    /// # Errors
    ///
    /// [`OutOfRange`] for a node that is not below [`CAPACITY`](Self::CAPACITY).
    pub const fn from_nodes(nodes: &[usize]) -> Result<Self, OutOfRange> {
        let mut set = Self::new();
        let mut rest = nodes;
        while let [node, tail @ ..] = rest {
            if let Err(error) = set.insert(*node) {
                return Err(error);
            }
            rest = tail;
        }
        Ok(set)
    }

    /// The set of which these are the bits: node `n` is bit `n % 64` of word `n / 64`.
    #[must_use]
    pub const fn from_words(words: [u64; WORDS]) -> Self {
        Self { words }
    }

    /// The bits of the set, as [`from_words`](Self::from_words) takes them.
    #[must_use]
    pub const fn to_words(self) -> [u64; WORDS] {
        self.words
    }

    /// Adds a node. Gives whether it was not there yet.
    ///
    /// # Errors
    ///
    /// [`OutOfRange`] for a node that is not below [`CAPACITY`](Self::CAPACITY); the set is
    /// unchanged.
    pub const fn insert(&mut self, node: usize) -> Result<bool, OutOfRange> {
        let Some((word, bit)) = self.word_mut(node) else {
            return Err(OutOfRange { node, capacity: Self::CAPACITY });
        };
        let news = *word & bit == 0;
        *word |= bit;
        Ok(news)
    }

    /// Takes a node out. Gives whether it was there.
    pub const fn remove(&mut self, node: usize) -> bool {
        let Some((word, bit)) = self.word_mut(node) else { return false };
        let found = *word & bit != 0;
        *word &= !bit;
        found
    }

    /// Whether the node is in the set; one that cannot be in it is not.
    #[must_use]
    pub const fn contains(self, node: usize) -> bool {
        let mut words: &[u64] = &self.words;
        let mut skip = node / 64;
        while let [word, tail @ ..] = words {
            if skip == 0 {
                return *word & bit(node) != 0;
            }
            skip = skip.saturating_sub(1);
            words = tail;
        }
        false
    }

    /// The number of nodes in the set.
    #[must_use]
    pub const fn len(self) -> usize {
        let mut count: usize = 0;
        let mut words: &[u64] = &self.words;
        while let [word, tail @ ..] = words {
            count = count.saturating_add(word.count_ones() as usize);
            words = tail;
        }
        count
    }

    /// Whether no node is in the set.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        let mut words: &[u64] = &self.words;
        while let [word, tail @ ..] = words {
            if *word != 0 {
                return false;
            }
            words = tail;
        }
        true
    }

    /// Whether every node of this set is in `other`.
    #[must_use]
    pub fn is_subset(self, other: Self) -> bool {
        (self - other).is_empty()
    }

    /// Whether no node is in both sets.
    #[must_use]
    pub fn is_disjoint(self, other: Self) -> bool {
        (self & other).is_empty()
    }

    /// The nodes of the set, in ascending order. O(`WORDS`) for each.
    #[must_use]
    pub const fn iter(self) -> Nodes<WORDS> {
        Nodes { rest: self }
    }

    /// The word that has the bit of a node, and the bit.
    const fn word_mut(&mut self, node: usize) -> Option<(&mut u64, u64)> {
        let mut words: &mut [u64] = &mut self.words;
        let mut skip = node / 64;
        while let [word, tail @ ..] = words {
            if skip == 0 {
                return Some((word, bit(node)));
            }
            skip = skip.saturating_sub(1);
            words = tail;
        }
        None
    }

    /// Adds a node that fits, on a condition, without a branch on it.
    pub(crate) fn insert_if(&mut self, node: usize, condition: bool) {
        if let Some((word, _)) = self.word_mut(node) {
            *word |= u64::from(condition) << (node % 64);
        }
    }

    /// Takes out the node with the lowest number.
    pub(crate) fn pop_first(&mut self) -> Option<usize> {
        let mut base = 0_usize;
        for word in &mut self.words {
            if *word != 0 {
                let node = base.saturating_add(word.trailing_zeros() as usize);
                *word &= word.wrapping_sub(1);
                return Some(node);
            }
            base = base.saturating_add(64);
        }
        None
    }

    /// Of the subsets of `of`, counted like binary numbers, the one after this one; after `of`
    /// itself comes the empty set.
    pub(crate) fn next_subset(self, of: Self) -> Self {
        let mut next = Self::new();
        let mut borrow = false;
        for ((next, word), of) in next.words.iter_mut().zip(&self.words).zip(&of.words) {
            let (difference, first) = word.overflowing_sub(*of);
            let (difference, second) = difference.overflowing_sub(u64::from(borrow));
            borrow = first || second;
            *next = difference & of;
        }
        next
    }

    fn combine(mut self, other: Self, operation: impl Fn(u64, u64) -> u64) -> Self {
        for (own, other) in self.words.iter_mut().zip(&other.words) {
            *own = operation(*own, *other);
        }
        self
    }
}

/// The bit of a node within its word.
const fn bit(node: usize) -> u64 {
    1 << (node % 64)
}

impl<const WORDS: usize> Default for NodeSet<WORDS> {
    fn default() -> Self {
        Self::new()
    }
}

/// The nodes of either set.
impl<const WORDS: usize> BitOr for NodeSet<WORDS> {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        self.combine(other, |own, other| own | other)
    }
}

/// The nodes of both sets.
impl<const WORDS: usize> BitAnd for NodeSet<WORDS> {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        self.combine(other, |own, other| own & other)
    }
}

/// The nodes of the first set that are not in the second.
impl<const WORDS: usize> Sub for NodeSet<WORDS> {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        self.combine(other, |own, other| own & !other)
    }
}

impl<const WORDS: usize> IntoIterator for NodeSet<WORDS> {
    type Item = usize;
    type IntoIter = Nodes<WORDS>;

    fn into_iter(self) -> Nodes<WORDS> {
        self.iter()
    }
}

impl<const WORDS: usize> fmt::Debug for NodeSet<WORDS> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

/// As mathematics writes it: `{0, 2, 5}`.
impl<const WORDS: usize> fmt::Display for NodeSet<WORDS> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("{")?;
        let mut nodes = self.iter();
        if let Some(first) = nodes.next() {
            write!(f, "{first}")?;
        }
        for node in nodes {
            write!(f, ", {node}")?;
        }
        f.write_str("}")
    }
}

#[cfg(feature = "defmt")]
impl<const WORDS: usize> defmt::Format for NodeSet<WORDS> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "NodeSet {=[?]:#b}", self.words.as_slice());
    }
}

/// The nodes of a [`NodeSet`], in ascending order.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Nodes<const WORDS: usize = 1> {
    rest: NodeSet<WORDS>,
}

impl<const WORDS: usize> Iterator for Nodes<WORDS> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        self.rest.pop_first()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.rest.len();
        (left, Some(left))
    }
}

impl<const WORDS: usize> ExactSizeIterator for Nodes<WORDS> {}
impl<const WORDS: usize> core::iter::FusedIterator for Nodes<WORDS> {}

/// A node that a [`NodeSet`] of this width cannot hold.
///
/// Number the nodes from 0 without gaps, or choose more `WORDS`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct OutOfRange {
    /// The node.
    pub node: usize,
    /// How many nodes there can be; the last is `capacity - 1`.
    pub capacity: usize,
}

impl fmt::Display for OutOfRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "node {} does not fit a set of {} nodes", self.node, self.capacity)
    }
}

impl core::error::Error for OutOfRange {}

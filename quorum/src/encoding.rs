//! What travels or is stored, through the public constructors and accessors alone: what decodes is
//! what could have been built here.
//!
//! Two wire forms carry all of it. A list leaves out the zeros at its end, so that sets of
//! different widths with the same nodes have the same bytes, and read each other. A count of nodes
//! is a `u64`, of which a machine refuses what it could not have counted.

use core::fmt;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, SeqAccess, Visitor},
};

use crate::{
    Coterie, Dissemination, Explicit, Flexible, Grid, GridQuorums, Joint, Majority, Masking,
    NodeSet, QuorumSystem, Quorums, ReadWrite, Threshold, Weighted,
};

/// The words of bits, lowest first, without zeros at the end.
impl<const WORDS: usize> Serialize for NodeSet<WORDS> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        trimmed(&self.to_words()).serialize(serializer)
    }
}

/// Refuses more words than fit, and a zero at the end.
impl<'de, const WORDS: usize> Deserialize<'de> for NodeSet<WORDS> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Trimmed::deserialize(deserializer).map(|Trimmed(words)| Self::from_words(words))
    }
}

/// The members. What is needed follows.
impl<const WORDS: usize> Serialize for Majority<WORDS> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.members().serialize(serializer)
    }
}

/// Refuses what [`Majority::new`] does.
impl<'de, const WORDS: usize> Deserialize<'de> for Majority<WORDS> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(NodeSet::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

/// The members, then how many are needed.
impl<const WORDS: usize> Serialize for Threshold<WORDS> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.members(), Count(self.needed())).serialize(serializer)
    }
}

/// Refuses what [`Threshold::new`] does.
impl<'de, const WORDS: usize> Deserialize<'de> for Threshold<WORDS> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (members, Count(needed)) = Deserialize::deserialize(deserializer)?;
        Self::new(members, needed).map_err(D::Error::custom)
    }
}

/// The weights by position, without zeros at the end, then the weight that is needed.
impl<const N: usize, const WORDS: usize> Serialize for Weighted<N, WORDS> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (trimmed(self.weights()), self.needed()).serialize(serializer)
    }
}

/// Refuses more weights than fit, a zero at the end, and what [`Weighted::new`] does.
impl<'de, const N: usize, const WORDS: usize> Deserialize<'de> for Weighted<N, WORDS> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (Trimmed(weights), needed) = Deserialize::deserialize(deserializer)?;
        Self::new(weights, needed).map_err(D::Error::custom)
    }
}

/// The listed sets, in their order.
impl<const K: usize, const WORDS: usize> Serialize for Explicit<K, WORDS> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.quorums().serialize(serializer)
    }
}

/// Refuses more sets than fit, and what [`Explicit::new`] does.
impl<'de, const K: usize, const WORDS: usize> Deserialize<'de> for Explicit<K, WORDS> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let quorums = UpTo::<NodeSet<WORDS>, K>::deserialize(deserializer)?;
        Self::new(quorums.as_slice()).map_err(D::Error::custom)
    }
}

/// The number of rows, then that of columns.
impl<const WORDS: usize> Serialize for Grid<WORDS> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (Count(self.rows()), Count(self.columns())).serialize(serializer)
    }
}

/// Refuses what [`Grid::new`] does.
impl<'de, const WORDS: usize> Deserialize<'de> for Grid<WORDS> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (Count(rows), Count(columns)) = Deserialize::deserialize(deserializer)?;
        Self::new(rows, columns).map_err(D::Error::custom)
    }
}

/// The grid, then the rule.
impl<const WORDS: usize> Serialize for GridQuorums<WORDS> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.grid(), self.rule()).serialize(serializer)
    }
}

impl<'de, const WORDS: usize> Deserialize<'de> for GridQuorums<WORDS> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (grid, rule) = <(Grid<WORDS>, _)>::deserialize(deserializer)?;
        Ok(grid.quorums(rule))
    }
}

/// The members, then how many of them may lie.
impl<const WORDS: usize> Serialize for Dissemination<WORDS> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.members(), Count(self.b())).serialize(serializer)
    }
}

/// Refuses what [`Dissemination::new`] does.
impl<'de, const WORDS: usize> Deserialize<'de> for Dissemination<WORDS> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (members, Count(b)) = Deserialize::deserialize(deserializer)?;
        Self::new(members, b).map_err(D::Error::custom)
    }
}

/// The members, then how many of them may lie.
impl<const WORDS: usize> Serialize for Masking<WORDS> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.members(), Count(self.b())).serialize(serializer)
    }
}

/// Refuses what [`Masking::new`] does.
impl<'de, const WORDS: usize> Deserialize<'de> for Masking<WORDS> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (members, Count(b)) = Deserialize::deserialize(deserializer)?;
        Self::new(members, b).map_err(D::Error::custom)
    }
}

/// The family alone.
impl<F: Serialize, const WORDS: usize> Serialize for Coterie<F, WORDS> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.family().serialize(serializer)
    }
}

/// Proves anew that the quorums meet, and refuses what [`Coterie::new`] does, at the same cost:
/// of families that can only be searched, bytes of a stranger can demand the whole search.
impl<'de, F, const WORDS: usize> Deserialize<'de> for Coterie<F, WORDS>
where
    F: Quorums<WORDS> + Deserialize<'de>,
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(F::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

/// The family of phase 1, then that of phase 2.
impl<A: Serialize, B: Serialize, const WORDS: usize> Serialize for Flexible<A, B, WORDS> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.phase1(), self.phase2()).serialize(serializer)
    }
}

/// Proves anew that the quorums meet, and refuses what [`Flexible::new`] does, at the same cost:
/// of families that can only be searched, bytes of a stranger can demand the whole search.
impl<'de, A, B, const WORDS: usize> Deserialize<'de> for Flexible<A, B, WORDS>
where
    A: Quorums<WORDS> + Deserialize<'de>,
    B: Quorums<WORDS> + Deserialize<'de>,
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (phase1, phase2) = Deserialize::deserialize(deserializer)?;
        Self::new(phase1, phase2).map_err(D::Error::custom)
    }
}

/// The family of reads, then that of writes.
impl<R: Serialize, W: Serialize, const WORDS: usize> Serialize for ReadWrite<R, W, WORDS> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.read(), self.write()).serialize(serializer)
    }
}

/// Proves anew that the quorums meet, and refuses what [`ReadWrite::new`] does, at the same cost:
/// of families that can only be searched, bytes of a stranger can demand the whole search.
impl<'de, R, W, const WORDS: usize> Deserialize<'de> for ReadWrite<R, W, WORDS>
where
    R: Quorums<WORDS> + Deserialize<'de>,
    W: Quorums<WORDS> + Deserialize<'de>,
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (read, write) = Deserialize::deserialize(deserializer)?;
        Self::new(read, write).map_err(D::Error::custom)
    }
}

/// The outgoing half, then the incoming.
impl<A: Serialize, B: Serialize, const WORDS: usize> Serialize for Joint<A, B, WORDS> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.outgoing(), self.incoming()).serialize(serializer)
    }
}

/// Of two systems, as [`Joint::new`] is: what each half refuses is refused.
impl<'de, A, B, const WORDS: usize> Deserialize<'de> for Joint<A, B, WORDS>
where
    A: QuorumSystem<WORDS> + Deserialize<'de>,
    B: QuorumSystem<WORDS> + Deserialize<'de>,
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (outgoing, incoming) = Deserialize::deserialize(deserializer)?;
        Ok(Self::new(outgoing, incoming))
    }
}

/// A number of nodes, as a `u64` whatever the machine.
struct Count(usize);

impl Serialize for Count {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // No machine has a wider `usize`.
        serializer.serialize_u64(self.0 as u64)
    }
}

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let count = u64::deserialize(deserializer)?;
        usize::try_from(count).map(Self).map_err(D::Error::custom)
    }
}

/// What is left of a list without the zeros at its end.
fn trimmed<T: Default + PartialEq>(mut list: &[T]) -> &[T] {
    while let [rest @ .., last] = list {
        if *last != T::default() {
            break;
        }
        list = rest;
    }
    list
}

/// A list that was [`trimmed`], filled up with zeros again.
struct Trimmed<T, const N: usize>([T; N]);

impl<'de, T, const N: usize> Deserialize<'de> for Trimmed<T, N>
where
    T: Copy + Default + PartialEq + Deserialize<'de>,
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let list = UpTo::<T, N>::deserialize(deserializer)?;
        if list.as_slice().last() == Some(&T::default()) {
            return Err(D::Error::custom("a list that ends in zero"));
        }
        Ok(Self(list.slots))
    }
}

/// A list of up to `N`.
struct UpTo<T, const N: usize> {
    slots: [T; N],
    count: usize,
}

impl<T, const N: usize> UpTo<T, N> {
    fn as_slice(&self) -> &[T] {
        self.slots.get(..self.count).unwrap_or(&[])
    }
}

impl<'de, T: Copy + Default + Deserialize<'de>, const N: usize> Deserialize<'de> for UpTo<T, N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(UpTo { slots: [T::default(); N], count: 0 })
    }
}

impl<'de, T: Deserialize<'de>, const N: usize> Visitor<'de> for UpTo<T, N> {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a list of at most {N}")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut elements: A) -> Result<Self, A::Error> {
        while let Some(element) = elements.next_element()? {
            let next = self.count.saturating_add(1);
            let Some(slot) = self.slots.get_mut(self.count) else {
                return Err(A::Error::invalid_length(next, &self));
            };
            *slot = element;
            self.count = next;
        }
        Ok(self)
    }
}

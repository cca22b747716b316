//! A map on the wire: its length, then its pairs in order. The capacity is not part of it.

use core::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, SeqAccess, Visitor},
    ser::SerializeSeq,
};

use crate::{Capacity, Map};

impl<K: Serialize, V: Serialize, C: Capacity> Serialize for Map<K, V, C> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut pairs = serializer.serialize_seq(Some(self.len()))?;
        for pair in self {
            pairs.serialize_element(&pair)?;
        }
        pairs.end()
    }
}

impl<'de, K, V, C> Deserialize<'de> for Map<K, V, C>
where
    K: Deserialize<'de> + Ord + Clone,
    V: Deserialize<'de>,
    C: Capacity,
{
    /// Refuses keys that do not ascend, and more pairs than fit. A length that the input claims is
    /// never allocated for: room grows with the pairs that are really there.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(Ascending(PhantomData))
    }
}

struct Ascending<K, V, C>(PhantomData<(K, V, C)>);

impl<'de, K, V, C> Visitor<'de> for Ascending<K, V, C>
where
    K: Deserialize<'de> + Ord + Clone,
    V: Deserialize<'de>,
    C: Capacity,
{
    type Value = Map<K, V, C>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("pairs in ascending order of their keys, which fit the capacity")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut pairs: A) -> Result<Self::Value, A::Error> {
        let mut map = Map::new();
        while let Some((key, value)) = pairs.next_element()? {
            if map.last().is_some_and(|(last, _)| *last >= key) {
                return Err(A::Error::custom("the keys do not ascend"));
            }
            map.insert(key, value).map_err(|(full, _)| A::Error::custom(full))?;
        }
        Ok(map)
    }
}

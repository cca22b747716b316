//! A list on the wire: its length, then its elements. The capacity is not part of it.

use core::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, SeqAccess, Visitor},
};

use crate::{Capacity, List};

impl<T: Serialize, C: Capacity> Serialize for List<T, C> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.as_slice().serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>, C: Capacity> Deserialize<'de> for List<T, C> {
    /// Refuses more elements than fit. A length that the input claims is never allocated for:
    /// room grows with the elements that are really there. (Elements that take no bytes, such as
    /// `()`, are as many as the input claims; with `Heap` that can be too many to wait for.)
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(Elements(PhantomData))
    }
}

struct Elements<T, C>(PhantomData<(T, C)>);

impl<'de, T: Deserialize<'de>, C: Capacity> Visitor<'de> for Elements<T, C> {
    type Value = List<T, C>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list that fits its capacity")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Self::Value, A::Error> {
        let mut list = List::new();
        while let Some(element) = elements.next_element()? {
            list.push(element).map_err(|(full, _)| A::Error::custom(full))?;
        }
        Ok(list)
    }
}

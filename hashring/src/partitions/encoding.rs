//! A table of partitions on the wire: what decodes is what could have been built here.
//!
//! Neighbours that are on the same nodes are written once, with how many they are: the slots of a
//! Redis Cluster take a few bytes for each range.

use core::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{DeserializeSeed, Error, SeqAccess, Visitor},
    ser::SerializeSeq,
};
use synod_capacity::{Capacity, List};

use crate::partitions::Partitions;
use crate::partitions::partitioning::Partitioning;
use crate::partitions::table::{NOBODY, Table};

/// How keys fall into partitions; the number of copies; the nodes in ascending order, each with its
/// weight; then one sequence of numbers, in which each run of partitions that are on the same nodes
/// is how many they are, and for each copy the place of its node among the nodes, from 1 on, or 0
/// for nobody.
impl<N: Serialize, NODES: Capacity, TABLE: Capacity> Serialize for Partitions<N, NODES, TABLE> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let table = Runs(self.table());
        (self.partitioning(), self.copies(), Nodes(self), table).serialize(serializer)
    }
}

struct Nodes<'a, N, NODES: Capacity, TABLE: Capacity>(&'a Partitions<N, NODES, TABLE>);

impl<N: Serialize, NODES: Capacity, TABLE: Capacity> Serialize for Nodes<'_, N, NODES, TABLE> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.nodes())
    }
}

struct Runs<'a, C: Capacity>(&'a Table<C>);

impl<'a, C: Capacity> Runs<'a, C> {
    /// Calls `each` with the length of each run and its row, until it fails.
    fn try_each<E>(&self, mut each: impl FnMut(u16, &'a [u16]) -> Result<(), E>) -> Result<(), E> {
        let mut run = (0_u16, &[][..]);
        for row in (0..self.0.rows()).map(|row| self.0.row(row)) {
            match run {
                (length @ 1.., same) if same == row => run = (length.saturating_add(1), row),
                (0, _) => run = (1, row),
                (length, other) => {
                    each(length, other)?;
                    run = (1, row);
                }
            }
        }
        if run.0 > 0 { each(run.0, run.1) } else { Ok(()) }
    }
}

impl<C: Capacity> Serialize for Runs<'_, C> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut numbers = 0_usize;
        let numbers_of_run = usize::from(self.0.copies()).saturating_add(1);
        self.try_each(|_, _| {
            numbers = numbers.saturating_add(numbers_of_run);
            Ok(())
        })?;
        let mut sequence = serializer.serialize_seq(Some(numbers))?;
        self.try_each(|length, row| {
            sequence.serialize_element(&length)?;
            // Nobody is the greatest number, and becomes 0.
            row.iter().try_for_each(|place| sequence.serialize_element(&place.wrapping_add(1)))
        })?;
        sequence.end()
    }
}

/// Refuses what does not fit, nodes that are not in ascending order, runs that do not end with the
/// last partition or could have been one, and copies that are not on different nodes or follow
/// nobody's.
impl<'de, N, NODES: Capacity, TABLE: Capacity> Deserialize<'de> for Partitions<N, NODES, TABLE>
where
    N: Copy + Ord + Deserialize<'de>,
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_tuple(4, Parts(PhantomData))
    }
}

struct Parts<N, NODES, TABLE>(PhantomData<(N, NODES, TABLE)>);

impl<'de, N, NODES: Capacity, TABLE: Capacity> Visitor<'de> for Parts<N, NODES, TABLE>
where
    N: Copy + Ord + Deserialize<'de>,
{
    type Value = Partitions<N, NODES, TABLE>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a table of partitions")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Self::Value, A::Error> {
        let missing = || A::Error::custom("less than a table");
        let partitioning: Partitioning = parts.next_element()?.ok_or_else(missing)?;
        let copies: u8 = parts.next_element()?.ok_or_else(missing)?;
        let nodes: List<(N, u32), NODES> = parts.next_element()?.ok_or_else(missing)?;
        let most = u16::try_from(nodes.len()).map_err(A::Error::custom)?;
        if !nodes.is_sorted_by(|(node, _), (next, _)| node < next) {
            return Err(A::Error::custom("nodes that are not in ascending order"));
        }
        let mut partitions = Partitions::new(partitioning, copies).map_err(A::Error::custom)?;
        let mut table = partitions.table().duplicate().map_err(A::Error::custom)?;
        parts.next_element_seed(Rows { table: &mut table, nodes: most })?.ok_or_else(missing)?;
        for (node, weight) in nodes {
            partitions.push(node, weight).map_err(A::Error::custom)?;
        }
        partitions.set_table(table);
        Ok(partitions)
    }
}

/// Fills a table of nobody's.
struct Rows<'a, C: Capacity> {
    table: &'a mut Table<C>,
    nodes: u16,
}

impl<'de, C: Capacity> DeserializeSeed<'de> for Rows<'_, C> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de, C: Capacity> Visitor<'de> for Rows<'_, C> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("runs of partitions")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut numbers: A) -> Result<(), A::Error> {
        let mut next = 0_u16;
        while let Some(length) = numbers.next_element::<u16>()? {
            let end = next.checked_add(length).filter(|end| *end <= self.table.rows());
            let end = end.filter(|end| *end > next);
            let end = end.ok_or_else(|| A::Error::custom("a run of no or too many partitions"))?;
            let mut row = [NOBODY; u8::MAX as usize];
            let row = row.get_mut(..self.table.copies().into()).unwrap_or(&mut []);
            for place in row.iter_mut() {
                let number: Option<u16> = numbers.next_element()?;
                let number = number.filter(|number| *number <= self.nodes);
                let number = number.ok_or_else(|| A::Error::custom("no such node"))?;
                // 0 becomes the greatest number, which is nobody.
                *place = number.wrapping_sub(1);
            }
            if !is_row(row) || next.checked_sub(1).is_some_and(|last| self.table.row(last) == row) {
                return Err(A::Error::custom("a row that no table has there"));
            }
            for partition in next..end {
                for (entry, place) in self.table.row_mut(partition).iter_mut().zip(row.iter()) {
                    *entry = *place;
                }
            }
            next = end;
        }
        if next == self.table.rows() {
            Ok(())
        } else {
            Err(A::Error::custom("fewer partitions than there are"))
        }
    }
}

/// Whether all that are somebody are different, and nobody comes last.
fn is_row(row: &[u16]) -> bool {
    let mut rest = row;
    while let [place, others @ ..] = rest {
        let is_wrong = |other: &u16| match *place {
            NOBODY => *other != NOBODY,
            place => *other == place,
        };
        if others.iter().any(is_wrong) {
            return false;
        }
        rest = others;
    }
    true
}

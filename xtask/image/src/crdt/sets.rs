//! Reading and changing sets.

use synod_crdt::{
    AwSet, Causal, Ceiling, Delta, GSet, HybridStamp, Inline, LwwSet, Refused, RwSet,
    WideHybridStamp, WriteError,
};

use crate::dropped::Dropped;

type State<T> = Causal<u16, T, Inline<8>, Inline<16>>;
type Tags = State<AwSet<u16>>;
type Owned = State<AwSet<Dropped>>;
type Allowed = State<RwSet<u16>>;
type Online = State<LwwSet<u16>>;
type Visited = State<GSet<u16>>;

type Inserted<'a, S> = Result<Delta<'a, S>, Refused<u16>>;

operations! {
    "Reader::contains (AwSet)" => fn(set: &Tags, element: u16) -> bool {
        set.read().contains(&element)
    }
    "Reader::contains (RwSet)" => fn(set: &Allowed, element: u16) -> bool {
        set.read().contains(&element)
    }
    "Reader::contains (LwwSet)" => fn(set: &Online, element: u16) -> bool {
        set.read().contains(&element)
    }
    "Reader::contains (GSet)" => fn(set: &Visited, element: u16) -> bool {
        set.read().contains(&element)
    }
    "Reader::stamp (LwwSet)" => fn(set: &Online, element: u16) -> Option<WideHybridStamp<u16>> {
        set.read().stamp(&element)
    }
    "Reader::latest_stamp (LwwSet)" => fn(set: &Online) -> Option<HybridStamp> {
        set.read().latest_stamp()
    }
    "Reader::iter (AwSet)" => fn(set: &Tags) -> u16 {
        set.read().iter().fold(0, |sum, element| sum ^ element)
    }
    "Reader::iter (RwSet)" => fn(set: &Allowed) -> u16 {
        set.read().iter().fold(0, |sum, element| sum ^ element)
    }
    "Reader::iter (LwwSet)" => fn(set: &Online) -> u16 {
        set.read().iter().fold(0, |sum, element| sum ^ element)
    }
    "Reader::iter (GSet)" => fn(set: &Visited) -> u16 {
        set.read().iter().fold(0, |sum, element| sum ^ element)
    }
    "Reader::len (AwSet)" => fn(set: &Tags) -> usize {
        set.read().len()
    }
    "Reader::len (RwSet)" => fn(set: &Allowed) -> usize {
        set.read().len()
    }
    "Reader::len (LwwSet)" => fn(set: &Online) -> usize {
        set.read().len()
    }
    "Reader::len (GSet)" => fn(set: &Visited) -> usize {
        set.read().len()
    }
    "Reader::is_empty (AwSet)" => fn(set: &Tags) -> bool {
        set.read().is_empty()
    }
    "Reader::is_empty (RwSet)" => fn(set: &Allowed) -> bool {
        set.read().is_empty()
    }
    "Reader::is_empty (LwwSet)" => fn(set: &Online) -> bool {
        set.read().is_empty()
    }
    "Writer::insert (AwSet)" => fn(set: &mut Tags, me: u16, element: u16) -> Inserted<'_, Tags> {
        set.write(me).insert(element)
    }
    "Writer::insert (dropping)" => fn(
        set: &mut Owned, me: u16, element: Dropped
    ) -> Result<Delta<'_, Owned>, Refused<Dropped>> {
        set.write(me).insert(element)
    }
    "Writer::insert (RwSet)" => fn(
        set: &mut Allowed, me: u16, element: u16
    ) -> Inserted<'_, Allowed> {
        set.write(me).insert(element)
    }
    "Writer::insert (LwwSet)" => fn(
        set: &mut Online, me: u16, stamp: HybridStamp, element: u16
    ) -> Inserted<'_, Online> {
        set.write(me).insert(stamp, element)
    }
    "Writer::insert (GSet)" => fn(
        set: &mut Visited, me: u16, element: u16
    ) -> Inserted<'_, Visited> {
        set.write(me).insert(element)
    }
    "Writer::remove (AwSet)" => fn(
        set: &mut Tags, me: u16, element: u16
    ) -> Result<Delta<'_, Tags>, WriteError> {
        set.write(me).remove(&element)
    }
    "Writer::remove (dropping)" => fn(set: &mut Owned, me: u16, element: Dropped) -> bool {
        set.write(me).remove(&element).is_ok()
    }
    "Writer::remove (RwSet)" => fn(
        set: &mut Allowed, me: u16, element: u16
    ) -> Inserted<'_, Allowed> {
        set.write(me).remove(element)
    }
    "Writer::remove (LwwSet)" => fn(
        set: &mut Online, me: u16, stamp: HybridStamp, element: u16
    ) -> Inserted<'_, Online> {
        set.write(me).remove(stamp, element)
    }
    "Writer::reset (AwSet)" => fn(set: &mut Tags, me: u16) -> Result<Delta<'_, Tags>, WriteError> {
        set.write(me).reset()
    }
    "Writer::reset (LwwSet)" => fn(
        set: &mut Online, me: u16
    ) -> Result<Delta<'_, Online>, WriteError> {
        set.write(me).reset()
    }
    "Writer::under" => fn(
        set: &mut Tags, me: u16, ceiling: Ceiling, element: u16
    ) -> Inserted<'_, Tags> {
        set.write(me).under(&ceiling).insert(element)
    }
}

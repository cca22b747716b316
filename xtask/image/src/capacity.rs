//! `synod-capacity`.

use core::{
    cmp::Ordering,
    fmt::{self, Write},
    hash::{Hash, Hasher},
    hint::black_box,
    slice,
};

use synod_capacity::{Full, Index, Inline, IntoIter, Iter, List, Map};

use crate::{
    dropped::Dropped,
    text::Buffer,
    wire::{decode, encode},
};

type Numbers = List<u32, Inline<8>>;
type Bytes = List<u8, Inline<5>>;
type Owned = List<Dropped, Inline<4>>;
/// Keys of which a comparison takes two steps.
type Key = (u16, u32);
type Pairs = Map<Key, u32, Inline<8>>;
type OwnedPairs = Map<u32, Dropped, Inline<4>>;
type Keys = Index<Key, Inline<8>>;

operations! {
    "List::new" => fn() -> Numbers {
        List::new()
    }
    "List::capacity" => fn(list: &Numbers) -> usize {
        list.capacity()
    }
    "List::as_slice" => fn(list: &Numbers) -> &[u32] {
        list.as_slice()
    }
    "List::as_mut_slice" => fn(list: &mut Numbers) -> &mut [u32] {
        list.as_mut_slice()
    }
    "List::reserve" => fn(list: &mut Numbers, additional: usize) -> Result<(), Full> {
        list.reserve(additional)
    }
    "List::push" => fn(list: &mut Numbers, value: u32) -> Result<(), (Full, u32)> {
        list.push(value)
    }
    "List::push (dropping)" => fn(list: &mut Owned, value: Dropped) -> Result<(), (Full, Dropped)> {
        list.push(value)
    }
    "List::pop" => fn(list: &mut Numbers) -> Option<u32> {
        list.pop()
    }
    "List::insert" => fn(list: &mut Numbers, index: usize, value: u32) -> Result<(), (Full, u32)> {
        list.insert(index, value)
    }
    "List::insert (dropping)" => fn(
        list: &mut Owned, index: usize, value: Dropped
    ) -> Result<(), (Full, Dropped)> {
        list.insert(index, value)
    }
    "List::remove" => fn(list: &mut Numbers, index: usize) -> Option<u32> {
        list.remove(index)
    }
    "List::remove (dropping)" => fn(list: &mut Owned, index: usize) -> Option<Dropped> {
        list.remove(index)
    }
    "List::swap_remove" => fn(list: &mut Numbers, index: usize) -> Option<u32> {
        list.swap_remove(index)
    }
    "List::truncate" => fn(list: &mut Numbers, len: usize) {
        list.truncate(len);
    }
    "List::truncate (dropping)" => fn(list: &mut Owned, len: usize) {
        list.truncate(len);
    }
    "List::clear" => fn(list: &mut Numbers) {
        list.clear();
    }
    "List::clear (dropping)" => fn(list: &mut Owned) {
        list.clear();
    }
    "List::retain" => fn(list: &mut Numbers, keep: fn(&u32) -> bool) {
        list.retain(keep);
    }
    "List::retain (dropping)" => fn(list: &mut Owned, limit: u32) {
        list.retain(|element| element.0 < limit);
    }
    "List::from_slice" => fn(elements: &[u32]) -> Result<Numbers, Full> {
        List::from_slice(elements)
    }
    "List::extend_from_slice" => fn(list: &mut Numbers, elements: &[u32]) -> Result<(), Full> {
        list.extend_from_slice(elements)
    }
    "List::extend_from_slice (bytes)" => fn(list: &mut Bytes, elements: &[u8]) -> Result<(), Full> {
        list.extend_from_slice(elements)
    }
    "List::resize" => fn(list: &mut Numbers, len: usize, filler: &u32) -> Result<(), Full> {
        list.resize(len, filler)
    }
    "List::resize (dropping)" => fn(list: &mut Owned, len: usize, filler: &Dropped) -> Result<(), Full> {
        list.resize(len, filler)
    }
    "List as Default" => fn() -> Numbers {
        List::default()
    }
    "List as Clone" => fn(list: &Numbers) -> Numbers {
        list.clone()
    }
    "List as Clone (dropping)" => fn(list: &Owned) -> Owned {
        list.clone()
    }
    "List as Deref" => fn(list: &Numbers) -> &[u32] {
        list
    }
    "List as DerefMut" => fn(list: &mut Numbers) -> &mut [u32] {
        list
    }
    "List as PartialEq<List>" => fn(a: &Numbers, b: &List<u32, Inline<3>>) -> bool {
        a == b
    }
    "List as PartialEq<array>" => fn(a: &Numbers, b: &[u32; 3]) -> bool {
        a == b
    }
    "List as PartialOrd<List>" => fn(a: &Numbers, b: &List<u32, Inline<3>>) -> Option<Ordering> {
        a.partial_cmp(b)
    }
    "List as Ord" => fn(a: &Numbers, b: &Numbers) -> Ordering {
        a.cmp(b)
    }
    "List as Hash" => fn(list: &Numbers, hasher: &mut &mut dyn Hasher) {
        list.hash(hasher);
    }
    "&List as IntoIterator" => fn(list: &Numbers) -> slice::Iter<'_, u32> {
        list.into_iter()
    }
    "&mut List as IntoIterator" => fn(list: &mut Numbers) -> slice::IterMut<'_, u32> {
        list.into_iter()
    }
    "List as IntoIterator" => fn(list: Numbers) -> IntoIter<u32, Inline<8>> {
        list.into_iter()
    }
    "List as IntoIterator (dropping)" => fn(list: Owned, limit: u32) -> usize {
        let mut passed = 0_usize;
        for element in list {
            if element.0 < limit {
                passed = passed.saturating_add(1);
            } else {
                break;
            }
        }
        passed
    }
    "IntoIter as Iterator" => fn(
        elements: &mut IntoIter<u32, Inline<8>>
    ) -> (Option<u32>, (usize, Option<usize>)) {
        (elements.next(), elements.size_hint())
    }
    "IntoIter as DoubleEndedIterator" => fn(elements: &mut IntoIter<u32, Inline<8>>) -> Option<u32> {
        elements.next_back()
    }
    "List as Serialize" => fn(list: &Numbers, buffer: &mut [u8]) -> Option<usize> {
        encode(list, buffer)
    }
    "List as Deserialize" => fn(bytes: &[u8]) -> Option<Numbers> {
        decode(bytes)
    }
    "List as Deserialize (bytes)" => fn(bytes: &[u8]) -> Option<Bytes> {
        decode(bytes)
    }
    "Map::new" => fn() -> Pairs {
        Map::new()
    }
    "Map::len" => fn(map: &Pairs) -> usize {
        map.len()
    }
    "Map::is_empty" => fn(map: &Pairs) -> bool {
        map.is_empty()
    }
    "Map::capacity" => fn(map: &Pairs) -> usize {
        map.capacity()
    }
    "Map::get" => fn(map: &Pairs, key: &Key) -> Option<u32> {
        map.get(key).copied()
    }
    "Map::get_mut" => fn(map: &mut Pairs, key: &Key, value: u32) {
        if let Some(own) = map.get_mut(key) {
            *own = value;
        }
    }
    "Map::contains_key" => fn(map: &Pairs, key: &Key) -> bool {
        map.contains_key(key)
    }
    "Map::insert" => fn(
        map: &mut Pairs, key: Key, value: u32
    ) -> Result<Option<u32>, (Full, (Key, u32))> {
        map.insert(key, value)
    }
    "Map::insert (dropping)" => fn(
        map: &mut OwnedPairs, key: u32, value: Dropped
    ) -> Result<Option<Dropped>, (Full, (u32, Dropped))> {
        map.insert(key, value)
    }
    "Map::remove" => fn(map: &mut Pairs, key: &Key) -> Option<u32> {
        map.remove(key)
    }
    "Map::remove (dropping)" => fn(map: &mut OwnedPairs, key: &u32) -> Option<Dropped> {
        map.remove(key)
    }
    "Map::reserve" => fn(map: &mut Pairs, additional: usize) -> Result<(), Full> {
        map.reserve(additional)
    }
    "Map::clear" => fn(map: &mut Pairs) {
        map.clear();
    }
    "Map::clear (dropping)" => fn(map: &mut OwnedPairs) {
        map.clear();
    }
    "Map::iter" => fn(map: &Pairs) -> Iter<'_, Key, u32, Inline<8>> {
        map.iter()
    }
    "Map::iter_from" => fn(
        map: &Pairs, before: fn(&Key) -> bool
    ) -> Iter<'_, Key, u32, Inline<8>> {
        map.iter_from(before)
    }
    "Map::last" => fn(map: &Pairs) -> Option<(&Key, &u32)> {
        map.last()
    }
    "Map as Default" => fn() -> Pairs {
        Map::default()
    }
    "Map as Clone" => fn(map: &Pairs) -> Pairs {
        map.clone()
    }
    "Map as Clone (dropping)" => fn(map: &OwnedPairs) -> OwnedPairs {
        map.clone()
    }
    "Map as PartialEq<Map>" => fn(a: &Pairs, b: &Map<Key, u32, Inline<3>>) -> bool {
        a == b
    }
    "Map as Hash" => fn(map: &Pairs, hasher: &mut &mut dyn Hasher) {
        map.hash(hasher);
    }
    "&Map as IntoIterator" => fn(map: &Pairs) -> Iter<'_, Key, u32, Inline<8>> {
        map.into_iter()
    }
    "Iter as Clone" => fn(
        pairs: &Iter<'static, Key, u32, Inline<8>>
    ) -> Iter<'static, Key, u32, Inline<8>> {
        pairs.clone()
    }
    "Iter as Iterator" => fn(
        pairs: &mut Iter<'static, Key, u32, Inline<8>>
    ) -> (Option<(&'static Key, &'static u32)>, usize) {
        (pairs.next(), pairs.size_hint().0)
    }
    "Map as Serialize" => fn(map: &Pairs, buffer: &mut [u8]) -> Option<usize> {
        encode(map, buffer)
    }
    "Map as Deserialize" => fn(bytes: &[u8]) -> Option<Pairs> {
        decode(bytes)
    }
    "Index::new" => fn() -> Keys {
        Index::new()
    }
    "Index::insert" => fn(index: &mut Keys, key: Key) -> Result<(), Full> {
        index.insert(key)
    }
    "Index::extend" => fn(index: &mut Keys, keys: &[Key]) -> Result<(), Full> {
        index.extend(keys.iter().copied())
    }
    "Index::remove" => fn(index: &mut Keys, key: &Key) {
        index.remove(key);
    }
    "Index::reserve" => fn(index: &mut Keys, additional: usize) -> Result<(), Full> {
        index.reserve(additional)
    }
    "Index::iter_from" => fn(index: &Keys, before: fn(&Key) -> bool) -> Option<&Key> {
        index.iter_from(before).next()
    }
    "Index::clear" => fn(index: &mut Keys) {
        index.clear();
    }
    "Index as Default" => fn() -> Keys {
        Index::default()
    }
    "Index as Clone" => fn(index: &Keys) -> Keys {
        index.clone()
    }
    "Full as Display" => fn(full: &Full, buffer: &mut Buffer) -> fmt::Result {
        write!(buffer, "{full}")
    }
}

configurations! {
    "list of 8 u32: push, insert, remove, read" => fn(
        list: &mut Numbers, index: usize, value: u32
    ) -> Option<u32> {
        let _ = black_box(list.push(value));
        let _ = black_box(list.insert(index, value));
        let _ = black_box(list.remove(index));
        list.get(index).copied()
    }
    "list of 8 u32: every operation but encoding" => fn(
        list: &mut Numbers, other: &Numbers, index: usize, value: u32
    ) -> Option<u32> {
        let _ = black_box(list.push(value));
        let _ = black_box(list.pop());
        let _ = black_box(list.insert(index, value));
        let _ = black_box(list.remove(index));
        let _ = black_box(list.swap_remove(index));
        let _ = black_box(list.extend_from_slice(other));
        let _ = black_box(list.resize(index, &value));
        let _ = black_box((*list).cmp(other));
        list.retain(|element| *element < value);
        list.clone().into_iter().next_back()
    }
    "list of 8 u32: postcard, both ways" => fn(
        list: &mut Numbers, input: &[u8], output: &mut [u8]
    ) -> Option<usize> {
        *list = decode(input)?;
        encode(list, output)
    }
    "map of 8 (u16, u32) to u32: insert, remove, find, iterate" => fn(
        map: &mut Pairs, key: Key, value: u32
    ) -> u32 {
        let _ = black_box(map.insert(key, value));
        let _ = black_box(map.remove(&key));
        let _ = black_box(map.get(&key));
        let from = map.iter_from(|(first, _)| *first < key.0);
        from.fold(0, |all, (_, value)| all ^ *value)
    }
    "map of 8 (u16, u32) to u32: postcard, both ways" => fn(
        map: &mut Pairs, input: &[u8], output: &mut [u8]
    ) -> Option<usize> {
        *map = decode(input)?;
        encode(map, output)
    }
}

sizes! {
    "Full" => Full,
    "Map<u32, u32, Inline<8>>" => Map<u32, u32, Inline<8>>,
    "Index<u32, Inline<8>>" => Index<u32, Inline<8>>,
    "List<u8, Inline<8>>" => List<u8, Inline<8>>,
    "List<u32, Inline<8>>" => Numbers,
    "List<u64, Inline<8>>" => List<u64, Inline<8>>,
}

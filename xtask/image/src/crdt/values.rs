//! Reading and changing registers, flags, counters and maps.

use synod_crdt::{
    AwSet, Causal, CausalMap, Delta, DwFlag, EwFlag, GCounter, HybridStamp, Inline, LwwRegister,
    MvRegister, PnCounter, Refused, WideHybridStamp, WriteError,
};

type State<T> = Causal<u16, T, Inline<8>, Inline<16>>;
type Name = State<MvRegister<u16>>;
type Setting = State<LwwRegister<u16>>;
type Alarm = State<EwFlag>;
type Motor = State<DwFlag>;
type Stock = State<PnCounter>;
type Visitors = Causal<u16, GCounter, Inline<8>, Inline<0>>;
type Rooms = State<CausalMap<u8, AwSet<u16>>>;
type Shelves = State<CausalMap<u8, CausalMap<u8, PnCounter>>>;
type Settings = State<CausalMap<u8, LwwRegister<u16>>>;

type Written<'a, S> = Result<Delta<'a, S>, WriteError>;

operations! {
    "Reader::values" => fn(register: &Name) -> u16 {
        register.read().values().fold(0, |sum, value| sum ^ value)
    }
    "Writer::set (MvRegister)" => fn(
        register: &mut Name, me: u16, value: u16
    ) -> Result<Delta<'_, Name>, Refused<u16>> {
        register.write(me).set(value)
    }
    "Reader::get" => fn(register: &Setting) -> Option<&u16> {
        register.read().get()
    }
    "Reader::stamp (LwwRegister)" => fn(register: &Setting) -> Option<WideHybridStamp<u16>> {
        register.read().stamp()
    }
    "Reader::latest_stamp (LwwRegister)" => fn(register: &Setting) -> Option<HybridStamp> {
        register.read().latest_stamp()
    }
    "Writer::set (LwwRegister)" => fn(
        register: &mut Setting, me: u16, stamp: HybridStamp, value: u16
    ) -> Result<Delta<'_, Setting>, Refused<u16>> {
        register.write(me).set(stamp, value)
    }
    "Reader::is_enabled (EwFlag)" => fn(flag: &Alarm) -> bool {
        flag.read().is_enabled()
    }
    "Writer::enable (EwFlag)" => fn(flag: &mut Alarm, me: u16) -> Written<'_, Alarm> {
        flag.write(me).enable()
    }
    "Writer::disable (EwFlag)" => fn(flag: &mut Alarm, me: u16) -> Written<'_, Alarm> {
        flag.write(me).disable()
    }
    "Reader::is_enabled (DwFlag)" => fn(flag: &Motor) -> bool {
        flag.read().is_enabled()
    }
    "Writer::enable (DwFlag)" => fn(flag: &mut Motor, me: u16) -> Written<'_, Motor> {
        flag.write(me).enable()
    }
    "Writer::disable (DwFlag)" => fn(flag: &mut Motor, me: u16) -> Written<'_, Motor> {
        flag.write(me).disable()
    }
    "Reader::value (PnCounter)" => fn(counter: &Stock) -> i128 {
        counter.read().value()
    }
    "Reader::is_empty (PnCounter)" => fn(counter: &Stock) -> bool {
        counter.read().is_empty()
    }
    "Writer::add (PnCounter)" => fn(counter: &mut Stock, me: u16, amount: i64) -> Written<'_, Stock> {
        counter.write(me).add(amount)
    }
    "Writer::reset (PnCounter)" => fn(counter: &mut Stock, me: u16) -> Written<'_, Stock> {
        counter.write(me).reset()
    }
    "Reader::value (GCounter)" => fn(counter: &Visitors) -> u128 {
        counter.read().value()
    }
    "Writer::add (GCounter)" => fn(
        counter: &mut Visitors, me: u16, amount: u64
    ) -> Written<'_, Visitors> {
        counter.write(me).add(amount)
    }
    "Reader::at" => fn(map: &Rooms, key: u8, element: u16) -> bool {
        map.read().at(&key).contains(&element)
    }
    "Reader::at (nested)" => fn(map: &Shelves, outer: u8, inner: u8) -> i128 {
        map.read().at(&outer).at(&inner).value()
    }
    "Reader::contains_key" => fn(map: &Rooms, key: u8) -> bool {
        map.read().contains_key(&key)
    }
    "Reader::contains_key (nested)" => fn(map: &Shelves, key: u8) -> bool {
        map.read().contains_key(&key)
    }
    "Reader::iter (CausalMap)" => fn(map: &Rooms) -> usize {
        map.read().iter().fold(0, |sum, (key, tags)| sum ^ tags.len() ^ usize::from(*key))
    }
    "Reader::keys" => fn(map: &Rooms) -> u8 {
        map.read().keys().fold(0, |sum, key| sum ^ key)
    }
    "Reader::keys (nested)" => fn(map: &Shelves, outer: u8) -> u8 {
        map.read().at(&outer).keys().fold(0, |sum, key| sum ^ key)
    }
    "Reader::len (CausalMap)" => fn(map: &Shelves) -> usize {
        map.read().len()
    }
    "Reader::is_empty (CausalMap)" => fn(map: &Shelves) -> bool {
        map.read().is_empty()
    }
    "Writer::at" => fn(map: &mut Rooms, me: u16, key: u8, element: u16) -> bool {
        map.write(me).at(&key).insert(element).is_ok()
    }
    "Writer::at (nested)" => fn(
        map: &mut Shelves, me: u16, keys: (u8, u8), amount: i64
    ) -> Written<'_, Shelves> {
        map.write(me).at(&keys.0).at(&keys.1).add(amount)
    }
    "Writer::at (LwwRegister)" => fn(
        map: &mut Settings, me: u16, key: u8, stamp: HybridStamp
    ) -> Result<Delta<'_, Settings>, Refused<u16>> {
        map.write(me).at(&key).set(stamp, 7)
    }
    "Writer::remove (CausalMap)" => fn(map: &mut Rooms, me: u16, key: u8) -> Written<'_, Rooms> {
        map.write(me).remove(&key)
    }
    "Writer::remove (nested)" => fn(
        map: &mut Shelves, me: u16, outer: u8, inner: u8
    ) -> Written<'_, Shelves> {
        map.write(me).at(&outer).remove(&inner)
    }
    "Writer::reset (CausalMap)" => fn(map: &mut Shelves, me: u16) -> Written<'_, Shelves> {
        map.write(me).reset()
    }
}

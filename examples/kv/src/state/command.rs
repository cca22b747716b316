//! What the state is asked for.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

/// A value never has more bytes than this: as many as a request, and an entry of the log.
pub const MAX_VALUE_BYTES: usize = 1 << 20;

/// A command that goes through the log: it changes the state, or asks what time it is there.
///
/// Its encoding is on disks: new kinds go last, and none is ever removed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Write {
    /// Nothing but the time: keys end.
    Tick,
    /// `MSET`: gives each of these keys a value.
    MSet(Vec<(Bytes, Bytes)>),
    /// `SET`.
    Set(Set),
    /// `SETNX`: gives a key a value if it has none, and says whether it did.
    SetNx(Bytes, Bytes),
    /// `GETDEL`: removes a key, and tells what its value was.
    GetDel(Bytes),
    /// `DEL`: removes keys, and says how many there were.
    Del(Vec<Bytes>),
    /// `INCR`, `DECR`, `INCRBY`, `DECRBY`: adds to a number.
    IncrBy(Bytes, i64),
    /// `APPEND`: adds bytes at the end of a value.
    Append(Bytes, Bytes),
    /// `EXPIRE`, `PEXPIRE`: a key ends so many microseconds from now. If that is no later than
    /// now, it ends at once.
    Expire(Bytes, i64),
    /// `TTL`: how many seconds a key has left.
    Ttl(Bytes),
    /// `PTTL`: how many milliseconds a key has left.
    Pttl(Bytes),
    /// `PERSIST`: a key does not end any more.
    Persist(Bytes),
    /// `FLUSHALL`: removes all keys.
    FlushAll,
}

/// `SET`, and its options.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Set {
    /// The key.
    pub key: Bytes,
    /// Its new value.
    pub value: Bytes,
    /// When it ends.
    pub end: End,
    /// `NX` and `XX`: only if the key is absent or present.
    pub only_if: Option<SetIf>,
    /// `GET`: the answer is the value before.
    pub returns_old: bool,
}

/// When a key that is set ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum End {
    /// It does not.
    Never,
    /// `KEEPTTL`: when it would have ended.
    Kept,
    /// `EX` and `PX`: so many microseconds from now.
    In(u64),
}

/// A condition of `SET`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SetIf {
    /// `NX`: the key does not exist.
    Absent,
    /// `XX`: it does.
    Present,
}

/// A command that only looks at the state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Read {
    /// `GET`: the value of a key.
    Get(Bytes),
    /// `MGET`: the values of keys.
    MGet(Vec<Bytes>),
    /// `EXISTS`: how many of these keys there are; a key that is named twice counts twice.
    Exists(Vec<Bytes>),
    /// `STRLEN`: how many bytes a value has.
    StrLen(Bytes),
    /// `DBSIZE`: how many keys there are.
    DbSize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_on_disks_stays_readable() {
        let [a, b] = ["a", "bc"].map(Bytes::from);
        let set = |end, only_if, returns_old| {
            Write::Set(Set { key: a.clone(), value: b.clone(), end, only_if, returns_old })
        };
        let golden: [(Write, &[u8]); 18] = [
            (Write::Tick, &[0]),
            (Write::MSet(vec![(a.clone(), b.clone())]), b"\x01\x01\x01a\x02bc"),
            (set(End::Never, None, false), b"\x02\x01a\x02bc\x00\x00\x00"),
            (set(End::Kept, Some(SetIf::Absent), true), b"\x02\x01a\x02bc\x01\x01\x00\x01"),
            (
                set(End::In(300), Some(SetIf::Present), false),
                b"\x02\x01a\x02bc\x02\xAC\x02\x01\x01\x00",
            ),
            (set(End::Never, None, true), b"\x02\x01a\x02bc\x00\x00\x01"),
            (Write::SetNx(a.clone(), b.clone()), b"\x03\x01a\x02bc"),
            (Write::GetDel(a.clone()), b"\x04\x01a"),
            (Write::Del(vec![a.clone(), b.clone()]), b"\x05\x02\x01a\x02bc"),
            (Write::IncrBy(a.clone(), 1), b"\x06\x01a\x02"),
            (
                Write::IncrBy(a.clone(), i64::MIN),
                b"\x06\x01a\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01",
            ),
            (Write::Append(a.clone(), b.clone()), b"\x07\x01a\x02bc"),
            (Write::Expire(a.clone(), -1), b"\x08\x01a\x01"),
            (Write::Ttl(a.clone()), b"\x09\x01a"),
            (Write::Pttl(a.clone()), b"\x0A\x01a"),
            (Write::Persist(a.clone()), b"\x0B\x01a"),
            (Write::FlushAll, &[12]),
            (Write::Del(vec![Bytes::new()]), b"\x05\x01\x00"),
        ];
        for (command, bytes) in golden {
            assert_eq!(postcard::to_stdvec(&command).unwrap(), bytes, "{command:?}");
            assert_eq!(postcard::from_bytes::<Write>(bytes).unwrap(), command);
        }
    }
}

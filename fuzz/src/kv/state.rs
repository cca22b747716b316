//! Any commands of the log, with any stamps: the state keeps its promises, and every node has the
//! same one.

use arbitrary::Arbitrary;
use synod_clocks::HybridStamp;
use synod_kv::state::{
    State,
    command::{End, Read, Set, SetIf, Write},
    reply::Reply,
};

/// An entry of the log.
#[derive(Arbitrary, Debug)]
pub struct Step {
    stamp: Stamp,
    command: Command,
}

#[derive(Arbitrary, Debug)]
enum Stamp {
    Soon(u16),
    Any(u64),
}

/// Few keys, so that they meet.
#[derive(Arbitrary, Debug)]
enum Key {
    A,
    B,
    C,
    Any(Vec<u8>),
}

#[derive(Arbitrary, Debug)]
enum Value {
    Number(i64),
    Any(Vec<u8>),
}

#[derive(Arbitrary, Debug)]
enum Command {
    Encoded(Vec<u8>),
    MSet(Vec<(Key, Value)>),
    Set(Key, Value, u8, u64, bool),
    SetNx(Key, Value),
    GetDel(Key),
    Del(Vec<Key>),
    IncrBy(Key, i64),
    Append(Key, Value),
    Expire(Key, i64),
    ExpireSoon(Key, u16),
    Ttl(Key),
    Pttl(Key),
    Persist(Key),
    FlushAll,
}

/// A key, its value, and its deadline.
type Pair = (Vec<u8>, Vec<u8>, Option<u64>);

/// Applies the entries on two nodes, one of which reads them from its disk.
pub fn check(steps: &[Step]) {
    let (mut state, mut twin) = (State::new(), State::new());
    for step in steps {
        let Some(command) = step.command.write() else { continue };
        let stamp = match step.stamp {
            Stamp::Soon(us) => HybridStamp::from_wall_us(state.now().wall_us() + u64::from(us)),
            Stamp::Any(bits) => Some(HybridStamp::from_bits(bits)),
        };
        let Some(stamp) = stamp else { continue };
        let encoded = postcard::to_allocvec(&command).expect("it can be encoded");
        let decoded = postcard::from_bytes::<Write>(&encoded).expect("it was encoded");
        assert_eq!(decoded, command);

        let before = state.clone();
        let answer = state.apply(stamp, &command);
        assert_eq!(twin.apply(stamp, &decoded), answer);
        assert_eq!(state, twin);
        assert_eq!(state.now(), before.now().max(stamp));
        if matches!(answer, Reply::Error(_)) {
            let mut tick = before;
            tick.apply(stamp, &Write::Tick);
            assert_eq!(tick, state, "what fails changes nothing");
        }
        check_state(&state);
    }
    let mut copy = State::new();
    state.chunks(16).for_each(|chunk| copy.absorb(&chunk).expect("it is a chunk"));
    assert_eq!(copy, state);
    check_state(&copy);
}

/// What is stored of a state agrees with what it says.
fn check_state(state: &State) {
    let mut pairs: Vec<Pair> = Vec::new();
    for chunk in state.chunks(1 << 20) {
        let (now, chunk): (HybridStamp, Vec<Pair>) =
            postcard::from_bytes(&chunk).expect("it is a chunk");
        assert_eq!(now, state.now());
        pairs.extend(chunk);
    }
    let deadlines_us: Vec<u64> = pairs.iter().filter_map(|(_, _, at_us)| *at_us).collect();
    assert_eq!(state.len(), pairs.len());
    assert_eq!(state.is_empty(), pairs.is_empty());
    assert_eq!(state.expires(), deadlines_us.len());
    assert_eq!(state.next_deadline_us(), deadlines_us.iter().min().copied());
    assert!(deadlines_us.iter().all(|at_us| *at_us > state.now().wall_us()));
    assert_eq!(state.read(&Read::DbSize), Reply::Integer(pairs.len() as i64));
    for (key, value, _) in pairs {
        assert_eq!(state.read(&Read::Get(key.into())), Reply::Bulk(value.into()));
    }
}

impl Key {
    fn bytes(&self) -> bytes::Bytes {
        match self {
            Self::A => "a".into(),
            Self::B => "b".into(),
            Self::C => "c".into(),
            Self::Any(key) => key.clone().into(),
        }
    }
}

impl Value {
    fn bytes(&self) -> bytes::Bytes {
        match self {
            Self::Number(number) => number.to_string().into(),
            Self::Any(value) => value.clone().into(),
        }
    }
}

impl Command {
    fn write(&self) -> Option<Write> {
        Some(match self {
            Self::Encoded(bytes) => postcard::from_bytes(bytes).ok()?,
            Self::MSet(pairs) => {
                Write::MSet(pairs.iter().map(|(key, value)| (key.bytes(), value.bytes())).collect())
            }
            Self::Set(key, value, options, us, returns_old) => Write::Set(Set {
                key: key.bytes(),
                value: value.bytes(),
                end: [End::Never, End::Kept, End::In(*us), End::In(us % 100_000)]
                    [usize::from(options % 4)],
                only_if: [None, Some(SetIf::Absent), Some(SetIf::Present)]
                    [usize::from(options / 4 % 3)],
                returns_old: *returns_old,
            }),
            Self::SetNx(key, value) => Write::SetNx(key.bytes(), value.bytes()),
            Self::GetDel(key) => Write::GetDel(key.bytes()),
            Self::Del(keys) => Write::Del(keys.iter().map(Key::bytes).collect()),
            Self::IncrBy(key, by) => Write::IncrBy(key.bytes(), *by),
            Self::Append(key, more) => Write::Append(key.bytes(), more.bytes()),
            Self::Expire(key, us) => Write::Expire(key.bytes(), *us),
            Self::ExpireSoon(key, us) => Write::Expire(key.bytes(), i64::from(*us)),
            Self::Ttl(key) => Write::Ttl(key.bytes()),
            Self::Pttl(key) => Write::Pttl(key.bytes()),
            Self::Persist(key) => Write::Persist(key.bytes()),
            Self::FlushAll => Write::FlushAll,
        })
    }
}

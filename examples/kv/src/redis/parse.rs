//! From arguments to commands, with Redis' own words for what is wrong with them.

pub(crate) mod local;

use std::borrow::Cow;

use bytes::Bytes;

use crate::{
    redis::{command::Command, table},
    state::{
        command::{End, Read, Set, SetIf, Write},
        number,
        reply::Reply,
    },
};

/// What a command's arguments are made into.
pub(crate) type Parsed = Result<Command, Reply>;

pub(crate) const SYNTAX: Reply = Reply::error("ERR syntax error");
/// The most bytes of a name or of arguments that an error repeats.
const QUOTED_BYTES: usize = 128;
const SECOND_US: i64 = 1_000_000;
const MILLISECOND_US: i64 = 1_000;

/// What a request asks for: its first argument is the command's name.
///
/// # Errors
///
/// What is wrong with it, to be answered in its place.
pub fn parse(arguments: &[&[u8]]) -> Parsed {
    let [name, rest @ ..] = arguments else { return Err(SYNTAX) };
    let Some(spec) = table::find(name) else {
        return Err(unknown(name, rest));
    };
    if spec.takes(arguments.len()) { (spec.parse)(rest) } else { Err(wrong_number(spec.name)) }
}

/// That a command, or `command|subcommand`, was given too many arguments or too few.
pub(crate) fn wrong_number(name: &str) -> Reply {
    Reply::Error(format!("ERR wrong number of arguments for '{name}' command").into())
}

fn unknown(name: &[u8], arguments: &[&[u8]]) -> Reply {
    let mut quoted = String::new();
    for argument in arguments {
        let Some(room) = QUOTED_BYTES.checked_sub(quoted.len()).filter(|room| *room > 0) else {
            break;
        };
        quoted.push_str(&format!("'{}' ", lossy(argument.get(..room).unwrap_or(argument))));
    }
    let name = lossy(name);
    let error = format!("ERR unknown command '{name}', with args beginning with: {quoted}");
    Reply::Error(error.into())
}

/// The beginning of what a client sent, for an error.
pub(crate) fn lossy(text: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(text.get(..QUOTED_BYTES).unwrap_or(text))
}

/// What outlives the request, and is not to hold on to the buffer in which it came.
pub(crate) fn copy(argument: &[u8]) -> Bytes {
    Bytes::copy_from_slice(argument)
}

fn copies(arguments: &[&[u8]]) -> Vec<Bytes> {
    arguments.iter().copied().map(copy).collect()
}

fn integer(argument: &[u8]) -> Result<i64, Reply> {
    number::parse(argument).ok_or(Reply::NOT_AN_INTEGER)
}

/// Commands of one key.
fn one(arguments: &[&[u8]], command: impl FnOnce(Bytes) -> Command) -> Parsed {
    let [key] = arguments else { return Err(SYNTAX) };
    Ok(command(copy(key)))
}

/// Commands of two arguments.
fn two<'a>(
    arguments: &[&'a [u8]],
    command: impl FnOnce(Bytes, &'a [u8]) -> Result<Write, Reply>,
) -> Parsed {
    let [key, argument] = arguments else { return Err(SYNTAX) };
    command(copy(key), argument).map(Command::Write)
}

pub(crate) fn get(arguments: &[&[u8]]) -> Parsed {
    one(arguments, |key| Command::Read(Read::Get(key)))
}

pub(crate) fn strlen(arguments: &[&[u8]]) -> Parsed {
    one(arguments, |key| Command::Read(Read::StrLen(key)))
}

pub(crate) fn getdel(arguments: &[&[u8]]) -> Parsed {
    one(arguments, |key| Command::Write(Write::GetDel(key)))
}

pub(crate) fn incr(arguments: &[&[u8]]) -> Parsed {
    one(arguments, |key| Command::Write(Write::IncrBy(key, 1)))
}

pub(crate) fn decr(arguments: &[&[u8]]) -> Parsed {
    one(arguments, |key| Command::Write(Write::IncrBy(key, -1)))
}

pub(crate) fn ttl(arguments: &[&[u8]]) -> Parsed {
    one(arguments, |key| Command::Write(Write::Ttl(key)))
}

pub(crate) fn pttl(arguments: &[&[u8]]) -> Parsed {
    one(arguments, |key| Command::Write(Write::Pttl(key)))
}

pub(crate) fn persist(arguments: &[&[u8]]) -> Parsed {
    one(arguments, |key| Command::Write(Write::Persist(key)))
}

pub(crate) fn mget(arguments: &[&[u8]]) -> Parsed {
    Ok(Command::Read(Read::MGet(copies(arguments))))
}

pub(crate) fn exists(arguments: &[&[u8]]) -> Parsed {
    Ok(Command::Read(Read::Exists(copies(arguments))))
}

pub(crate) fn del(arguments: &[&[u8]]) -> Parsed {
    Ok(Command::Write(Write::Del(copies(arguments))))
}

pub(crate) fn dbsize(_: &[&[u8]]) -> Parsed {
    Ok(Command::Read(Read::DbSize))
}

pub(crate) fn setnx(arguments: &[&[u8]]) -> Parsed {
    two(arguments, |key, value| Ok(Write::SetNx(key, copy(value))))
}

pub(crate) fn append(arguments: &[&[u8]]) -> Parsed {
    two(arguments, |key, more| Ok(Write::Append(key, copy(more))))
}

pub(crate) fn incrby(arguments: &[&[u8]]) -> Parsed {
    two(arguments, |key, by| Ok(Write::IncrBy(key, integer(by)?)))
}

pub(crate) fn decrby(arguments: &[&[u8]]) -> Parsed {
    two(arguments, |key, by| {
        let by = integer(by)?.checked_neg();
        Ok(Write::IncrBy(key, by.ok_or(Reply::error("ERR decrement would overflow"))?))
    })
}

pub(crate) fn mset(arguments: &[&[u8]]) -> Parsed {
    let (pairs, rest) = arguments.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(wrong_number("mset"));
    }
    let pairs = pairs.iter().map(|[key, value]| (copy(key), copy(value))).collect();
    Ok(Command::Write(Write::MSet(pairs)))
}

pub(crate) fn flushall(arguments: &[&[u8]]) -> Parsed {
    match arguments {
        [] => Ok(Command::Write(Write::FlushAll)),
        [how] if how.eq_ignore_ascii_case(b"async") || how.eq_ignore_ascii_case(b"sync") => {
            Ok(Command::Write(Write::FlushAll))
        }
        _ => Err(SYNTAX),
    }
}

pub(crate) fn set(arguments: &[&[u8]]) -> Parsed {
    let [key, value, options @ ..] = arguments else { return Err(SYNTAX) };
    let mut options = options.iter();
    let (mut only_if, mut is_kept, mut end, mut returns_old) = (None, false, None, false);
    while let Some(option) = options.next() {
        match (option.to_ascii_uppercase().as_slice(), end) {
            (b"NX", _) if only_if != Some(SetIf::Present) => only_if = Some(SetIf::Absent),
            (b"XX", _) if only_if != Some(SetIf::Absent) => only_if = Some(SetIf::Present),
            (b"GET", _) => returns_old = true,
            (b"KEEPTTL", None) => is_kept = true,
            // The same unit twice is no error in Redis: the last counts.
            (b"EX", None | Some((SECOND_US, _))) if !is_kept => {
                end = Some((SECOND_US, options.next().ok_or(SYNTAX)?));
            }
            (b"PX", None | Some((MILLISECOND_US, _))) if !is_kept => {
                end = Some((MILLISECOND_US, options.next().ok_or(SYNTAX)?));
            }
            _ => return Err(SYNTAX),
        }
    }
    let end = match end {
        None if is_kept => End::Kept,
        None => End::Never,
        Some((unit_us, amount)) => {
            let us = integer(amount)?.checked_mul(unit_us).and_then(|us| us.try_into().ok());
            End::In(us.filter(|us| *us > 0).ok_or_else(|| invalid_expire_time("set"))?)
        }
    };
    let set = Set { key: copy(key), value: copy(value), end, only_if, returns_old };
    Ok(Command::Write(Write::Set(set)))
}

fn invalid_expire_time(name: &str) -> Reply {
    Reply::Error(format!("ERR invalid expire time in '{name}' command").into())
}

pub(crate) fn expire(arguments: &[&[u8]]) -> Parsed {
    expire_in(arguments, "expire", SECOND_US)
}

pub(crate) fn pexpire(arguments: &[&[u8]]) -> Parsed {
    expire_in(arguments, "pexpire", MILLISECOND_US)
}

fn expire_in(arguments: &[&[u8]], name: &str, unit_us: i64) -> Parsed {
    let [key, amount, options @ ..] = arguments else { return Err(wrong_number(name)) };
    if let Some(option) = options.first() {
        let option = lossy(option);
        return Err(Reply::Error(format!("ERR Unsupported option {option}").into()));
    }
    let in_us = integer(amount)?.checked_mul(unit_us).ok_or_else(|| invalid_expire_time(name))?;
    Ok(Command::Write(Write::Expire(copy(key), in_us)))
}

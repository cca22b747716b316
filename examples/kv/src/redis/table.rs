//! The table of commands.

use crate::{
    redis::parse::{self, Parsed, local},
    state::reply::Reply,
};

/// What a command is called, and what it takes.
pub(crate) struct Spec {
    /// Its name, in small letters.
    pub(crate) name: &'static str,
    /// How many arguments, with its name; at least so many if it is negative.
    arity: i64,
    flags: &'static [&'static str],
    /// The places of the first and the last key, and how far they are apart.
    keys: [i64; 3],
    /// Makes a command of its arguments, without its name. Their number has been checked.
    pub(crate) parse: fn(&[&[u8]]) -> Parsed,
}

const NO_KEYS: [i64; 3] = [0, 0, 0];
const ONE_KEY: [i64; 3] = [1, 1, 1];
const ALL_KEYS: [i64; 3] = [1, -1, 1];

const fn spec(
    name: &'static str,
    arity: i64,
    flags: &'static [&'static str],
    keys: [i64; 3],
    parse: fn(&[&[u8]]) -> Parsed,
) -> Spec {
    Spec { name, arity, flags, keys, parse }
}

/// Every command; those that are sent most often come first, because they are found first.
pub(crate) const COMMANDS: &[Spec] = &[
    spec("get", 2, &["readonly", "fast"], ONE_KEY, parse::get),
    spec("set", -3, &["write", "denyoom"], ONE_KEY, parse::set),
    spec("incr", 2, &["write", "denyoom", "fast"], ONE_KEY, parse::incr),
    spec("del", -2, &["write"], ALL_KEYS, parse::del),
    spec("mget", -2, &["readonly", "fast"], ALL_KEYS, parse::mget),
    spec("mset", -3, &["write", "denyoom"], [1, -1, 2], parse::mset),
    spec("exists", -2, &["readonly", "fast"], ALL_KEYS, parse::exists),
    spec("ping", -1, &["fast"], NO_KEYS, local::ping),
    spec("append", 3, &["write", "denyoom", "fast"], ONE_KEY, parse::append),
    spec("auth", -2, &["fast"], NO_KEYS, local::auth),
    spec("client", -2, &[], NO_KEYS, local::client),
    spec("command", -1, &[], NO_KEYS, local::command),
    spec("config", -2, &[], NO_KEYS, local::config),
    spec("dbsize", 1, &["readonly", "fast"], NO_KEYS, parse::dbsize),
    spec("decr", 2, &["write", "denyoom", "fast"], ONE_KEY, parse::decr),
    spec("decrby", 3, &["write", "denyoom", "fast"], ONE_KEY, parse::decrby),
    spec("echo", 2, &["fast"], NO_KEYS, local::echo),
    spec("expire", -3, &["write", "fast"], ONE_KEY, parse::expire),
    spec("flushall", -1, &["write"], NO_KEYS, parse::flushall),
    spec("getdel", 2, &["write", "fast"], ONE_KEY, parse::getdel),
    spec("hello", -1, &["fast"], NO_KEYS, local::hello),
    spec("incrby", 3, &["write", "denyoom", "fast"], ONE_KEY, parse::incrby),
    spec("info", -1, &[], NO_KEYS, local::info),
    spec("persist", 2, &["write", "fast"], ONE_KEY, parse::persist),
    spec("pexpire", -3, &["write", "fast"], ONE_KEY, parse::pexpire),
    spec("pttl", 2, &["readonly", "fast"], ONE_KEY, parse::pttl),
    spec("quit", -1, &["fast"], NO_KEYS, local::quit),
    spec("reset", 1, &["fast"], NO_KEYS, local::reset),
    spec("select", 2, &["fast"], NO_KEYS, local::select),
    spec("setnx", 3, &["write", "denyoom", "fast"], ONE_KEY, parse::setnx),
    spec("strlen", 2, &["readonly", "fast"], ONE_KEY, parse::strlen),
    spec("ttl", 2, &["readonly", "fast"], ONE_KEY, parse::ttl),
    // What browsers send. They may be tricked into it by any web page.
    spec("host:", -1, &[], NO_KEYS, local::hang_up),
    spec("post", -1, &[], NO_KEYS, local::hang_up),
];

impl Spec {
    /// Whether that many arguments, with its name, are right.
    pub(crate) fn takes(&self, arguments: usize) -> bool {
        let arguments = i64::try_from(arguments).unwrap_or(i64::MAX);
        arguments == self.arity || (self.arity < 0 && arguments >= self.arity.saturating_neg())
    }

    /// As `COMMAND INFO` tells it, in the six fields that every version of Redis has.
    fn describe(&self) -> Reply {
        let flags = self.flags.iter().map(|flag| Reply::Simple(flag)).collect();
        let keys = self.keys.map(Reply::Integer);
        let fields = [Reply::bulk(self.name), Reply::Integer(self.arity), Reply::Array(flags)];
        Reply::Array(fields.into_iter().chain(keys).collect())
    }
}

/// The command of this name, in letters of any size.
pub(crate) fn find(name: &[u8]) -> Option<&'static Spec> {
    COMMANDS.iter().find(|spec| spec.name.as_bytes().eq_ignore_ascii_case(name))
}

/// The commands of these names, or all, as `COMMAND INFO` tells them.
pub(crate) fn describe(names: Option<&[&[u8]]>) -> Reply {
    let described = |name: &&[u8]| find(name).map_or(Reply::Nil, Spec::describe);
    Reply::Array(match names {
        Some(names) => names.iter().map(described).collect(),
        None => COMMANDS.iter().map(Spec::describe).collect(),
    })
}

/// Their names.
pub(crate) fn names() -> Reply {
    Reply::Array(COMMANDS.iter().map(|spec| Reply::bulk(spec.name)).collect())
}

//! What a connection knows by itself.

use bytes::Bytes;

use crate::{
    redis::{command::Local, info::REDIS_VERSION, limits::Limits},
    state::reply::Reply,
};

/// What a connection knows of its client.
#[derive(Debug)]
pub(crate) struct Session {
    id: u64,
    name: Bytes,
}

impl Session {
    /// The connection of this number.
    pub(crate) const fn new(id: u64) -> Self {
        Self { id, name: Bytes::new() }
    }

    /// Answers what needs nobody else.
    pub(crate) fn answer(&mut self, command: Local, limits: &Limits) -> Reply {
        match command {
            Local::Answer(reply) => reply,
            Local::ConfigGet(patterns) => config(&patterns, limits),
            Local::ClientId => self.id(),
            Local::ClientName if self.name.is_empty() => Reply::Nil,
            Local::ClientName => Reply::Bulk(self.name.clone()),
            Local::SetClientName(name) => {
                self.name = name;
                Reply::OK
            }
            Local::Hello(name) => {
                self.name = name.unwrap_or_else(|| self.name.clone());
                self.hello()
            }
            Local::Reset => {
                self.name = Bytes::new();
                Reply::Simple("RESET")
            }
            // The connection itself sees to these.
            Local::Info(_) | Local::Quit | Local::HangUp => Reply::OK,
        }
    }

    fn id(&self) -> Reply {
        Reply::Integer(self.id.try_into().unwrap_or(i64::MAX))
    }

    /// A map, which version 2 of the protocol writes as a list.
    fn hello(&self) -> Reply {
        Reply::Array(vec![
            Reply::bulk("server"),
            Reply::bulk("redis"),
            Reply::bulk("version"),
            Reply::bulk(REDIS_VERSION),
            Reply::bulk("proto"),
            Reply::Integer(2),
            Reply::bulk("id"),
            self.id(),
            Reply::bulk("mode"),
            Reply::bulk("standalone"),
            Reply::bulk("role"),
            Reply::bulk("master"),
            Reply::bulk("modules"),
            Reply::Array(Vec::new()),
        ])
    }
}

/// The parameters that match any of these, and what is true of them here.
fn config(patterns: &[String], limits: &Limits) -> Reply {
    let parameters = [
        // Each write is on the disks of a quorum before it is answered.
        ("appendfsync", "always".to_owned()),
        ("appendonly", "yes".to_owned()),
        ("databases", "1".to_owned()),
        ("maxclients", limits.connections.to_string()),
        ("maxmemory", "0".to_owned()),
        ("maxmemory-policy", "noeviction".to_owned()),
        ("proto-max-bulk-len", limits.request_bytes.to_string()),
        ("save", String::new()),
        ("timeout", "0".to_owned()),
    ];
    let matching = parameters.iter().filter(|(name, _)| {
        patterns.iter().any(|pattern| matches(pattern.as_bytes(), name.as_bytes()))
    });
    Reply::Array(
        matching.flat_map(|(name, value)| [Reply::bulk(name), Reply::bulk(value)]).collect(),
    )
}

/// Whether a name matches a pattern, in which `*` stands for anything, and `?` for one byte. It
/// takes no longer than the product of their lengths.
fn matches(pattern: &[u8], name: &[u8]) -> bool {
    let (mut pattern, mut name) = (pattern, name);
    let mut last_star = None;
    loop {
        match (pattern, name) {
            ([b'*', rest @ ..], _) => {
                last_star = Some((rest, name));
                pattern = rest;
            }
            ([byte, pattern_rest @ ..], [first, name_rest @ ..])
                if byte == first || *byte == b'?' =>
            {
                (pattern, name) = (pattern_rest, name_rest);
            }
            ([], []) => return true,
            // The last star takes one byte more.
            _ => match last_star {
                Some((after, [_, rest @ ..])) => {
                    last_star = Some((after, rest));
                    (pattern, name) = (after, rest);
                }
                _ => return false,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_in_redis() {
        let cases = [
            ("save", "save", true),
            ("save", "saved", false),
            ("*", "", true),
            ("*a*e", "save", true),
            ("max*", "maxmemory", true),
            ("max*y", "maxmemory-policy", true),
            ("m?x*-*", "maxmemory", false),
            ("?", "", false),
            ("**y*", "maxmemory-policy", true),
            ("", "save", false),
        ];
        for (pattern, name, expected) in cases {
            assert_eq!(matches(pattern.as_bytes(), name.as_bytes()), expected, "{pattern} {name}");
        }
    }
}

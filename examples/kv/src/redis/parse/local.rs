//! The arguments of the commands that a connection answers by itself.

use bytes::Bytes;

use crate::{
    redis::{
        command::{Command, Local},
        parse::{Parsed, SYNTAX, copy, lossy, wrong_number},
        table,
    },
    state::{number, reply::Reply},
};

const WRONG_PASSWORD: Reply =
    Reply::error("WRONGPASS invalid username-password pair or user is disabled.");

fn answer(reply: Reply) -> Parsed {
    Ok(Command::Local(Local::Answer(reply)))
}

fn small_letters(arguments: &[&[u8]]) -> Vec<String> {
    let lossy = |argument: &&[u8]| String::from_utf8_lossy(argument).to_ascii_lowercase();
    arguments.iter().map(lossy).collect()
}

pub(crate) fn ping(arguments: &[&[u8]]) -> Parsed {
    match arguments {
        [] => answer(Reply::Simple("PONG")),
        [text] => answer(Reply::Bulk(copy(text))),
        _ => Err(wrong_number("ping")),
    }
}

pub(crate) fn echo(arguments: &[&[u8]]) -> Parsed {
    answer(arguments.first().map_or(Reply::Nil, |text| Reply::Bulk(copy(text))))
}

pub(crate) fn select(arguments: &[&[u8]]) -> Parsed {
    match arguments.first().copied().and_then(number::parse) {
        Some(0) => answer(Reply::OK),
        Some(_) => Err(Reply::error("ERR DB index is out of range")),
        None => Err(Reply::NOT_AN_INTEGER),
    }
}

/// There is no password; the user `default` may come with any, as in Redis.
pub(crate) fn auth(arguments: &[&[u8]]) -> Parsed {
    match arguments {
        [_] => Err(Reply::error(
            "ERR AUTH <password> called without any password configured for the default user. \
             Are you sure your configuration is correct?",
        )),
        [b"default", _] => answer(Reply::OK),
        [_, _] => Err(WRONG_PASSWORD),
        _ => Err(SYNTAX),
    }
}

pub(crate) fn hello(arguments: &[&[u8]]) -> Parsed {
    let (version, mut options) = match arguments {
        [] => (2, arguments),
        [version, options @ ..] => {
            let error = "ERR Protocol version is not an integer or out of range";
            (number::parse(version).ok_or(Reply::error(error))?, options)
        }
    };
    if version != 2 {
        return Err(Reply::error("NOPROTO unsupported protocol version"));
    }
    let mut name = None;
    let mut is_welcome = true;
    while let [option, values @ ..] = options {
        options = match values {
            [user, _, rest @ ..] if option.eq_ignore_ascii_case(b"auth") => {
                is_welcome = *user == b"default";
                rest
            }
            [text, rest @ ..] if option.eq_ignore_ascii_case(b"setname") => {
                name = Some(client_name(text)?);
                rest
            }
            _ => {
                let option = lossy(option);
                let error = format!("ERR Syntax error in HELLO option '{option}'");
                return Err(Reply::Error(error.into()));
            }
        };
    }
    if is_welcome { Ok(Command::Local(Local::Hello(name))) } else { Err(WRONG_PASSWORD) }
}

fn client_name(name: &[u8]) -> Result<Bytes, Reply> {
    if name.iter().all(u8::is_ascii_graphic) {
        return Ok(copy(name));
    }
    Err(Reply::error("ERR Client names cannot contain spaces, newlines or special characters."))
}

pub(crate) fn client(arguments: &[&[u8]]) -> Parsed {
    let (original, name, arguments) = subcommand(arguments);
    let local = match (name.as_str(), arguments) {
        ("id", []) => Local::ClientId,
        ("getname", []) => Local::ClientName,
        ("setname", [name]) => Local::SetClientName(client_name(name)?),
        ("setinfo", [what, _]) => {
            let what = lossy(what);
            if !["lib-name", "lib-ver"].iter().any(|known| what.eq_ignore_ascii_case(known)) {
                return Err(Reply::Error(format!("ERR Unrecognized option '{what}'").into()));
            }
            Local::Answer(Reply::OK)
        }
        ("id" | "getname" | "setname" | "setinfo", _) => {
            return Err(wrong_number(&format!("client|{name}")));
        }
        _ => return Err(unknown_subcommand(original, "CLIENT")),
    };
    Ok(Command::Local(local))
}

pub(crate) fn config(arguments: &[&[u8]]) -> Parsed {
    let (original, name, arguments) = subcommand(arguments);
    match (name.as_str(), arguments) {
        ("get", []) => Err(wrong_number("config|get")),
        ("get", names) => Ok(Command::Local(Local::ConfigGet(small_letters(names)))),
        _ => Err(unknown_subcommand(original, "CONFIG")),
    }
}

pub(crate) fn command(arguments: &[&[u8]]) -> Parsed {
    let (original, name, arguments) = subcommand(arguments);
    match (name.as_str(), arguments) {
        ("", []) | ("info", []) => answer(table::describe(None)),
        // Descriptions are long: nobody has use for one twice.
        ("info", names) if names.len() <= table::COMMANDS.len() => {
            answer(table::describe(Some(names)))
        }
        ("count", []) => answer(Reply::count(table::COMMANDS.len())),
        ("list", []) => answer(table::names()),
        // Nothing is documented: clients go on without hints.
        ("docs", _) => answer(Reply::Array(Vec::new())),
        ("list", _) => Err(SYNTAX),
        ("count" | "info", _) => Err(wrong_number(&format!("command|{name}"))),
        _ => Err(unknown_subcommand(original, "COMMAND")),
    }
}

/// The name of a subcommand, as it came and in small letters, and its arguments.
fn subcommand<'a, 'b>(arguments: &'a [&'b [u8]]) -> (&'b [u8], String, &'a [&'b [u8]]) {
    let (name, rest) = arguments.split_first().map_or((&b""[..], arguments), |(n, r)| (*n, r));
    (name, String::from_utf8_lossy(name).to_ascii_lowercase(), rest)
}

fn unknown_subcommand(name: &[u8], command: &str) -> Reply {
    let name = lossy(name);
    Reply::Error(format!("ERR unknown subcommand '{name}'. Try {command} HELP.").into())
}

pub(crate) fn info(arguments: &[&[u8]]) -> Parsed {
    Ok(Command::Local(Local::Info(small_letters(arguments))))
}

pub(crate) fn reset(_: &[&[u8]]) -> Parsed {
    Ok(Command::Local(Local::Reset))
}

pub(crate) fn quit(_: &[&[u8]]) -> Parsed {
    Ok(Command::Local(Local::Quit))
}

pub(crate) fn hang_up(_: &[&[u8]]) -> Parsed {
    Ok(Command::Local(Local::HangUp))
}

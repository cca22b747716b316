//! The arguments of a verb.

use anyhow::{Context, Result, bail};

/// For a verb that takes none.
pub fn none(arguments: &[String]) -> Result<()> {
    match arguments {
        [] => Ok(()),
        [unknown, ..] => bail!("unexpected argument `{unknown}`"),
    }
}

/// For a verb that takes a number of `what` or nothing: that, or `default`.
pub fn number(arguments: &[String], default: u64, what: &str) -> Result<u64> {
    match arguments {
        [] => Ok(default),
        [number] => number.parse().with_context(|| format!("`{number}` is no number of {what}")),
        [_, unknown, ..] => bail!("unexpected argument `{unknown}`"),
    }
}

/// For a verb that takes one flag or nothing: whether the flag was given.
pub fn flag(arguments: &[String], name: &str) -> Result<bool> {
    match arguments.split_first() {
        Some((first, rest)) if first == name => none(rest).map(|()| true),
        _ => none(arguments).map(|()| false),
    }
}

//! The arguments of a verb.

use anyhow::{Result, bail};

/// For a verb that takes none.
pub fn none(arguments: &[String]) -> Result<()> {
    match arguments {
        [] => Ok(()),
        [unknown, ..] => bail!("unexpected argument `{unknown}`"),
    }
}

/// For a verb that takes one flag or nothing: whether the flag was given.
pub fn flag(arguments: &[String], name: &str) -> Result<bool> {
    match arguments.split_first() {
        Some((first, rest)) if first == name => none(rest).map(|()| true),
        _ => none(arguments).map(|()| false),
    }
}

//! Tests with no feature, with all, and with all in release, where nothing checks for overflow.

use anyhow::Result;
use xshell::{Shell, cmd};

use crate::arguments;

pub fn run(shell: &Shell, arguments: &[String]) -> Result<()> {
    arguments::none(arguments)?;
    cmd!(shell, "cargo test --workspace --no-default-features").run()?;
    cmd!(shell, "cargo test --workspace --all-features").run()?;
    // Documentation examples ran above, and optimising each takes longest of all.
    cmd!(shell, "cargo test --workspace --all-features --release --lib --tests").run()?;
    Ok(())
}

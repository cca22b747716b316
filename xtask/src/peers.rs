//! Differential tests against other crates, and exact counts of allocations: the tests of `bench`.

use anyhow::Result;
use xshell::{Shell, cmd};

use crate::{arguments, tools};

pub fn run(shell: &Shell, arguments: &[String]) -> Result<()> {
    arguments::none(arguments)?;
    tools::protoc(shell)?;
    let _bench = shell.push_dir("bench");
    cmd!(shell, "cargo test --locked").run()?;
    Ok(())
}

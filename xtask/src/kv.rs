//! The replicated store as its users meet it: Redis' own tools, and chaos.

use anyhow::{Result, ensure};
use xshell::{Shell, cmd};

use crate::{arguments, tools};

const DEFAULT_SECONDS: u64 = 60;

/// Runs the tests that need Redis' tools, and then that many seconds of chaos with a new seed.
pub fn run(shell: &Shell, arguments: &[String]) -> Result<()> {
    let seconds = arguments::number(arguments, DEFAULT_SECONDS, "seconds")?;
    ensure!(seconds >= 10, "a leader is to be killed and replaced in it: 10 seconds at least");
    tools::program(shell, "redis-benchmark", "redis-tools")?;
    let tests = ["--package", "synod-kv", "--test", "redis_tools"];
    cmd!(shell, "cargo test {tests...} -- --ignored").run()?;
    let length = format!("{seconds}s");
    let chaos = ["cluster", "--plain", "--chaos", "--for", &length];
    cmd!(shell, "cargo run --package synod-kv -- {chaos...}").run()?;
    Ok(())
}

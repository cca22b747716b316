//! Clusters in the simulator, of each size that people run, and whether it finds planted bugs; and
//! what its pinned runs give, written anew.

use anyhow::{Context, Result, bail};
use xshell::{Cmd, Shell, cmd};

/// Numbers of voters.
const NODES: [&str; 3] = ["1", "3", "5"];

pub fn run(shell: &Shell, arguments: &[String]) -> Result<()> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        [] => clusters(shell, "100000"),
        ["planted"] => Ok(program(shell).arg("planted").run()?),
        ["pin"] => Ok(program(shell).arg("pin").run()?),
        ["planted", "--quick"] => Ok(program(shell).args(["planted", "--quick"]).run()?),
        [seeds] => {
            seeds.parse::<u64>().with_context(|| format!("`{seeds}` is no number of seeds"))?;
            clusters(shell, seeds)
        }
        [_, unknown, ..] => bail!("unexpected argument `{unknown}`"),
    }
}

fn clusters(shell: &Shell, seeds: &str) -> Result<()> {
    for nodes in NODES {
        println!("\n{seeds} seeds of {nodes}");
        program(shell).args(["raft", "--nodes", nodes, "--seeds", seeds]).run()?;
    }
    Ok(())
}

fn program(shell: &Shell) -> Cmd<'_> {
    cmd!(shell, "cargo run --quiet --release --package synod-sim --")
}

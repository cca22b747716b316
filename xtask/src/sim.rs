//! Clusters and groups of replicas in the simulator, of sizes that people run, and whether it finds
//! planted bugs; and what its pinned runs give, written anew.

use anyhow::{Context, Result, bail};
use xshell::{Cmd, Shell, cmd};

/// Numbers of voters.
const NODES: [&str; 3] = ["1", "3", "5"];
/// Numbers of replicas, and in how many seeds of clusters there is one of them.
const REPLICAS: [(&str, u64); 2] = [("3", 4), ("5", 20)];

pub fn run(shell: &Shell, arguments: &[String]) -> Result<()> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        [] => all(shell, 100_000),
        ["planted"] => Ok(program(shell).arg("planted").run()?),
        ["pin"] => Ok(program(shell).arg("pin").run()?),
        ["planted", "--quick"] => Ok(program(shell).args(["planted", "--quick"]).run()?),
        [seeds] => {
            let count = seeds.parse::<u64>();
            all(shell, count.with_context(|| format!("`{seeds}` is no number of seeds"))?)
        }
        [_, unknown, ..] => bail!("unexpected argument `{unknown}`"),
    }
}

fn all(shell: &Shell, seeds: u64) -> Result<()> {
    let clusters = NODES.map(|nodes| ("raft", nodes, seeds));
    let groups = REPLICAS.map(|(nodes, share)| ("replicas", nodes, seeds / share));
    for (machine, nodes, seeds) in clusters.into_iter().chain(groups) {
        println!("\n{seeds} seeds of {nodes}, {machine}");
        let seeds = seeds.to_string();
        program(shell).args([machine, "--nodes", nodes, "--seeds", &seeds]).run()?;
    }
    Ok(())
}

fn program(shell: &Shell) -> Cmd<'_> {
    cmd!(shell, "cargo run --quiet --release --package synod-sim --")
}

//! Clusters of Raft and of Multi-Paxos, groups of replicas, decisions and registers in the
//! simulator, of sizes that people run, and whether it finds planted bugs; and what its pinned runs
//! give, written anew.

use anyhow::{Context, Result, bail};
use xshell::{Cmd, Shell, cmd};

/// What is simulated, of how many nodes, and one of how many seeds of it is run.
const BATCHES: [(&str, &str, u64); 15] = [
    ("raft", "1", 1),
    ("raft", "3", 1),
    ("raft", "5", 1),
    ("multi-paxos", "3", 1),
    ("multi-paxos", "4", 2),
    ("multi-paxos", "5", 1),
    ("replicas", "3", 4),
    ("replicas", "5", 20),
    ("paxos", "1", 10),
    ("paxos", "3", 1),
    ("paxos", "4", 2),
    ("paxos", "5", 1),
    ("register", "1", 10),
    ("register", "3", 2),
    ("register", "5", 2),
];

pub fn run(shell: &Shell, arguments: &[String]) -> Result<()> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        [] => all(shell, 100_000),
        ["pin"] => Ok(program(shell).arg("pin").run()?),
        ["planted", ref rest @ ..] => Ok(program(shell).arg("planted").args(rest).run()?),
        [seeds] => {
            let count = seeds.parse::<u64>();
            all(shell, count.with_context(|| format!("`{seeds}` is no number of seeds"))?)
        }
        [_, unknown, ..] => bail!("unexpected argument `{unknown}`"),
    }
}

fn all(shell: &Shell, seeds: u64) -> Result<()> {
    for (machine, nodes, share) in BATCHES {
        let seeds = seeds / share;
        println!("\n{seeds} seeds of {nodes}, {machine}");
        let seeds = seeds.to_string();
        program(shell).args([machine, "--nodes", nodes, "--seeds", &seeds]).run()?;
    }
    Ok(())
}

fn program(shell: &Shell) -> Cmd<'_> {
    cmd!(shell, "cargo run --quiet --release --package synod-sim --")
}

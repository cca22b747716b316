//! Clusters in the simulator, of each size that people run.

use anyhow::{Context, Result, bail};
use xshell::{Shell, cmd};

/// Numbers of voters.
const NODES: [&str; 3] = ["1", "3", "5"];

pub fn run(shell: &Shell, arguments: &[String]) -> Result<()> {
    let seeds = match arguments {
        [] => "100000",
        [seeds] => {
            seeds.parse::<u64>().with_context(|| format!("`{seeds}` is no number of seeds"))?;
            seeds
        }
        [_, unknown, ..] => bail!("unexpected argument `{unknown}`"),
    };
    for nodes in NODES {
        println!("\n{seeds} seeds of {nodes}");
        cmd!(shell, "cargo run --quiet --release --package synod-sim -- raft")
            .args(["--nodes", nodes, "--seeds", seeds])
            .run()?;
    }
    Ok(())
}

//! Small systems of Paxos, Raft, Multi-Paxos and registers, searched until nothing is left; and
//! whether that finds planted bugs.

use anyhow::{Result, bail};
use xshell::{Shell, cmd};

pub fn run(shell: &Shell, arguments: &[String]) -> Result<()> {
    match arguments {
        [] => {}
        [word] if word == "--quick" || word == "planted" => {}
        [unknown] | [_, unknown, ..] => bail!("unexpected argument `{unknown}`"),
    }
    let _models = shell.push_dir("sim/models");
    cmd!(shell, "cargo run --quiet --release --locked -- {arguments...}").run()?;
    Ok(())
}

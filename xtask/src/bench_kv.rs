//! The replicated store of `examples/kv` beside etcd: `bench/kv`, into `examples/kv/RESULTS.md`.

use std::{env, path::PathBuf};

use anyhow::{Result, bail};
use xshell::{Shell, cmd};

use crate::tools;

pub fn run(shell: &Shell, arguments: &[String]) -> Result<()> {
    let rounds = match arguments {
        [] => "5",
        [rounds] => rounds,
        _ => bail!("at most one argument, how many rounds"),
    };
    tools::program(shell, "etcd", "etcd-server")?;
    tools::program(shell, "setpriv", "util-linux")?;
    let root = tools::root();
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    cmd!(shell, "cargo build --release --locked --package synod-kv").run()?;
    let server = target.join("release/synod-kv");
    // Not in memory: what is measured is also the disk.
    let data = target.join("bench-kv");
    let results = root.join("examples/kv/RESULTS.md");
    let _bench = shell.push_dir(root.join("bench/kv"));
    cmd!(shell, "cargo run --release --locked -- {server} {data} {rounds} {results}").run()?;
    Ok(())
}

//! Tests that the README's command, with all features, does not run: with no feature, in release,
//! where nothing checks for overflow, and the examples that check themselves.

use anyhow::Result;
use xshell::{Shell, cmd};

use crate::{arguments, workspace};

pub fn run(shell: &Shell, arguments: &[String]) -> Result<()> {
    arguments::none(arguments)?;
    let others = workspace::WITHOUT_SERVERS;
    cmd!(shell, "cargo test --workspace {others...} --no-default-features").run()?;
    // Documentation examples have run, and optimising each takes longest of all.
    cmd!(shell, "cargo test --workspace {others...} --all-features --release --lib --tests")
        .run()?;
    cmd!(shell, "cargo run --package synod-consensus-core --example stop_sign").run()?;
    cmd!(shell, "cargo run --package synod-crdt --all-features --example offline_spell").run()?;
    cmd!(shell, "cargo test --package synod-hashring --all-features --example compare").run()?;
    Ok(())
}

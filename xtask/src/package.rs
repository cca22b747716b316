//! Each library packs, and builds from what was packed.
//!
//! All in one command: the crates depend on each other, and cargo finds a version that was never
//! published among the packages it has just made. Uncommitted changes are refused, unless
//! `--allow-dirty` is given.

use anyhow::Result;
use xshell::{Shell, cmd};

use crate::{arguments, workspace};

pub fn run(shell: &Shell, arguments: &[String]) -> Result<()> {
    let dirty = arguments::flag(arguments, "--allow-dirty")?.then_some("--allow-dirty");
    let libraries = workspace::libraries(shell)?;
    let selection = workspace::selection(&libraries);
    cmd!(shell, "cargo package --all-features {selection...} {dirty...}").run()?;
    Ok(())
}

//! Each library packs, and builds from what was packed.
//!
//! All in one command: the crates depend on each other, and cargo finds a version that was never
//! published among the packages it has just made. Uncommitted changes are refused, unless
//! `--allow-dirty` is given.

use std::time::UNIX_EPOCH;

use anyhow::Result;
use xshell::{Shell, cmd};

use crate::{arguments, workspace};

pub fn run(shell: &Shell, arguments: &[String]) -> Result<()> {
    let dirty = arguments::flag(arguments, "--allow-dirty")?.then_some("--allow-dirty");
    let libraries = workspace::libraries(shell)?;
    let selection = workspace::selection(&libraries);
    // Cargo unpacks what it has just made into its home, under a name made from this path, and
    // takes what it finds there to be the same version: so each run needs a path of its own.
    let now = UNIX_EPOCH.elapsed()?.as_nanos();
    let target = shell.current_dir().join("target").join(format!("package-{now}"));
    cmd!(shell, "cargo package --target-dir {target} --all-features {selection...} {dirty...}")
        .run()?;
    shell.remove_path(target)?;
    Ok(())
}

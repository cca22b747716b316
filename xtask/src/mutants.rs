//! Faults planted in one crate that no test notices.

use anyhow::{Context, Result, bail};
use xshell::{Shell, cmd};

use crate::{tools, workspace};

pub fn run(shell: &Shell, arguments: &[String]) -> Result<()> {
    let [folder] = arguments else { bail!("which crate? Such as `cargo xtask mutants clocks`") };
    let libraries = workspace::libraries(shell)?;
    let library = libraries
        .iter()
        .find(|library| library.folder == *folder)
        .with_context(|| format!("no library in a folder `{folder}`"))?;
    tools::cargo_tool(shell, "cargo-mutants", "27.1.0")?;

    // It prints each survivor, and fails if there is one.
    let package = &library.package;
    let output = tools::root().join("target");
    cmd!(shell, "cargo mutants --package {package} --all-features --output {output}").run()?;
    Ok(())
}

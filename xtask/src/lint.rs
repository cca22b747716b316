//! Formatting, clippy and documentation, all without a warning.

use anyhow::Result;
use xshell::{Shell, cmd};

use crate::{arguments, tools, workspace};

pub fn run(shell: &Shell, arguments: &[String]) -> Result<()> {
    arguments::none(arguments)?;
    let toolchain = tools::active_toolchain();
    tools::components(shell, &toolchain, &["rustfmt", "clippy"])?;
    tools::protoc(shell)?;

    cmd!(shell, "cargo fmt --all --check").run()?;
    for (folder, target) in workspace::OUTSIDE {
        let _folder = shell.push_dir(folder);
        cmd!(shell, "cargo fmt --all --check").run()?;
        if let Some(target) = target {
            tools::target(shell, &toolchain, target)?;
        }
        // What is only for a board has no tests on the host.
        let target = target.map_or(vec!["--all-targets"], |target| vec!["--target", target]);
        cmd!(shell, "cargo clippy --locked {target...} -- -D warnings").run()?;
    }
    // Without features too: a link to an item behind a feature is broken there.
    let [exclude, servers] = workspace::WITHOUT_SERVERS;
    for options in [&["--all-features"][..], &["--no-default-features", exclude, servers]] {
        cmd!(shell, "cargo clippy --workspace --all-targets {options...} -- -D warnings").run()?;
        cmd!(shell, "cargo doc --workspace --no-deps {options...}")
            .env("RUSTDOCFLAGS", "-D warnings")
            .run()?;
    }
    Ok(())
}

//! Formatting, clippy and documentation, all without a warning.

use anyhow::Result;
use xshell::{Shell, cmd};

use crate::{arguments, tools, workspace};

pub fn run(shell: &Shell, arguments: &[String]) -> Result<()> {
    arguments::none(arguments)?;
    tools::components(shell, &tools::active_toolchain(), &["rustfmt", "clippy"])?;

    cmd!(shell, "cargo fmt --all --check").run()?;
    for folder in workspace::outside() {
        let manifest = folder.join("Cargo.toml");
        cmd!(shell, "cargo fmt --all --check --manifest-path {manifest}").run()?;
    }
    for features in ["--all-features", "--no-default-features"] {
        cmd!(
            shell,
            "cargo clippy --workspace --all-targets {features} -- -D warnings"
        )
        .run()?;
        // Without features too: a link to an item behind a feature is broken there.
        cmd!(shell, "cargo doc --workspace --no-deps {features}")
            .env("RUSTDOCFLAGS", "-D warnings")
            .run()?;
    }
    Ok(())
}

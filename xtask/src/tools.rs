//! What the verbs need installed: found, installed where that is possible, or named in one line.

use std::{
    env,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};
use xshell::{Cmd, Shell, cmd};

/// The workspace's folder.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_owned).unwrap_or_default()
}

/// The toolchain of Miri and of fuzzing.
pub const NIGHTLY: &str = "nightly";

/// The toolchain that runs this program, and so every plain `cargo` below it.
pub fn active_toolchain() -> String {
    env::var("RUSTUP_TOOLCHAIN").unwrap_or_else(|_| "stable".to_owned())
}

/// `cargo` of another toolchain, without what the toolchain that runs this program left behind.
pub fn cargo<'a>(shell: &'a Shell, toolchain: &str) -> Cmd<'a> {
    cmd!(shell, "cargo +{toolchain}").env_remove("CARGO").env_remove("RUSTUP_TOOLCHAIN")
}

/// Makes sure that `toolchain` can compile for `target`.
pub fn target(shell: &Shell, toolchain: &str, target: &str) -> Result<()> {
    cmd!(shell, "rustup target add --toolchain {toolchain} {target}")
        .quiet()
        .ignore_stderr()
        .run()
        .with_context(|| format!("missing: target {target} of toolchain {toolchain}, from rustup"))
}

/// Makes sure that `toolchain` is installed with `components`.
pub fn components(shell: &Shell, toolchain: &str, components: &[&str]) -> Result<()> {
    if cmd!(shell, "rustc +{toolchain} --version").quiet().ignore_stderr().read().is_err() {
        cmd!(shell, "rustup toolchain install {toolchain} --profile minimal")
            .run()
            .with_context(|| format!("missing: toolchain {toolchain}, from rustup"))?;
    }
    if components.is_empty() {
        return Ok(());
    }
    cmd!(shell, "rustup component add --toolchain {toolchain} {components...}")
        .quiet()
        .ignore_stderr()
        .run()
        .with_context(|| format!("missing: {components:?} of toolchain {toolchain}, from rustup"))
}

/// Makes sure that the cargo subcommand `name` is installed; installs the pinned `version` if not.
pub fn cargo_tool(shell: &Shell, name: &str, version: &str) -> Result<()> {
    let subcommand = name.trim_start_matches("cargo-");
    if cmd!(shell, "cargo {subcommand} --version").quiet().ignore_stderr().read().is_ok() {
        return Ok(());
    }
    cmd!(shell, "cargo install --locked {name} --version {version}")
        .run()
        .with_context(|| format!("missing: {name} {version}, from cargo install"))
}

/// Makes sure that `bench` builds: a peer there generates code from protocol buffers.
pub fn protoc(shell: &Shell) -> Result<()> {
    program(shell, "protoc", "protobuf-compiler")
}

/// Makes sure that `program` is on the path; installs Debian's `package` if that is possible.
pub fn program(shell: &Shell, program: &str, package: &str) -> Result<()> {
    let found = || cmd!(shell, "{program} --version").quiet().ignore_stderr().read().is_ok();
    if found() {
        return Ok(());
    }
    let install = ["install", "--yes", "--no-install-recommends", package];
    let _ = cmd!(shell, "apt-get update").quiet().ignore_stdout().run();
    let _ = cmd!(shell, "apt-get {install...}").quiet().ignore_stdout().run();
    if found() { Ok(()) } else { bail!("missing: {program}, from the package {package}") }
}

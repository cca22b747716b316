//! Every combination of features builds: on the host, without `std` on targets that have none,
//! and at both extremes with the oldest Rust the crates promise.

use anyhow::Result;
use xshell::{Shell, cmd};

use crate::{
    arguments, tools,
    workspace::{self, Library},
};

/// No operating system on any of them; the first has no compare-and-swap either, so no `Arc`.
const WITHOUT_STD: &[&str] = &[
    "thumbv6m-none-eabi",
    "thumbv7em-none-eabihf",
    "riscv32imac-unknown-none-elf",
    "wasm32-unknown-unknown",
];

pub fn run(shell: &Shell, arguments: &[String]) -> Result<()> {
    arguments::none(arguments)?;
    tools::cargo_tool(shell, "cargo-hack", "0.6.46")?;
    let toolchain = tools::active_toolchain();
    tools::components(shell, &toolchain, &["clippy"])?;
    let libraries = workspace::libraries(shell)?;

    combinations(shell, &libraries, &["--exclude-features", "default"])?;
    for target in WITHOUT_STD {
        tools::target(shell, &toolchain, target)?;
        let options = ["--exclude-features", "default,std", "--target", target];
        combinations(shell, &libraries, &options)?;
    }
    libraries.iter().try_for_each(|library| oldest(shell, library))
}

/// Clippy rather than a plain check: an import unused in one combination is refused without
/// compiling the dependencies anew under other flags.
fn combinations(shell: &Shell, libraries: &[Library], options: &[&str]) -> Result<()> {
    let selection = workspace::selection(libraries);
    let hack = ["hack", "--feature-powerset"];
    cmd!(shell, "cargo {hack...} {selection...} {options...} clippy --quiet -- -D warnings")
        .run()?;
    Ok(())
}

fn oldest(shell: &Shell, library: &Library) -> Result<()> {
    let Library { package, oldest_toolchain, .. } = library;
    tools::components(shell, oldest_toolchain, &[])?;
    for features in ["--all-features", "--no-default-features"] {
        // An older compiler's lints may be mistaken, and no dependant ever sees them.
        tools::cargo(shell, oldest_toolchain)
            .args(["check", "--package", package, features])
            .env("RUSTFLAGS", "--cap-lints=allow")
            .run()?;
    }
    Ok(())
}

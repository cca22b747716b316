//! The libraries' tests under Miri, which sees undefined behaviour in dependencies and runs
//! targets unlike the host.
//!
//! The short form runs the unit and integration tests where they differ most from the host: on
//! 32 bits, and on a big-endian machine. `--full` adds the host, the documentation's examples and
//! more cases. Property tests must leave their number of cases to `PROPTEST_CASES`.

use anyhow::Result;
use xshell::Shell;

use crate::{arguments, tools, workspace};

/// 32 bits, and big-endian with 64.
const UNLIKE_THE_HOST: &[&str] = &["i686-unknown-linux-gnu", "s390x-unknown-linux-gnu"];

pub fn run(shell: &Shell, arguments: &[String]) -> Result<()> {
    let full = arguments::flag(arguments, "--full")?;
    tools::components(shell, tools::NIGHTLY, &["miri", "rust-src"])?;
    let libraries = workspace::libraries(shell)?;
    let (cases, parts): (&str, &[&str]) = if full {
        ("32", &[])
    } else {
        ("4", &["--lib", "--tests"])
    };

    let host = full.then_some("x86_64-unknown-linux-gnu");
    for target in host.iter().chain(UNLIKE_THE_HOST) {
        tools::cargo(shell, tools::NIGHTLY)
            .args(["miri", "test", "--all-features", "--target", target])
            .args(workspace::selection(&libraries))
            .args(parts)
            // Property tests ask for the working folder, which isolation forbids.
            .env("MIRIFLAGS", "-Zmiri-disable-isolation")
            .env("PROPTEST_CASES", cases)
            .env("PROPTEST_DISABLE_FAILURE_PERSISTENCE", "true")
            .run()?;
    }
    Ok(())
}

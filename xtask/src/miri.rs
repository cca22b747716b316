//! The libraries' tests under Miri, which sees undefined behaviour in dependencies and runs
//! targets unlike the host.
//!
//! The short form runs the unit and integration tests on a big-endian machine of 64 bits; the boards
//! in the emulator are the 32 bits. `--full` runs those, the host, the documentation's examples and
//! more cases. Property tests must leave their number of cases to `PROPTEST_CASES`; each costs two
//! seconds before its first case. Long loops of other tests shorten themselves by `cfg!(miri)`.

use anyhow::Result;
use xshell::Shell;

use crate::{arguments, tools, workspace};

const BIG_ENDIAN: &str = "s390x-unknown-linux-gnu";
const OTHERS: &[&str] = &["i686-unknown-linux-gnu", "x86_64-unknown-linux-gnu"];

pub fn run(shell: &Shell, arguments: &[String]) -> Result<()> {
    let full = arguments::flag(arguments, "--full")?;
    tools::components(shell, tools::NIGHTLY, &["miri", "rust-src"])?;
    let libraries = workspace::libraries(shell)?;
    let (cases, parts, others): (_, &[_], &[_]) =
        if full { ("8", &[], OTHERS) } else { ("2", &["--lib", "--tests"], &[]) };
    for target in [BIG_ENDIAN].iter().chain(others) {
        tools::cargo(shell, tools::NIGHTLY)
            .args(["miri", "test", "--all-features", "--target", target])
            .args(workspace::selection(&libraries))
            .args(parts)
            // Property tests ask for the working folder, which isolation forbids.
            .env("MIRIFLAGS", "-Zmiri-disable-isolation")
            .env("PROPTEST_CASES", cases)
            // The default generator is built for secrecy, and slow to interpret.
            .env("PROPTEST_RNG_ALGORITHM", "xs")
            .env("PROPTEST_DISABLE_FAILURE_PERSISTENCE", "true")
            .run()?;
    }
    Ok(())
}

//! The libraries' tests under Miri, which sees undefined behaviour in dependencies and runs
//! targets unlike the host.
//!
//! The short form runs the unit and integration tests on a big-endian machine of 64 bits; the
//! boards in the emulator are the 32 bits. `--full` runs those, the host, the documentation's
//! examples, more cases, and short runs of the simulator, which must be the same on all of them.
//! Property tests must leave their number of cases to `PROPTEST_CASES`; each costs two seconds
//! before its first case. Long loops of other tests shorten themselves by `cfg!(miri)`.

use anyhow::Result;
use xshell::{Cmd, Shell};

use crate::{arguments, tools, workspace};

const BIG_ENDIAN: &str = "s390x-unknown-linux-gnu";
const OTHERS: &[&str] = &["i686-unknown-linux-gnu", "x86_64-unknown-linux-gnu"];
/// Tests of the simulator: runs whose hashes are pinned, and one node of another.
const SAME_EVERYWHERE: [&str; 2] =
    ["a_short_run_is_the_same_everywhere", "the_recording_can_be_replayed_everywhere"];

pub fn run(shell: &Shell, arguments: &[String]) -> Result<()> {
    let full = arguments::flag(arguments, "--full")?;
    tools::components(shell, tools::NIGHTLY, &["miri", "rust-src"])?;
    let libraries = workspace::libraries(shell)?;
    let (cases, parts, others): (_, &[_], &[_]) =
        if full { ("8", &[], OTHERS) } else { ("1", &["--lib", "--tests"], &[]) };
    for target in [BIG_ENDIAN].iter().chain(others) {
        miri(shell, target)
            .arg("--all-features")
            .args(workspace::selection(&libraries))
            .args(parts)
            .env("PROPTEST_CASES", cases)
            // The default generator is built for secrecy, and slow to interpret.
            .env("PROPTEST_RNG_ALGORITHM", "xs")
            .env("PROPTEST_DISABLE_FAILURE_PERSISTENCE", "true")
            .run()?;
        if full {
            miri(shell, target)
                .args(["--package", "synod-sim"])
                .args(["--test", "raft", "--test", "paxos", "--test", "register"])
                .args(["--", "--exact"])
                .args(SAME_EVERYWHERE)
                .run()?;
        }
    }
    Ok(())
}

/// Tests under Miri.
fn miri<'a>(shell: &'a Shell, target: &str) -> Cmd<'a> {
    tools::cargo(shell, tools::NIGHTLY)
        .args(["miri", "test", "--target", target])
        // Property tests ask for the working folder, which isolation forbids.
        .env("MIRIFLAGS", "-Zmiri-disable-isolation")
}

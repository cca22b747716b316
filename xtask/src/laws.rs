//! The long form of the laws of `crdt`: of each property many histories, and all short traces of
//! three replicas.

use anyhow::Result;
use xshell::{Shell, cmd};

use crate::arguments;

/// Four million in all: there are some 160 properties.
const CASES: u64 = 25_000;

pub fn run(shell: &Shell, arguments: &[String]) -> Result<()> {
    let cases = arguments::number(arguments, CASES, "cases")?;
    // Optimised, these tests take minutes to compile, so they are there only on request.
    let _long = shell.push_env("RUSTFLAGS", "--cfg synod_long");
    let tests = ["--release", "--package", "synod-crdt", "--all-features", "--test", "convergence"];
    cmd!(shell, "cargo test {tests...}").env("PROPTEST_CASES", cases.to_string()).run()?;
    cmd!(shell, "cargo test {tests...} -- --ignored --nocapture").run()?;
    Ok(())
}

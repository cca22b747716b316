//! Every fuzz target for some seconds, as cargo-fuzz runs it by hand.
//!
//! - Debug assertions and overflow checks are on (`-a`): to reach one is what fuzzing is for.
//! - No sanitizer (`-s none`): the crates forbid `unsafe`, Miri watches their dependencies, and
//!   without it inputs run about five times faster.
//! - It begins with the committed inputs in `fuzz/corpus`, and leaves them alone: what it finds
//!   goes to `target/fuzz`, where the next run picks it up.

use std::{fs, path::Path};

use anyhow::{Context, Result, bail, ensure};
use xshell::Shell;

use crate::tools;

const DEFAULT_SECONDS: u64 = 60;
/// The most inputs that are committed for a target. `cargo fuzz run` by hand adds all that it
/// finds.
const COMMITTED_INPUTS: usize = 300;
/// How the targets are built; the same for each command, or they would be built twice.
const BUILD: &[&str] = &["-O", "-a", "-s", "none"];

pub fn run(shell: &Shell, arguments: &[String]) -> Result<()> {
    let (seconds, only) = match arguments {
        [] => (DEFAULT_SECONDS, None),
        [seconds] => (parse_seconds(seconds)?, None),
        [seconds, target] => (parse_seconds(seconds)?, Some(target)),
        _ => bail!("at most two arguments: seconds and a target"),
    };
    tools::components(shell, tools::NIGHTLY, &[])?;
    tools::cargo_tool(shell, "cargo-fuzz", "0.13.2")?;

    let listed = tools::cargo(shell, tools::NIGHTLY).args(["fuzz", "list"]).quiet().read()?;
    let targets: Vec<&str> =
        listed.lines().filter(|name| only.is_none_or(|only| only == name)).collect();
    if targets.is_empty() {
        bail!("no such fuzz target; there are: {}", listed.replace('\n', " "));
    }
    tools::cargo(shell, tools::NIGHTLY).args(["fuzz", "build"]).args(BUILD).args(only).run()?;

    let mut speeds = Vec::new();
    for target in targets {
        speeds.push((target, fuzz(shell, target, seconds)?));
    }
    println!("\n{:<30} {:>12} {:>12}", "fuzz target", "executions", "a second");
    for (target, speed) in speeds {
        println!("{target:<30} {:>12} {:>12}", speed.executions, speed.per_second);
    }
    Ok(())
}

struct Speed {
    executions: u64,
    per_second: u64,
}

fn fuzz(shell: &Shell, target: &str, seconds: u64) -> Result<Speed> {
    let finds = tools::root().join("target/fuzz").join(target);
    let committed = tools::root().join("fuzz/corpus").join(target);
    let inputs = fs::read_dir(&committed).map_or(0, Iterator::count);
    ensure!(
        inputs <= COMMITTED_INPUTS,
        "{inputs} inputs in fuzz/corpus/{target}: shrink them to {COMMITTED_INPUTS}, as fuzz/README.md says"
    );
    fs::create_dir_all(&finds)?;
    let command = tools::cargo(shell, tools::NIGHTLY)
        .args(["fuzz", "run"])
        .args(BUILD)
        .arg(target)
        // The first folder receives what is found, the others are only read.
        .arg(&finds)
        .args(Some(&committed).filter(|folder| Path::exists(folder)))
        .args(["--", "-print_final_stats=1", "-timeout=10"])
        .arg(format!("-max_total_time={seconds}"));
    eprintln!("$ {command}");
    let output = command.quiet().ignore_status().output()?;
    let log = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        eprintln!("{log}");
        bail!("fuzz target {target} failed; the input stands above");
    }
    let executions = statistic(&log, "stat::number_of_executed_units:")?;
    ensure!(executions > 0, "fuzz target {target} ran no input");
    Ok(Speed { executions, per_second: statistic(&log, "stat::average_exec_per_sec:")? })
}

fn statistic(log: &str, name: &str) -> Result<u64> {
    let value = log.lines().find_map(|line| line.strip_prefix(name));
    let value = value.with_context(|| format!("libFuzzer printed no {name}"))?;
    Ok(value.trim().parse()?)
}

fn parse_seconds(seconds: &str) -> Result<u64> {
    seconds.parse().with_context(|| format!("`{seconds}` is not a number of seconds"))
}

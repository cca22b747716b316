//! Everything that must be green, the cheapest first.

use std::time::Instant;

use anyhow::{Context, Result};
use xshell::Shell;

use crate::arguments;

/// What gates, each as one would type it after `cargo xtask`.
const STEPS: &[&str] = &[
    "lint",
    "package",
    "test",
    "sim 3000",
    "sim planted --quick",
    "kv 20",
    "powerset",
    "panic-free",
    "footprint",
    "board",
    "peers",
    "miri",
    "fuzz 5",
];

pub fn run(shell: &Shell, arguments: &[String]) -> Result<()> {
    arguments::none(arguments)?;
    for (passed, step) in STEPS.iter().enumerate() {
        println!("\n== {step}");
        let words: Vec<String> = step.split(' ').map(str::to_owned).collect();
        let start = Instant::now();
        let outcome = crate::dispatch(shell, &words);
        println!("== {step}: {:.0} s", start.elapsed().as_secs_f64());
        if outcome.is_err() {
            println!("{passed} passed, 1 failed");
        }
        outcome.with_context(|| format!("step `{step}` failed"))?;
    }
    println!("{} passed, 0 failed", STEPS.len());
    Ok(())
}

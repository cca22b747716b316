//! Lines of the libraries that the tests run, file by file.

use anyhow::{Context, Result};
use serde_json::Value;
use xshell::{Shell, cmd};

use crate::{arguments, tools, workspace};

pub fn run(shell: &Shell, arguments: &[String]) -> Result<()> {
    arguments::none(arguments)?;
    tools::components(shell, &tools::active_toolchain(), &["llvm-tools"])?;
    tools::cargo_tool(shell, "cargo-llvm-cov", "0.9.1")?;
    let libraries = workspace::libraries(shell)?;
    let selection = workspace::selection(&libraries);

    let report = cmd!(shell, "cargo llvm-cov --all-features --json --summary-only {selection...}");
    let report: Value = serde_json::from_str(&report.read()?)?;
    let report = &report["data"][0];
    for file in report["files"].as_array().context("no files in the report of cargo llvm-cov")? {
        let path = file["filename"].as_str().unwrap_or_default();
        let root = format!("{}/", tools::root().display());
        print_lines(path.strip_prefix(&root).unwrap_or(path), &file["summary"]);
    }
    print_lines("total", &report["totals"]);
    Ok(())
}

fn print_lines(name: &str, summary: &Value) {
    let lines = &summary["lines"];
    let percent = lines["percent"].as_f64().unwrap_or_default();
    println!("{name:<50} {:>5} of {:>5} lines {percent:>6.1} %", lines["covered"], lines["count"]);
}

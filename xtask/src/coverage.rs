//! Lines of the libraries that the tests run, file by file, and why some are not run.

use std::{collections::BTreeMap, fs};

use anyhow::{Context, Result, ensure};
use xshell::{Shell, cmd};

use crate::{arguments, tools, workspace};

/// Of a crate whose lines are all accounted for: the lines that no test runs, each under its
/// reason, as "- `src/file.rs`: `the line`".
const REASONS: &str = "tests/COVERAGE.md";

/// How often each line is not run, by file and by what it says: a line's number would not last.
type Lines = BTreeMap<(String, String), usize>;

pub fn run(shell: &Shell, arguments: &[String]) -> Result<()> {
    arguments::none(arguments)?;
    tools::components(shell, &tools::active_toolchain(), &["llvm-tools"])?;
    tools::cargo_tool(shell, "cargo-llvm-cov", "0.9.1")?;
    let libraries = workspace::libraries(shell)?;
    let selection = workspace::selection(&libraries);

    // Programs of earlier sources would be counted, too.
    cmd!(shell, "cargo llvm-cov clean --workspace").run()?;
    let report = cmd!(shell, "cargo llvm-cov --all-features --lcov {selection...}").read()?;
    let missed = read_report(&report)?;
    let mut faults = 0;
    for library in &libraries {
        let path = tools::root().join(&library.folder).join(REASONS);
        if path.exists() {
            let text = fs::read_to_string(&path)?;
            let reasons = read_reasons(&text, &library.folder);
            faults += compare(&missed, &reasons, &library.folder);
        }
    }
    ensure!(faults == 0, "{faults} lines that are not as the crate's {REASONS} has them");
    Ok(())
}

/// Prints how much of each file is run, and gives the lines that are not.
fn read_report(report: &str) -> Result<Lines> {
    let root = format!("{}/", tools::root().display());
    let (mut missed, mut total) = (Lines::new(), [0, 0]);
    let (mut name, mut text, mut counts) = ("", Vec::new(), [0, 0]);
    let source: &mut String = &mut String::new();
    for record in report.lines() {
        if let Some(path) = record.strip_prefix("SF:") {
            *source = fs::read_to_string(path)?;
            (name, counts) = (path.strip_prefix(&root).unwrap_or(path), [0, 0]);
            text = source.lines().map(|line| line.trim().to_owned()).collect();
        } else if let Some(line) = record.strip_prefix("DA:") {
            let (number, runs) = line.split_once(',').context("a line without a count")?;
            let run = !runs.starts_with('0');
            counts = [counts[0] + usize::from(run), counts[1] + 1];
            let line = number.parse::<usize>()?.checked_sub(1).and_then(|line| text.get(line));
            let line = line.with_context(|| format!("{name} has no line {number}"))?;
            let closes = line.chars().all(|letter| "]});,".contains(letter));
            if !run && !closes {
                *missed.entry((name.to_owned(), line.clone())).or_default() += 1;
            }
        } else if record == "end_of_record" {
            print_lines(name, counts);
            total = [total[0] + counts[0], total[1] + counts[1]];
        }
    }
    print_lines("total", total);
    Ok(missed)
}

fn print_lines(name: &str, [run, all]: [usize; 2]) {
    let percent = if all == 0 { 100.0 } else { 100.0 * run as f64 / all as f64 };
    println!("{name:<50} {run:>5} of {all:>5} lines {percent:>6.1} %");
}

/// The lines that a crate has a reason for.
fn read_reasons(text: &str, folder: &str) -> Lines {
    let mut lines = Lines::new();
    for item in text.lines().filter_map(|line| line.strip_prefix("- `")?.strip_suffix('`')) {
        if let Some((file, line)) = item.split_once("`: `") {
            *lines.entry((format!("{folder}/{file}"), line.to_owned())).or_default() += 1;
        }
    }
    lines
}

/// Prints the lines of a crate that are not run without a reason, and reasons without such a line.
fn compare(missed: &Lines, reasons: &Lines, folder: &str) -> usize {
    let of_crate = |file: &str| file.split('/').next() == Some(folder);
    let mut faults = 0;
    let mut print = |fault: &str, some: &Lines, others: &Lines| {
        for ((file, line), count) in some.iter().filter(|((file, _), _)| of_crate(file)) {
            if others.get(&(file.clone(), line.clone())).unwrap_or(&0) < count {
                println!("{fault}: {file}: {line}");
                faults += 1;
            }
        }
    };
    print("not run, without a reason", missed, reasons);
    print("a reason for what is run, or is not there", reasons, missed);
    faults
}

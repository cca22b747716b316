//! The project's own chores: `cargo xtask help` lists them.

mod arguments;
mod bench;
mod bench_kv;
mod board;
mod ci;
mod coverage;
mod footprint;
mod fuzz;
mod image;
mod kv;
mod laws;
mod lint;
mod miri;
mod models;
mod mutants;
mod package;
mod panic_free;
mod peers;
mod powerset;
mod sim;
mod test;
mod tools;
mod workspace;

use std::{env, process::ExitCode};

use anyhow::{Context, Result};
use xshell::Shell;

/// A chore: its name, its purpose and arguments for `help`, and what it does.
type Verb = (&'static str, &'static str, fn(&Shell, &[String]) -> Result<()>);

#[rustfmt::skip] // a line each
const VERBS: &[Verb] = &[
    ("ci", "everything that must be green", ci::run),
    ("lint", "formatting, clippy and documentation without a warning", lint::run),
    ("test", "tests with no feature, and in release; cargo test runs those with all", test::run),
    ("powerset", "every combination of features, also without std and on the oldest Rust", powerset::run),
    ("package", "each library packs and builds from its package [--allow-dirty]", package::run),
    ("panic-free", "every operation links for three ARM cores without a panic handler", panic_free::run),
    ("footprint", "code and types measured on two ARM cores against FOOTPRINT.md [--update]", footprint::run),
    ("board", "portable tests and the simulator as firmware on three boards in QEMU", board::run),
    ("miri", "tests under Miri, on a big-endian target [--full: 32 bits and the host, too, more cases, and runs of the simulator]", miri::run),
    ("fuzz", "every fuzz target for a minute [SECONDS] [TARGET]", fuzz::run),
    ("sim", "clusters of Raft and Multi-Paxos, groups of replicas, decisions by Paxos and registers under faults, in the simulator [SEEDS: 100000 | planted [--quick] [BUG...]: does it find bugs? | pin: write what pinned runs give]", sim::run),
    ("models", "every order of events in small systems of Paxos, Raft, Multi-Paxos and registers [--quick | planted: do they find bugs?]", models::run),
    ("kv", "the replicated store with Redis' tools, and under chaos [SECONDS: 60]", kv::run),
    ("laws", "the laws of crdt in four million histories, and in all short ones [CASES: 25000 a property]", laws::run),
    ("peers", "differential tests and counts of allocations beside other crates", peers::run),
    ("coverage", "lines that the tests run, file by file", coverage::run),
    ("mutants", "planted faults that no test notices, in the crate of a folder: CRATE", mutants::run),
    ("bench", "benchmarks against peers, into bench/RESULTS.md [FILTER: printed only]", bench::run),
    ("bench-kv", "examples/kv beside etcd, into its RESULTS.md [ROUNDS: 5]", bench_kv::run),
];

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<()> {
    let shell = Shell::new()?;
    shell.change_dir(tools::root());
    match arguments {
        [] => help(),
        [word] if word == "help" => help(),
        words => return dispatch(&shell, words),
    }
    Ok(())
}

fn help() {
    for (name, purpose, _) in VERBS {
        println!("{name:<12} {purpose}");
    }
}

/// Runs the verb that the first word names, with the other words.
fn dispatch(shell: &Shell, words: &[String]) -> Result<()> {
    let (name, arguments) = words.split_first().context("no verb")?;
    let verb = VERBS.iter().find(|verb| verb.0 == name);
    let (_, _, chore) =
        verb.with_context(|| format!("no verb `{name}`; `cargo xtask help` lists them"))?;
    chore(shell, arguments)
}

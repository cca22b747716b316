//! The project's own chores: `cargo xtask help` lists them.

mod board;
mod footprint;
mod image;
mod panic_free;
mod tools;

use std::{env, process::ExitCode};

use anyhow::{Result, bail};
use xshell::Shell;

/// A chore: its name, its arguments and purpose for `help`, and what it does.
type Verb = (
    &'static str,
    &'static str,
    fn(&Shell, &[String]) -> Result<()>,
);

const VERBS: &[Verb] = &[
    (
        "board",
        "run the portable tests on three boards in QEMU",
        board::run,
    ),
    (
        "footprint",
        "measure code and types on two ARM cores; --update",
        footprint::run,
    ),
    (
        "panic-free",
        "link every operation without a panic handler",
        panic_free::run,
    ),
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
    match arguments.split_first() {
        Some((name, rest)) if name != "help" => match VERBS.iter().find(|verb| verb.0 == name) {
            Some((_, _, chore)) => chore(&shell, rest),
            None => bail!("no verb `{name}`; `cargo xtask help` lists them"),
        },
        _ => {
            for (name, purpose, _) in VERBS {
                println!("{name:<12} {purpose}");
            }
            Ok(())
        }
    }
}

//! Everything that must be green, the cheapest first.

use std::{
    env,
    io::{Read, pipe},
    process::Command,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, anyhow, ensure};
use xshell::Shell;

use crate::{arguments, tools};

/// What gates, each as one would type it after `cargo xtask`: some steps one after another, and
/// beside them others, also one after another. The linker, the interpreter and the fuzzer keep one
/// core busy each.
const STEPS: &[(&[&str], &[&str])] = &[
    (&["lint", "package", "test", "sim 3000", "kv 20", "powerset"], &[]),
    (&["panic-free"], &["peers", "footprint", "board"]),
    (&["miri"], &["fuzz 3", "sim planted --quick"]),
];

pub fn run(shell: &Shell, arguments: &[String]) -> Result<()> {
    arguments::none(arguments)?;
    // Two that install at once would be in each other's way.
    tools::components(shell, tools::NIGHTLY, &["miri", "rust-src"])?;
    let mut passed: usize = 0;
    for (steps, beside) in STEPS {
        let beside = thread::spawn(|| beside.iter().map(|step| Aside::run(step)).collect());
        let mut outcomes = Vec::new();
        for step in *steps {
            let outcome = here(shell, step);
            let is_over = outcome.is_err();
            outcomes.push((*step, outcome));
            if is_over {
                break;
            }
        }
        // What is beside is waited for, also then.
        let aside: Vec<Aside> = beside.join().map_err(|_| anyhow!("a step beside panicked"))?;
        outcomes.extend(aside.into_iter().map(|aside| (aside.step, aside.tell())));
        for (step, outcome) in outcomes {
            if outcome.is_err() {
                println!("{passed} passed, 1 failed");
            }
            outcome.with_context(|| format!("step `{step}` failed"))?;
            passed += 1;
        }
    }
    println!("{passed} passed, 0 failed");
    Ok(())
}

fn here(shell: &Shell, step: &str) -> Result<()> {
    println!("\n== {step}");
    let words: Vec<String> = step.split(' ').map(str::to_owned).collect();
    let start = Instant::now();
    let outcome = crate::dispatch(shell, &words);
    println!("== {step}: {:.0} s", start.elapsed().as_secs_f64());
    outcome
}

/// A step in a process of its own, whose output waits until what is here is done.
struct Aside {
    step: &'static str,
    /// What it printed, if it has passed, and how long it took.
    outcome: Result<(String, bool, Duration)>,
}

impl Aside {
    fn run(step: &'static str) -> Self {
        let start = Instant::now();
        let outcome = output(step).map(|(text, passed)| (text, passed, start.elapsed()));
        Self { step, outcome }
    }

    fn tell(self) -> Result<()> {
        let (text, passed, time) = self.outcome?;
        println!("\n== {}\n{text}\n== {}: {:.0} s", self.step, self.step, time.as_secs_f64());
        ensure!(passed, "it failed");
        Ok(())
    }
}

/// All that a step prints, and whether it has passed.
fn output(step: &str) -> Result<(String, bool)> {
    let (mut reader, writer) = pipe()?;
    let mut command = Command::new(env::current_exe()?);
    command.args(step.split(' ')).stdout(writer.try_clone()?).stderr(writer);
    let mut process = command.spawn().with_context(|| format!("cannot run `{step}`"))?;
    // It holds the ends of the pipe that are written to.
    drop(command);
    let mut output = Vec::new();
    reader.read_to_end(&mut output)?;
    Ok((String::from_utf8_lossy(&output).into_owned(), process.wait()?.success()))
}

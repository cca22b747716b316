//! Everything that must be green, the cheapest first.

use std::{
    env,
    io::{Read, pipe},
    process::{Child, Command},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use xshell::Shell;

use crate::{arguments, tools};

/// What gates, each as one would type it after `cargo xtask`. Those of one line run side by side:
/// the linker, the interpreter and the fuzzer keep one core busy each.
const STEPS: &[&[&str]] = &[
    &["lint"],
    &["package"],
    &["test"],
    &["sim 3000"],
    &["sim planted --quick"],
    &["kv 20"],
    &["powerset"],
    &["panic-free", "peers"],
    &["footprint"],
    &["board"],
    &["miri", "fuzz 3"],
];

pub fn run(shell: &Shell, arguments: &[String]) -> Result<()> {
    arguments::none(arguments)?;
    // Two that install at once would be in each other's way.
    tools::components(shell, tools::NIGHTLY, &["miri", "rust-src"])?;
    let mut passed: usize = 0;
    for steps in STEPS {
        let aside =
            steps.iter().skip(1).map(|step| Aside::start(step)).collect::<Result<Vec<_>>>()?;
        let mut outcomes: Vec<_> =
            steps.first().map(|step| (*step, here(shell, step))).into_iter().collect();
        // All are waited for, also when the first has failed.
        outcomes.extend(aside.into_iter().map(|aside| (aside.step, aside.finish())));
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

/// A step in a process of its own, whose output waits until it is done.
struct Aside {
    step: &'static str,
    process: Child,
    /// What it printed, and how long it took.
    output: JoinHandle<std::io::Result<(String, Duration)>>,
}

impl Aside {
    fn start(step: &'static str) -> Result<Self> {
        let (mut reader, writer) = pipe()?;
        let mut command = Command::new(env::current_exe()?);
        command.args(step.split(' ')).stdout(writer.try_clone()?).stderr(writer);
        let process = command.spawn().with_context(|| format!("cannot run `{step}`"))?;
        let start = Instant::now();
        let output = thread::spawn(move || {
            let mut output = Vec::new();
            reader.read_to_end(&mut output)?;
            Ok((String::from_utf8_lossy(&output).into_owned(), start.elapsed()))
        });
        Ok(Self { step, process, output })
    }

    fn finish(mut self) -> Result<()> {
        println!("\n== {}", self.step);
        let output = self.output.join();
        let status = self.process.wait()?;
        if let Ok(output) = output {
            let (output, time) = output?;
            println!("{output}\n== {}: {:.0} s", self.step, time.as_secs_f64());
        }
        ensure!(status.success(), "it ended with {status}");
        Ok(())
    }
}

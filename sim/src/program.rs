//! What the program does.

mod args;
mod batch;
mod diagram;
mod pin;
mod planted;
mod replicas;
mod shrink;

use std::{fs, path::Path, process::ExitCode};

use synod_sim::{
    diary::Diary,
    fault::Fault,
    raft::{self, Mark},
    settings::Settings,
};

use args::{Args, Verb};

/// How many moments a diagram shows.
const MOMENTS: usize = 90;
/// A batch of so many seeds must have seen everything.
const ENOUGH: u64 = 1_000;

/// Runs the program.
pub(crate) fn run() -> Result<ExitCode, Box<dyn std::error::Error>> {
    let args = match Args::parse()? {
        Some(args) => args,
        None => return Ok(ExitCode::SUCCESS),
    };
    if args.verb == Verb::Pin {
        pin::pin()?;
        return Ok(ExitCode::SUCCESS);
    }
    if args.verb == Verb::Planted {
        let found = if args.quick { planted::check()? } else { planted::measure()? };
        return Ok(if found { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    if args.verb == Verb::Replicas {
        return Ok(replicas::run(&args));
    }
    let batch = batch::run(&args);
    print!("{batch}");
    if args.brief {
        return Ok(if batch.failure.is_some() { ExitCode::FAILURE } else { ExitCode::SUCCESS });
    }
    if let Some((settings, violation)) = &batch.failure {
        println!("\nVIOLATION in seed {}: {violation}", settings.seed);
        println!("reproduce: {}", args::command(Verb::Raft, settings));
        explain(settings, &args)?;
        return Ok(ExitCode::FAILURE);
    }
    let missed = missed(&batch, &args);
    for name in &missed {
        println!("NEVER SEEN: {name}");
    }
    Ok(if missed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Shrinks a failure and draws its last moments.
fn explain(settings: &Settings, args: &Args) -> Result<(), Box<dyn std::error::Error>> {
    let fails = |settings: &Settings| raft::run(settings, None).violation.is_some();
    let small = if args.shrink { shrink::shrink(settings, fails) } else { *settings };
    let report = raft::run(&small, Some(Diary::new(MOMENTS)));
    let (Some(violation), Some(diary)) = (&report.violation, &report.diary) else { return Ok(()) };
    println!("smallest:  {}", args::command(Verb::Raft, &small));
    println!("           {violation}, at {} us, after {} calls", report.simulated_us, report.calls);
    let happened: Vec<&str> = Fault::ALL
        .iter()
        .filter(|&&fault| report.tally.of(fault) > 0)
        .map(|fault| fault.name())
        .collect();
    let left = if happened.is_empty() { "none".into() } else { happened.join(", ") };
    println!("           faults left: {left}");
    let folder = if Path::new("target").is_dir() { "target/" } else { "" };
    let path = format!("{folder}raft-{}.svg", small.seed);
    let titles = [&violation.to_string(), &args::command(Verb::Raft, &small)];
    fs::write(&path, diagram::draw(diary, small.nodes, titles.map(String::as_str)))?;
    println!("diagram:   {path}");
    Ok(())
}

/// What a batch of this size should have seen and has not.
fn missed(batch: &batch::Batch, args: &Args) -> Vec<&'static str> {
    // Rows and hubs need these numbers, and smaller sets of faults cannot show everything.
    let whole = args.first == Settings::new(args.first.seed, args.first.nodes);
    if args.seeds < ENOUGH || !matches!(args.first.nodes, 3 | 5) || !whole {
        return Vec::new();
    }
    let marks = Mark::ALL.iter().filter(|&&mark| !mark.is_optional() && batch.marks.of(mark) == 0);
    let faults = Fault::ALL.iter().filter(|&&fault| batch.tally.of(fault) == 0);
    marks.map(|mark| mark.name()).chain(faults.map(|fault| fault.name())).collect()
}

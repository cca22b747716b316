//! What the program does.

mod args;
mod batch;
mod diagram;
mod machine;
mod pin;
mod planted;
mod shrink;

use std::{fs, path::Path, process::ExitCode};

use synod_sim::{diary::Diary, fault::Fault, settings::Settings};

use args::{Args, Verb};
use machine::Machine;

/// How many moments a diagram shows.
const MOMENTS: usize = 90;

/// Runs the program.
pub(crate) fn run() -> Result<ExitCode, Box<dyn std::error::Error>> {
    let args = match Args::parse()? {
        Some(args) => args,
        None => return Ok(ExitCode::SUCCESS),
    };
    let machine = match args.verb {
        Verb::Run(machine) => machine,
        Verb::Pin => {
            pin::pin()?;
            return Ok(ExitCode::SUCCESS);
        }
        Verb::Planted => {
            let bugs = planted::named(&args.bugs)?;
            let found = if args.quick { planted::check(&bugs)? } else { planted::measure(&bugs)? };
            return Ok(if found { ExitCode::SUCCESS } else { ExitCode::FAILURE });
        }
    };
    let batch = batch::run(machine, &args);
    print!("{batch}");
    if args.brief {
        return Ok(if batch.failure.is_some() { ExitCode::FAILURE } else { ExitCode::SUCCESS });
    }
    if let Some((settings, violation)) = &batch.failure {
        println!("\nVIOLATION in seed {}: {violation}", settings.seed);
        println!("reproduce: {}", args::command(machine, settings));
        explain(machine, settings, &args)?;
        return Ok(ExitCode::FAILURE);
    }
    let missed = batch.missed(&args);
    for name in &missed {
        println!("NEVER SEEN: {name}");
    }
    Ok(if missed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Shrinks a failure and draws its last moments.
fn explain(
    machine: &Machine,
    settings: &Settings,
    args: &Args,
) -> Result<(), Box<dyn std::error::Error>> {
    let fails = |settings: &Settings| (machine.run)(settings, None).violation.is_some();
    let small = if args.shrink { shrink::shrink(settings, fails) } else { *settings };
    let outcome = (machine.run)(&small, Some(Diary::new(MOMENTS)));
    let Some(violation) = &outcome.violation else { return Ok(()) };
    println!("smallest:  {}", args::command(machine, &small));
    println!(
        "           {violation}, at {} us, after {} calls",
        outcome.simulated_us, outcome.calls
    );
    let happened: Vec<&str> = Fault::ALL
        .iter()
        .filter(|&&fault| outcome.tally.of(fault) > 0)
        .map(|fault| fault.name())
        .collect();
    let left = if happened.is_empty() { "none".into() } else { happened.join(", ") };
    println!("           faults left: {left}");
    let Some(diary) = &outcome.diary else { return Ok(()) };
    let folder = if Path::new("target").is_dir() { "target/" } else { "" };
    let path = format!("{folder}{}-{}.svg", machine.name, small.seed);
    let titles = [&violation.to_string(), &args::command(machine, &small)];
    fs::write(&path, diagram::draw(diary, small.nodes, titles.map(String::as_str)))?;
    println!("diagram:   {path}");
    Ok(())
}

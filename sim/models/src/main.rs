//! The program: all scopes in a table, one of them, or what a planted bug does.

mod planted;

use std::{env, error::Error, process::ExitCode};

use synod_models::{FULL, Found, QUICK, Scope, named};

/// How many threads search.
const THREADS: usize = 2;
const USAGE: &str =
    "usage: synod-models [--quick] [SCOPE] | planted | hunt SCOPE PROPERTY [--trace]";

fn main() -> ExitCode {
    let words: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match run(&words) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

/// Whether all is as it should be.
fn run(words: &[&str]) -> Result<bool, Box<dyn Error>> {
    match *words {
        [] => Ok(table(FULL)),
        ["--quick"] => Ok(table(QUICK)),
        ["planted"] => planted::all(),
        ["hunt", scope, property] => hunt(find(scope)?, property, false),
        ["hunt", scope, property, "--trace"] => hunt(find(scope)?, property, true),
        ["--quick", scope] => Ok(table(&[*named(QUICK, scope).ok_or(USAGE)?])),
        [scope] => Ok(table(&[*find(scope)?])),
        _ => Err(USAGE.into()),
    }
}

fn find(scope: &str) -> Result<&'static Scope, &'static str> {
    named(FULL, scope).ok_or(USAGE)
}

/// Searches these, one after another, and says what came of each.
fn table(scopes: &[Scope]) -> bool {
    println!("| scope | bounds | states | steps | depth | seconds | |");
    println!("|---|---|---:|---:|---:|---:|---|");
    let mut all = true;
    for scope in scopes {
        let found = scope.search(THREADS);
        let Found { states, steps, depth, complete, .. } = found;
        let (seconds, bounds) = (found.time.as_secs_f64(), scope.bounds);
        let end = if complete { "complete" } else { "INCOMPLETE" };
        println!(
            "| {} | {bounds} | {states} | {steps} | {depth} | {seconds:.1} | {end} |",
            scope.name
        );
        for (property, way) in &found.failures {
            println!("\n`{}`: not \"{property}\", after {} steps\n", scope.name, way.len());
            way.iter().for_each(|step| println!("    {step}"));
        }
        all &= found.holds();
    }
    all
}

/// Looks for a state in which this property does not hold. Gives whether there is one.
fn hunt(scope: &Scope, property: &str, trace: bool) -> Result<bool, Box<dyn Error>> {
    let found = scope.hunt(THREADS, property.to_owned().leak());
    let Some(way) = found.failures.get(property) else {
        println!("nothing, in {} states", found.states);
        return Ok(false);
    };
    println!("{} steps, {} states", way.len(), found.states);
    if trace {
        way.iter().for_each(|step| println!("    {step}"));
    }
    Ok(true)
}

//! What a replicated store gives for a choice of N, R and W, or of weights, as a table.
//!
//! ```text
//! cargo run -p synod-quorum --example tradeoffs -- 3 2 2
//! cargo run -p synod-quorum --example tradeoffs -- 5 1 3 --hints --failure 0.05
//! cargo run -p synod-quorum --example tradeoffs -- --weights 3,1,1 2 4
//! ```

use core::{error::Error, str::FromStr};
use std::{ffi::OsString, process::ExitCode};

use lexopt::prelude::*;
use synod_quorum::{Hints, LiveSets, NodeSet, Profile, Quorums, Threshold, Weighted, classify};

const USAGE: &str = "\
usage: tradeoffs N R W [options]             N nodes, reads wait for R of them, writes for W
       tradeoffs --weights A,B,… R W [options]   R and W are weights; at most 20 nodes
options:
  --hints        what stand-ins keep for absent nodes counts (a sloppy quorum)
  --failure P    the probability that a node is down, from 0 to 1; 0.01 unless given";

const UNCOUNTED: &str = "\n(Availability is counted for at most 20 nodes.)\n";

fn main() -> ExitCode {
    match run(std::env::args_os()) {
        Ok(table) => {
            print!("{table}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error} (--help says more)");
            ExitCode::FAILURE
        }
    }
}

struct Arguments {
    help: bool,
    weights: Option<Vec<u32>>,
    numbers: Vec<u64>,
    hints: Hints,
    failure: f64,
}

fn run(arguments: impl Iterator<Item = OsString>) -> Result<String, Box<dyn Error>> {
    let Arguments { help, weights, numbers, hints, failure } = parse(arguments)?;
    if help {
        return Ok(format!("{USAGE}\n"));
    }
    match (weights, numbers.as_slice()) {
        (None, &[n, r, w]) => {
            of_counts(n.try_into()?, r.try_into()?, w.try_into()?, hints, failure)
        }
        (Some(weights), &[r, w]) => of_weights(&weights, r, w, hints, failure),
        _ => Err("three numbers are needed, or weights and two".into()),
    }
}

fn parse(arguments: impl Iterator<Item = OsString>) -> Result<Arguments, Box<dyn Error>> {
    let mut parser = lexopt::Parser::from_iter(arguments);
    let mut parsed = Arguments {
        help: false,
        weights: None,
        numbers: Vec::new(),
        hints: Hints::Uncounted,
        failure: 0.01,
    };
    while let Some(argument) = parser.next()? {
        match argument {
            Long("weights") => {
                let list = parser.value()?.string()?;
                let weights = list.split(',').map(u32::from_str).collect::<Result<_, _>>()?;
                parsed.weights = Some(weights);
            }
            Long("help") | Short('h') => parsed.help = true,
            Long("hints") => parsed.hints = Hints::Counted,
            Long("failure") => parsed.failure = parser.value()?.parse()?,
            Value(number) => parsed.numbers.push(number.parse()?),
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(parsed)
}

fn of_counts(
    n: usize,
    r: usize,
    w: usize,
    hints: Hints,
    failure: f64,
) -> Result<String, Box<dyn Error>> {
    let profile = classify(n, r, w, hints)?;
    let strict = classify(n, r, w, Hints::Uncounted)?;
    let sign = |meet| if meet { '>' } else { '≤' };
    let (reads, writes) = (sign(strict.reads_meet_writes()), sign(strict.writes_meet()));
    let mut table =
        format!("N {n}, R {r}, W {w}: R + W {} N, W + W {} N\n\n{profile}", reads, writes);
    // Wide enough for any set that can be counted.
    let nodes = NodeSet::<1>::first(n.min(NodeSet::<1>::CAPACITY))?;
    match (Threshold::new(nodes, r), Threshold::new(nodes, w)) {
        (Ok(read), Ok(write)) if nodes.len() == n => {
            table += &availability(&read, &write, hints, failure)?;
        }
        _ => table += UNCOUNTED,
    }
    Ok(table)
}

fn of_weights(
    weights: &[u32],
    r: u64,
    w: u64,
    hints: Hints,
    failure: f64,
) -> Result<String, Box<dyn Error>> {
    let mut by_node = [0; 20];
    by_node.get_mut(..weights.len()).ok_or("at most 20 weights")?.copy_from_slice(weights);
    let read = Weighted::<20>::new(by_node, r)?;
    let write = Weighted::<20>::new(by_node, w)?;
    let profile = Profile::of(&read, &write, hints)?;
    let total = read.total();
    let mut table = format!("weights {weights:?}, {total} in all, R {r}, W {w}\n\n{profile}");
    table += &availability(&read, &write, hints, failure)?;
    Ok(table)
}

/// Exactly, where the sets of nodes can be counted.
fn availability(
    read: &impl Quorums,
    write: &impl Quorums,
    hints: Hints,
    failure: f64,
) -> Result<String, Box<dyn Error>> {
    let (Ok(read), Ok(write)) = (LiveSets::of(read), LiveSets::of(write)) else {
        return Ok(UNCOUNTED.into());
    };
    let refused = "the probability of a failure is from 0 to 1";
    let read = read.unavailability(failure).ok_or(refused)?;
    let write = write.unavailability(failure).ok_or(refused)?;
    let without = if hints == Hints::Counted { ", without stand-ins" } else { "" };
    Ok(format!(
        "\nwhen each node is down with probability {failure}, independently{without},\n\
         reads are refused with probability  {read:.3e}\n\
         writes are refused with probability {write:.3e}\n"
    ))
}

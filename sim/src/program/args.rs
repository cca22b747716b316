//! The program's arguments.

use std::{error::Error, thread};

use lexopt::{Arg, Parser, ValueExt};
use synod_sim::{fault::FaultSet, settings::Settings};

use super::machine::{MACHINES, Machine};

const USAGE: &str = "\
usage: synod-sim raft [options]
       synod-sim replicas [options]
       synod-sim paxos [options]
       synod-sim register [options]
       synod-sim planted [NAME]...  finds known bugs, planted in the core one at a time
       synod-sim pin                writes what pinned runs give now into sim/pinned

  --seeds N     how many seeds to run (1000)
  --start N     the first of them (0)
  --seed N      only this one
  --nodes N     how many voters, replicas or acceptors, from 1 to 9 (5)
  --faults HEX  which kinds of faults are allowed (all)
  --length N    how much of the storm to run, in thousandths (1000)
  --threads N   how many seeds at once (the number of cores)
  --no-shrink   leave a failure as it is
  --brief       one line for scripts
  --quick       of the planted bugs only those that are found soon, one search each
";

/// What to do.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Verb {
    /// Run seeds.
    Run(&'static Machine),
    /// Look for planted bugs.
    Planted,
    /// Write what pinned runs give.
    Pin,
}

/// What to run.
#[derive(Clone, Debug)]
pub(crate) struct Args {
    /// The settings of the first seed.
    pub(crate) first: Settings,
    pub(crate) seeds: u64,
    pub(crate) threads: usize,
    pub(crate) shrink: bool,
    pub(crate) brief: bool,
    pub(crate) verb: Verb,
    pub(crate) quick: bool,
    /// The planted bugs to look for; all if there are none.
    pub(crate) bugs: Vec<String>,
}

impl Args {
    /// The arguments of this process; `None` if only help was asked for.
    pub(crate) fn parse() -> Result<Option<Self>, Box<dyn Error>> {
        let threads = thread::available_parallelism().map_or(1, usize::from);
        let first = Settings::new(0, 5);
        let mut args = Self {
            first,
            seeds: 1_000,
            threads,
            shrink: true,
            brief: false,
            verb: Verb::Pin,
            quick: false,
            bugs: Vec::new(),
        };
        let mut parser = Parser::from_env();
        let mut machine = None;
        while let Some(arg) = parser.next()? {
            match arg {
                Arg::Value(value) if machine.is_none() => machine = Some(value.string()?),
                Arg::Value(value) if machine.as_deref() == Some("planted") => {
                    args.bugs.push(value.string()?);
                }
                Arg::Long("seeds") => args.seeds = parser.value()?.parse()?,
                Arg::Long("start") => args.first.seed = parser.value()?.parse()?,
                Arg::Long("seed") => {
                    args.first.seed = parser.value()?.parse()?;
                    args.seeds = 1;
                }
                Arg::Long("nodes") => args.first.nodes = parser.value()?.parse()?,
                Arg::Long("faults") => {
                    let text = parser.value()?.string()?;
                    let mask = u64::from_str_radix(text.trim_start_matches("0x"), 16)?;
                    args.first.faults = FaultSet(mask);
                }
                Arg::Long("length") => args.first.length_permille = parser.value()?.parse()?,
                Arg::Long("threads") => args.threads = parser.value()?.parse()?,
                Arg::Long("no-shrink") => args.shrink = false,
                Arg::Long("brief") => args.brief = true,
                Arg::Long("quick") => args.quick = true,
                Arg::Short('h') | Arg::Long("help") => {
                    print!("{USAGE}");
                    return Ok(None);
                }
                _ => return Err(arg.unexpected().into()),
            }
        }
        match machine.as_deref() {
            Some("planted") => args.verb = Verb::Planted,
            Some("pin") => args.verb = Verb::Pin,
            name => {
                let machine = MACHINES.iter().find(|machine| Some(machine.name) == name);
                let unknown = || format!("which machine?\n\n{USAGE}");
                args.verb = Verb::Run(machine.ok_or_else(unknown)?);
            }
        }
        if !(1..=9).contains(&args.first.nodes) {
            return Err("from 1 to 9 nodes".into());
        }
        Ok(Some(args))
    }
}

/// The command that runs these settings again.
pub(crate) fn command(machine: &Machine, settings: &Settings) -> String {
    let Settings { seed, nodes, faults, length_permille } = *settings;
    // A bug that was planted is to be there again.
    let flags = option_env!("RUSTFLAGS").filter(|flags| flags.contains("synod_planted"));
    let mut command = flags.map_or_else(String::new, |flags| format!("RUSTFLAGS='{flags}' "));
    command += &format!("cargo run --release -p synod-sim -- {}", machine.name);
    command += &format!(" --nodes {nodes} --seed {seed}");
    if faults != FaultSet::ALL {
        command += &format!(" --faults {:#x}", faults.0);
    }
    if length_permille != 1_000 {
        command += &format!(" --length {length_permille}");
    }
    command
}

//! Whether the simulator bites: bugs that broke other systems, planted in the core one at a time.

use std::{env, error::Error, process::Command};

/// A planted bug.
pub(crate) struct Bug {
    /// What `--cfg synod_planted` calls it.
    name: &'static str,
    /// What is simulated.
    machine: &'static str,
    /// The number of nodes that it needs.
    nodes: usize,
    what: &'static str,
    /// Whether a hundred seeds or two find it.
    soon: bool,
}

const fn soon(name: &'static str, nodes: usize, what: &'static str) -> Bug {
    Bug { name, machine: "raft", nodes, what, soon: true }
}

const fn late(name: &'static str, nodes: usize, what: &'static str) -> Bug {
    Bug { soon: false, ..soon(name, nodes, what) }
}

const fn paxos(name: &'static str, nodes: usize, what: &'static str) -> Bug {
    Bug { machine: "paxos", ..soon(name, nodes, what) }
}

const fn ballots(name: &'static str, nodes: usize, what: &'static str) -> Bug {
    Bug { machine: "multi-paxos", ..soon(name, nodes, what) }
}

const fn register(name: &'static str, nodes: usize, what: &'static str) -> Bug {
    Bug { machine: "register", ..soon(name, nodes, what) }
}

static PLANTED: [Bug; 35] = [
    soon("r01", 5, "an entry of an old term counts as committed"),
    soon("r07", 5, "committed by fewer than a quorum"),
    soon("r08", 5, "the vote is not written with its term"),
    soon("r09", 5, "stepping down forgets the vote"),
    soon("r10", 5, "acknowledged before it is durable"),
    soon("r11", 5, "a new leader answers reads too early"),
    late("r12", 5, "a late answer confirms another read"),
    soon("r16", 5, "a pre-vote writes the vote"),
    late("r17", 2, "the election timeout is drawn once"),
    soon("r18", 5, "whoever does not hear the leader deposes it"),
    soon("r24", 1, "committed before its own write is durable"),
    soon("r25", 5, "a late report of an overwritten entry counts"),
    ballots("p01", 3, "a candidate does not write its ballot"),
    ballots("p02", 5, "a promise is not written"),
    ballots("p05", 5, "a message of an earlier ballot is taken"),
    ballots("p06", 5, "committed by fewer than a quorum"),
    ballots("own-value", 5, "a new leader passes over what others have accepted"),
    ballots("half-complete", 5, "a new leader fetches a part of what it lacks"),
    ballots("read-alone", 3, "a follower's read does not wait for a quorum"),
    ballots("behind-stop", 3, "a leader takes proposals behind a stop sign"),
    paxos("p01", 3, "a ballot is used again after a restart"),
    paxos("p02", 3, "a promise is not written"),
    paxos("p05", 5, "a proposal below the promise is accepted"),
    paxos("p06", 5, "quorums that do not meet"),
    paxos("own-value", 3, "the own value goes before one that was accepted"),
    paxos("early-answer", 3, "an acceptor answers before its record is durable"),
    paxos("mixed-ballots", 3, "a learner adds up what was accepted under different ballots"),
    register("p01", 3, "a register's ballot is used again after a restart"),
    register("p02", 3, "a register's promise is not written"),
    register("p05", 5, "a register accepts below its promise"),
    register("p06", 3, "a register's quorums do not meet"),
    register("own-value", 3, "a register's proposer passes over what it finds"),
    register("read-alone", 3, "a read is answered without a quorum"),
    register("twice", 3, "only the last attempt of a change counts"),
    Bug {
        soon: false,
        ..register("kept-unsure", 3, "what is kept or read is not the latest state")
    },
];
/// From how many places each is looked for.
const STARTS: u64 = 7;
/// For how many seeds, at most.
const SEEDS: u64 = 20_000;
/// For how many, at most, where only those are looked for that are found soon.
const SOON: u64 = 1_000;
/// What a search says that finds nothing.
const NOTHING: &str = "no failure";

/// How the simulator is built with a bug.
#[derive(Clone, Copy)]
enum Build {
    /// So that seeds take no time.
    Fast,
    /// So that the build takes no time.
    Quick,
}

/// Those of these names, of whatever machine, or all if there are none.
pub(crate) fn named(names: &[String]) -> Result<Vec<&'static Bug>, Box<dyn Error>> {
    if names.is_empty() {
        return Ok(PLANTED.iter().collect());
    }
    if let Some(unknown) = names.iter().find(|name| !PLANTED.iter().any(|bug| bug.name == **name)) {
        return Err(format!("no bug `{unknown}`").into());
    }
    let is_named = |bug: &&Bug| names.iter().any(|name| bug.name == *name);
    Ok(PLANTED.iter().filter(is_named).collect())
}

/// Counts the seeds that it takes to find each bug, for PLANTED.md.
pub(crate) fn measure(bugs: &[&Bug]) -> Result<bool, Box<dyn Error>> {
    println!("| bug | what | nodes | seeds: median | least | most | found as |");
    println!("|---|---|---:|---:|---:|---:|---|");
    let mut all = true;
    for &bug in bugs {
        let Bug { name, nodes, what, .. } = *bug;
        build(name, Build::Fast)?;
        let mut needed = Vec::new();
        let mut found = Vec::new();
        for start in 0..STARTS {
            let first = start * 1_000_000;
            let (seeds, invariant) = hunt(bug, Build::Fast, (first, SEEDS))?;
            needed.push(seeds);
            if !found.contains(&invariant) {
                found.push(invariant);
            }
        }
        needed.sort_unstable();
        let (least, most) = (needed[0], needed[needed.len() - 1]);
        let median = needed[needed.len() / 2];
        all &= !found.iter().any(|invariant| invariant == NOTHING);
        let found = found.join("; ");
        println!("| {name} | {what} | {nodes} | {median} | {least} | {most} | {found} |");
    }
    Ok(all)
}

/// Looks once for each bug that is found soon.
pub(crate) fn check(bugs: &[&Bug]) -> Result<bool, Box<dyn Error>> {
    let mut all = true;
    for &bug in bugs.iter().filter(|bug| bug.soon) {
        let Bug { name, what, .. } = *bug;
        build(name, Build::Quick)?;
        let (seeds, invariant) = hunt(bug, Build::Quick, (0, SOON))?;
        all &= invariant != NOTHING;
        println!("{name}, {what}: {invariant}, after {seeds} seeds");
    }
    Ok(all)
}

/// Builds the program with a bug.
fn build(name: &str, build: Build) -> Result<(), Box<dyn Error>> {
    let status = cargo("build", name, build).status()?;
    if !status.success() {
        return Err(format!("the simulator does not build with {name}").into());
    }
    Ok(())
}

/// Runs so many seeds, from the first one, until one fails: how many it took, and what failed.
fn hunt(
    &Bug { name, machine, nodes, .. }: &Bug,
    build: Build,
    (first, seeds): (u64, u64),
) -> Result<(u64, String), Box<dyn Error>> {
    let output = cargo("run", name, build)
        .args(["--", machine, "--brief", "--threads", "1", "--start", &first.to_string()])
        .args(["--seeds", &seeds.to_string(), "--nodes", &nodes.to_string()])
        .output()?;
    let text = String::from_utf8(output.stdout)?;
    let (seeds, invariant) = text.trim().split_once(" seeds: ").ok_or("no answer")?;
    Ok((seeds.parse()?, invariant.to_owned()))
}

/// A command of Cargo's on the program with a bug.
fn cargo(verb: &str, name: &str, build: Build) -> Command {
    let mut command = Command::new(env::var("CARGO").unwrap_or_else(|_| "cargo".into()));
    command.args([verb, "--quiet", "--package", "synod-sim", "--target-dir", "target/planted"]);
    // With a target, procedural macros are built once, without the flags.
    command.args(["--target", "host-tuple"]);
    command.env("RUSTFLAGS", format!("--cfg synod_planted=\"{name}\""));
    match build {
        Build::Fast => command.arg("--release"),
        // The simulator is to find the bug, not an assertion in the core.
        Build::Quick => command
            .env("CARGO_PROFILE_DEV_DEBUG", "0")
            .env("CARGO_PROFILE_DEV_DEBUG_ASSERTIONS", "false")
            .env("CARGO_PROFILE_DEV_OVERFLOW_CHECKS", "false")
            .env("CARGO_INCREMENTAL", "0"),
    };
    command
}

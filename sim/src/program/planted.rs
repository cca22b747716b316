//! Whether the simulator bites: bugs that broke other systems, planted in the core one at a time.

use std::{env, error::Error, process::Command};

/// A bug, and the number of nodes that it needs.
const PLANTED: [(&str, usize, &str); 12] = [
    ("r01", 5, "an entry of an old term counts as committed"),
    ("r07", 5, "committed by fewer than a quorum"),
    ("r08", 5, "the vote is not written with its term"),
    ("r09", 5, "stepping down forgets the vote"),
    ("r10", 5, "acknowledged before it is durable"),
    ("r11", 5, "a new leader answers reads too early"),
    ("r12", 5, "a late answer confirms another read"),
    ("r16", 5, "a pre-vote writes the vote"),
    ("r17", 2, "the election timeout is drawn once"),
    ("r18", 5, "whoever does not hear the leader deposes it"),
    ("r24", 1, "committed before its own write is durable"),
    ("r25", 5, "a late report of an overwritten entry counts"),
];
/// From how many places each is looked for.
const STARTS: u64 = 7;
/// For how many seeds, at most.
const SEEDS: u64 = 20_000;

/// Builds the simulator with each bug and counts the seeds that it takes to find it.
pub(crate) fn run() -> Result<bool, Box<dyn Error>> {
    println!("| bug | what | nodes | seeds: median | least | most | found as |");
    println!("|---|---|---:|---:|---:|---:|---|");
    let mut all = true;
    for (name, nodes, what) in PLANTED {
        let program = build(name)?;
        let mut needed = Vec::new();
        let mut found = Vec::new();
        for start in 0..STARTS {
            let (seeds, invariant) = hunt(&program, nodes, start * 1_000_000)?;
            needed.push(seeds);
            if !found.contains(&invariant) {
                found.push(invariant);
            }
        }
        needed.sort_unstable();
        let (least, most) = (needed[0], needed[needed.len() - 1]);
        let median = needed[needed.len() / 2];
        all &= !found.iter().any(|invariant| invariant == "no failure");
        let found = found.join("; ");
        println!("| {name} | {what} | {nodes} | {median} | {least} | {most} | {found} |");
    }
    Ok(all)
}

/// Builds the program with a bug.
fn build(name: &str) -> Result<String, Box<dyn Error>> {
    let flags = format!("--cfg synod_planted=\"{name}\"");
    let target = "target/planted";
    let status = Command::new(env::var("CARGO").unwrap_or_else(|_| "cargo".into()))
        .args(["build", "--quiet", "--release", "--package", "synod-sim", "--target-dir", target])
        .env("RUSTFLAGS", flags)
        .status()?;
    if !status.success() {
        return Err(format!("the simulator does not build with {name}").into());
    }
    Ok(format!("{target}/release/synod-sim"))
}

/// Runs seeds until one fails: how many it took, and what failed.
fn hunt(program: &str, nodes: usize, start: u64) -> Result<(u64, String), Box<dyn Error>> {
    let (start, seeds, nodes) = (start.to_string(), SEEDS.to_string(), nodes.to_string());
    let output = Command::new(program)
        .args(["raft", "--brief", "--threads", "1"])
        .args(["--start", &start, "--seeds", &seeds, "--nodes", &nodes])
        .output()?;
    let text = String::from_utf8(output.stdout)?;
    let (seeds, invariant) = text.trim().split_once(" seeds: ").ok_or("no answer")?;
    Ok((seeds.parse()?, invariant.to_owned()))
}

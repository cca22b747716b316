//! Whether the models bite: bugs planted in the libraries, one at a time.

use std::{env, error::Error, process::Command};

/// A planted bug.
struct Bug {
    /// What `--cfg synod_planted` calls it.
    name: &'static str,
    what: &'static str,
    /// Where it is looked for.
    scope: &'static str,
    /// What it breaks.
    property: &'static str,
}

const fn bug(
    name: &'static str,
    what: &'static str,
    scope: &'static str,
    property: &'static str,
) -> Bug {
    Bug { name, what, scope, property }
}

const PLANTED: [Bug; 20] = [
    bug("p01", "rounds begin anew after a restart", "decree-crashes", "agreement"),
    bug("p01", "the same of a register", "register-restarts", "linearizable"),
    bug("p02", "a promise is not written", "decree-crashes", "agreement"),
    bug("p02", "the same of a register", "register-crashes", "linearizable"),
    bug("p05", "what is below the promise is accepted", "decree-crashes", "agreement"),
    bug("p05", "the same of a register", "register-crashes", "linearizable"),
    bug("p06", "chosen by fewer than a quorum", "decree-crashes", "agreement"),
    bug("p06", "the same of a register", "register-crashes", "linearizable"),
    bug("own-value", "a proposer passes over what it finds", "decree-crashes", "agreement"),
    bug("own-value", "the same of a register", "register-crashes", "linearizable"),
    bug("r08", "the vote is not written with its term", "raft-votes", "one leader a term"),
    bug("r10", "acknowledged before it is durable", "raft-replication", "all apply the same"),
    bug(
        "r24",
        "committed before its own write is durable",
        "raft-replication",
        "all apply the same",
    ),
    bug(
        "r25",
        "a late report of an overwritten entry counts",
        "raft-replication",
        "what is told is durable",
    ),
    bug("r11", "a new leader answers reads too early", "raft-reads", "reads are fresh"),
    bug("r12", "a late answer confirms another read", "raft-old-leader", "reads are fresh"),
    bug("p05", "what is below the promise is accepted", "ballots-recovery", "all apply the same"),
    bug(
        "own-value",
        "a leader passes over what it finds",
        "ballots-recovery",
        "all apply the same",
    ),
    bug(
        "half-complete",
        "leads with a part of the best log",
        "ballots-recovery",
        "all apply the same",
    ),
    bug("read-alone", "a read asks nobody", "ballots-reads", "reads are fresh"),
];

/// Builds this program with each, and looks for a way to break what it should break.
pub(crate) fn all() -> Result<bool, Box<dyn Error>> {
    println!("| bug | what | scope | breaks | found after |");
    println!("|---|---|---|---|---|");
    let mut all = true;
    for Bug { name, what, scope, property } in PLANTED {
        if !cargo("build", name).status()?.success() {
            return Err(format!("the models do not build with {name}").into());
        }
        let output = cargo("run", name).args(["--", "hunt", scope, property]).output()?;
        let found = String::from_utf8(output.stdout)?;
        all &= output.status.success();
        println!("| {name} | {what} | {scope} | {property} | {} |", found.trim());
    }
    Ok(all)
}

/// A command of Cargo's on this program with a bug.
fn cargo(verb: &str, name: &str) -> Command {
    let mut command = Command::new(env::var("CARGO").unwrap_or_else(|_| "cargo".into()));
    command.args([verb, "--quiet", "--release", "--locked"]);
    command.args(["--manifest-path", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")]);
    // With a target, procedural macros are built once, without the flags.
    command.args(["--target-dir", concat!(env!("CARGO_MANIFEST_DIR"), "/target/planted")]);
    command.args(["--target", "host-tuple"]);
    command.env("RUSTFLAGS", format!("--cfg synod_planted=\"{name}\""));
    command
}

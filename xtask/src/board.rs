//! `cargo xtask board`: the portable tests of every library as firmware, on three machines of
//! QEMU, and the simulator as firmware, which must give there what it gives on the host.
//!
//! `examples/board` is built for each and run there. On one of them a test that fails is planted
//! as well, and must be seen to fail.

use anyhow::{Context, Result, bail, ensure};
use xshell::{Shell, cmd};

use crate::{arguments, tools, workspace};

/// The machine that stands for each target.
const BOARDS: [(&str, &str); 3] = [
    ("lm3s6965evb", "thumbv7m-none-eabi"),
    ("mps2-an386", "thumbv7em-none-eabihf"),
    ("microbit", "thumbv6m-none-eabi"),
];

/// The firmware with the libraries' tests.
const TESTS: &str = "board";
/// Others, with those of these libraries: the flash of the smaller boards does not hold all.
const APART: [(&str, &[&str]); 5] = [
    ("agreement", &["consensus-core::paxos", "consensus-core::register", "quorum"]),
    ("multi_paxos", &["consensus-core::multi-paxos"]),
    ("crdt", &["crdt", "capacity"]),
    ("failure_detect", &["failure-detect"]),
    ("hashring", &["hashring"]),
];
/// The firmware with the simulator: a recording that every board replays, and a cluster in its
/// world where there is memory for one.
const SIMULATOR: &str = "simulator";
const WITHOUT_WORLD: &str = "microbit";

const FOLDER: &str = "examples/board";

/// Seconds after which a board is taken for stuck; all tests together take less than one.
const TIMEOUT_S: &str = "60";

pub fn run(shell: &Shell, arguments: &[String]) -> Result<()> {
    arguments::none(arguments)?;
    tools::program(shell, "qemu-system-arm", "qemu-system-arm")?;
    check_planted(shell)?;
    let libraries = workspace::libraries(shell)?;
    let mut failing = Vec::new();
    for (board, target) in BOARDS {
        let folders = libraries.iter().map(|library| library.folder.as_str());
        let is_apart = |folder: &&str| APART.iter().any(|(_, of)| of.contains(folder));
        let tests = folders.filter(|folder| !is_apart(folder)).collect();
        let world = Some("sim::world").filter(|_| board != WITHOUT_WORLD);
        let simulator = ["sim::replay"].into_iter().chain(world).collect();
        let apart = APART.map(|(firmware, of)| (firmware, of.to_vec()));
        let others: [(&str, Vec<&str>); 2] = [(TESTS, tests), (SIMULATOR, simulator)];
        for (firmware, suites) in others.into_iter().chain(apart) {
            let outcome = Outcome::of(shell, (board, target), firmware, &[])?;
            for suite in suites {
                let ran = outcome.text.contains(&format!("test {suite}::"));
                ensure!(ran, "no test of {suite} in the firmware {firmware}");
            }
            println!("{board:<12} {target:<22} {firmware:<14} {}", outcome.summary);
            for line in outcome.text.lines().filter(|line| line.contains("peak heap")) {
                println!("{:<12} {line}", "");
            }
            if !outcome.passed() {
                println!("{}", outcome.text);
                failing.push(board);
            }
        }
    }
    ensure!(failing.is_empty(), "tests failed on {}", failing.join(", "));
    Ok(())
}

/// A test planted to fail must be counted, named and told by the exit status.
fn check_planted(shell: &Shell) -> Result<()> {
    let (board, target) = BOARDS[0];
    let outcome = Outcome::of(shell, (board, target), TESTS, &["--features", "planted-failure"])?;
    let named = outcome.text.contains("test planted::fails ... FAILED: ");
    ensure!(
        outcome.failed == 1 && !outcome.success && named,
        "the planted failure was not seen on {board}:\n{}",
        outcome.text
    );
    println!("{board:<12} {target:<22} sees a failure that is planted");
    Ok(())
}

/// What a board said.
struct Outcome {
    text: String,
    /// The last line: how many passed and failed, and the stack they took.
    summary: String,
    passed: u64,
    failed: u64,
    /// Whether the firmware ended with success.
    success: bool,
}

impl Outcome {
    /// Builds a firmware for `target`, runs it on `board` and reads what it prints.
    fn of(
        shell: &Shell,
        (board, target): (&str, &str),
        name: &str,
        features: &[&str],
    ) -> Result<Self> {
        let firmware = firmware(shell, target, name, features)?;
        let output = cmd!(
            shell,
            "timeout {TIMEOUT_S} qemu-system-arm -machine {board} -nographic -monitor none
                -serial none -semihosting-config enable=on,target=native -kernel {firmware}"
        )
        .quiet()
        .ignore_status()
        .output()?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let summary = text.lines().last().unwrap_or_default().to_owned();
        let Some((passed, failed)) = counts(&summary) else {
            let errors = String::from_utf8_lossy(&output.stderr);
            bail!(
                "the tests of {name} on {board} did not end ({}):\n{text}{errors}",
                output.status
            );
        };
        Ok(Self { text, summary, passed, failed, success: output.status.success() })
    }

    fn passed(&self) -> bool {
        self.success && self.failed == 0 && self.passed > 0
    }
}

fn firmware(
    shell: &Shell,
    target: &str,
    name: &str,
    features: &[&str],
) -> Result<std::path::PathBuf> {
    tools::target(shell, &tools::active_toolchain(), target)?;
    let folder = tools::root().join(FOLDER).join("target");
    // From its own folder, so that its own manifest and settings are the ones that count.
    let _there = shell.push_dir(FOLDER);
    cmd!(
        shell,
        "cargo build --quiet --locked --release --target-dir {folder} --target {target}
            --bin {name} {features...}"
    )
    .quiet()
    .run()
    .with_context(|| format!("the firmware for {target}"))?;
    Ok(folder.join(target).join("release").join(name))
}

/// The numbers of `21 passed, 0 failed, peak stack 400 bytes`.
fn counts(summary: &str) -> Option<(u64, u64)> {
    let (passed, rest) = summary.split_once(" passed, ")?;
    let (failed, _) = rest.split_once(" failed, ")?;
    Some((passed.parse().ok()?, failed.parse().ok()?))
}

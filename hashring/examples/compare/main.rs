//! The algorithms side by side, on nodes, weights and keys of your own: how even they are, what a
//! change moves, and what they cost.
//!
//! ```text
//! cargo run --release -p synod-hashring --features alloc,ketama --example compare
//! cargo run --release -p synod-hashring --features alloc,ketama --example compare -- \
//!     --nodes nodes.txt --keys keys.txt --remove node-3 --replicas 2 --svg load.svg
//! ```

mod algorithms;
mod arguments;
mod bounded;
mod case;
mod chart;
mod counting;
mod keys;
mod measure;
mod parse;
mod progress;
mod shares;
mod table;
mod text;

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

use algorithms::{
    Algorithm, ByJump, ByJumpBack, ByKetama, ByMaglev, ByPartitions, ByRendezvous, ByRing, ByWeight,
};
use arguments::{Arguments, Keyed};
use case::Case;
use keys::Keys;
use measure::{Report, measure};
use progress::Progress;

/// Why there is no answer.
enum Stop {
    /// What was given is not as it should be.
    Input(String),
    /// The answer cannot be written.
    Output(String),
}

impl From<String> for Stop {
    fn from(message: String) -> Self {
        Self::Input(message)
    }
}

fn main() -> ExitCode {
    let (message, code) = match run() {
        Ok(()) => return ExitCode::SUCCESS,
        Err(Stop::Input(message)) => (format!("{message} (--help says more)"), 2),
        Err(Stop::Output(message)) => (message, 1),
    };
    // Where nobody listens, the exit code says it.
    let _ = writeln!(io::stderr(), "compare: {message}");
    ExitCode::from(code)
}

fn run() -> Result<(), Stop> {
    let Some(arguments) = Arguments::parse(std::env::args_os())? else {
        return print(arguments::USAGE);
    };
    let case = case_of(&arguments)?;
    let mut progress = Progress::new();
    let keys = match &arguments.keys {
        Keyed::Random(count) => Keys::random(*count),
        Keyed::File(path) => Keys::read(path, &mut progress)?,
    };
    // A file that cannot be written is known before the work, not after it.
    let mut svg = arguments.svg.as_ref().map(|path| create(path)).transpose()?;

    let reports = reports(&case, &keys, &arguments.only, &mut progress);
    progress.clear();
    if let (Some(file), Some(path)) = (&mut svg, &arguments.svg) {
        let chart = chart::svg(&case, &keys, &reports);
        let written = file.write_all(chart.as_bytes());
        written.map_err(|error| Stop::Output(format!("{path}: {error}")))?;
    }
    print(&table::table(&case, &keys, &reports))
}

fn case_of(arguments: &Arguments) -> Result<Case, String> {
    let mut nodes = arguments.nodes.clone();
    if let Some(path) = &arguments.node_file {
        let bytes = fs::read(path).map_err(|error| format!("--nodes {path}: {error}"))?;
        let mut listed = parse::node_lines(path, &bytes)?;
        listed.append(&mut nodes);
        nodes = listed;
    }
    if nodes.is_empty() {
        nodes = case::built_in();
    }
    Case::new(nodes, &arguments.changes, arguments.replicas)
}

fn create(path: &str) -> Result<File, Stop> {
    File::create(path).map_err(|error| Stop::Output(format!("--svg {path}: {error}")))
}

/// To standard output. Who closes that has read enough.
fn print(text: &str) -> Result<(), Stop> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Stop::Output(format!("standard output: {error}")))
        }
        _ => Ok(()),
    }
}

/// What each algorithm that was asked for came to, in the order of the table.
fn reports(case: &Case, keys: &Keys, only: &[&str], progress: &mut Progress) -> Vec<Report> {
    let mut work: Vec<fn(&Case, &Keys, &mut Progress) -> Report> = Vec::new();
    let passes = only.iter().map(|name| if *name == bounded::NAME { 2 } else { 1_u64 });
    progress.expect(passes.fold(0, u64::saturating_add).saturating_mul(keys.count()));
    let mut add = |name, measure| {
        if only.contains(&name) {
            work.push(measure);
        }
    };
    add(ByRing::NAME, measure::<ByRing>);
    add(bounded::NAME, bounded::measure);
    add(ByRendezvous::NAME, measure::<ByRendezvous>);
    add(ByWeight::NAME, measure::<ByWeight>);
    add(ByMaglev::NAME, measure::<ByMaglev>);
    add(ByPartitions::NAME, measure::<ByPartitions>);
    add(ByKetama::NAME, measure::<ByKetama>);
    add(ByJumpBack::NAME, measure::<ByJumpBack>);
    add(ByJump::NAME, measure::<ByJump>);
    work.iter().map(|measure| measure(case, keys, progress)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use arguments::ALGORITHMS;
    use case::Change;
    use measure::Figures;

    fn reports_of(change: Change, replicas: usize) -> (Case, Keys, Vec<Report>) {
        let case = Case::new(case::built_in(), &[change], Some(replicas)).unwrap();
        let keys = Keys::random(2_000);
        let reports = reports(&case, &keys, &ALGORITHMS, &mut Progress::new());
        (case, keys, reports)
    }

    /// Whether there are figures of the change.
    fn changes(reports: &[Report], name: &str) -> bool {
        let report = reports.iter().find(|report| report.name == name).unwrap();
        report.figures.as_ref().unwrap().owners.after.is_some()
    }

    #[test]
    fn each_key_is_counted_once_a_copy() {
        let (_, _, reports) = reports_of(Change::Remove("bergen-2".into()), 3);
        assert_eq!(reports.iter().map(|report| report.name).collect::<Vec<_>>(), ALGORITHMS);
        for report in &reports {
            let Figures { owners, replicas, .. } = report.figures.as_ref().unwrap();
            // The sixth node, of ten.
            let gone = owners.before[5];
            assert_eq!(owners.before.iter().sum::<u64>(), 2_000, "{}", report.name);
            if let Some(after) = &owners.after {
                assert_eq!(after.iter().sum::<u64>(), 2_000, "{}", report.name);
                assert_eq!(after[5], 0, "{}", report.name);
                assert!((gone..=1_000).contains(&owners.moved), "{}", report.name);
            }
            if ["ring", "rendezvous", "weighted", "partitions"].contains(&report.name) {
                assert_eq!(owners.moved, gone, "{}", report.name);
            }
            if let Some(replicas) = replicas {
                assert_eq!(replicas.loads.before.iter().sum::<u64>(), 6_000, "{}", report.name);
                assert_eq!((replicas.short, replicas.apart), (0, 2_000), "{}", report.name);
                assert!(replicas.apart_alone > 0, "{}", report.name);
            }
        }
    }

    #[test]
    fn of_numbered_nodes_the_last_one_goes() {
        for (name, may) in [("bodø-3", true), ("bodø-2", false)] {
            let (_, _, reports) = reports_of(Change::Remove(name.into()), 1);
            assert_eq!(changes(&reports, "jump"), may, "{name}");
            assert_eq!(changes(&reports, "jump-back"), may, "{name}");
            assert!(changes(&reports, "ring"));
        }
        // One that takes no keys has no number.
        let (_, _, reports) = reports_of(Change::Weight("bodø-3".into(), 0), 1);
        assert!(changes(&reports, "jump"));
    }

    #[test]
    fn a_table_and_a_picture() {
        let change = || Change::Weight("oslo-1".into(), 8);
        let (case, keys, reports) = reports_of(change(), 2);
        let table = table::table(&case, &keys, &reports);
        assert!(table.starts_with("10 nodes in 3 zones, of weight 30 in all; 2,000 keys."));
        assert!(table.lines().all(|line| line.chars().count() <= 100), "{table}");
        let names = |line: &str| ALGORITHMS.contains(&line.split(' ').next().unwrap());
        assert_eq!(table.lines().filter(|line| names(line)).count(), 9);

        let picture = chart::svg(&case, &keys, &reports);
        let count = |part| picture.matches(part).count();
        assert_eq!(count("<g"), count("</g>"));
        // Two bars a node and panel, the paper, and two in the legend.
        assert_eq!(count("<rect"), 2 * 10 * 9 + 3);
        let panels = || picture.lines().filter(|line| line.starts_with("<g transform"));
        let mut places: Vec<_> = panels().collect();
        places.sort_unstable();
        places.dedup();
        assert_eq!((panels().count(), places.len()), (9, 9));
        let (case, keys, reports) = reports_of(change(), 2);
        assert_eq!(chart::svg(&case, &keys, &reports), picture);
    }

    #[test]
    fn what_would_not_fit_in_memory_is_a_note() {
        let change = Change::Weight("oslo-1".into(), u32::MAX);
        let (case, keys, reports) = reports_of(change, 3);
        let table = table::table(&case, &keys, &reports);
        assert!(table.contains("* ring: 100 tokens a mean node would be 143,16"));
    }
}

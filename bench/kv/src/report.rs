//! The results, in Markdown.

use std::{collections::BTreeMap, fmt, time::Duration};

use crate::{
    FAIL_OVERS, IDLE,
    fail_over::EVERY,
    load::{CONNECTIONS, KEYS, LENGTH, Load, Measured, WARM_UP},
    machine::Machine,
};

/// Everything that was measured.
#[derive(Debug)]
pub struct Report {
    pub machine: Machine,
    pub rounds: u32,
    pub synod: Side,
    pub etcd: Side,
}

/// What was measured of one system.
#[derive(Debug, Default)]
pub struct Side {
    pub version: String,
    pub fresh_kib: u64,
    pub loaded_kib: u64,
    pub loads: BTreeMap<Load, Vec<Measured>>,
    pub fail_overs: Vec<Duration>,
}

type Figure = (&'static str, usize, fn(&Measured) -> f64);

#[rustfmt::skip] // a line each
const FIGURES: [Figure; 8] = [
    ("operations a second", 0, |of| of.per_s),
    ("p50, ms", 2, |of| of.p50_us / 1e3),
    ("p99, ms", 2, |of| of.p99_us / 1e3),
    ("max, ms", 1, |of| of.max_us / 1e3),
    ("CPU of the three nodes, µs an operation", 1, |of| of.nodes_cpu_us),
    ("CPU of the driver, µs an operation", 1, |of| of.driver_cpu_us),
    ("CPU of all else on the machine, %", 0, |of| of.others_percent),
    ("requests that failed", 0, |of| of.failed),
];

impl fmt::Display for Report {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { machine, rounds, synod, etcd } = self;
        writeln!(to, "# Results\n")?;
        writeln!(to, "Made by `cargo xtask bench-kv {rounds}` on {}.\n", machine.date)?;
        self.write_settings(to)?;
        for load in Load::ALL {
            self.write_load(to, load)?;
        }
        writeln!(to, "\n## Fail-over and memory\n")?;
        writeln!(to, "| | synod-kv | etcd | ratio |\n|---|--:|--:|--:|")?;
        let ms = |side: &Side| -> Vec<f64> {
            side.fail_overs.iter().map(|took| took.as_secs_f64() * 1e3).collect()
        };
        let fail_overs = [Spread::of(ms(synod)), Spread::of(ms(etcd))];
        row(to, "fail-over, median, ms", 0, fail_overs.each_ref().map(|spread| spread.median))?;
        row(to, "fail-over, max, ms", 0, fail_overs.map(|spread| spread.max))?;
        let mib = |kib: u64| kib as f64 / 1024.0;
        row(to, "idle node, MiB", 1, [mib(synod.fresh_kib), mib(etcd.fresh_kib)])?;
        row(to, "idle node after the loads, MiB", 1, [mib(synod.loaded_kib), mib(etcd.loaded_kib)])
    }
}

impl Report {
    fn write_settings(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { machine, rounds, synod, etcd, .. } = self;
        let Machine { processor, cores, file_system, kernel, sync, .. } = machine;
        let (length, warm_up) = (LENGTH.as_secs(), WARM_UP.as_secs());
        writeln!(
            to,
            "- Machine: {processor}, {cores} cores, Linux {kernel}. One machine for all: six nodes \
             and the driver.\n\
             - Disk: {file_system}; `fdatasync` after an append of 256 bytes takes {:.2} ms (median).\n\
             - Systems: {}, and {}; three nodes each on loopback, default settings, fsync on.",
            sync.as_secs_f64() * 1e3,
            synod.version,
            etcd.version,
        )?;
        writeln!(
            to,
            "- Loads: {CONNECTIONS} connections spread evenly over the three nodes, whichever leads; \
             on each, one request at a time. Keys of 16 bytes, evenly from {KEYS} that exist; values \
             of 64 bytes. Reads are linearizable.\n\
             - {rounds} rounds of {length} s after {warm_up} s of warm-up, the systems by turns; the \
             one that is not measured is stopped (`SIGSTOP`).\n\
             - The driver is one thread for both: RESP on plain sockets, and for etcd gRPC by hand, \
             so that its client costs little more. What it does cost is in the tables, for the \
             driver and the nodes share the processors.\n\
             - Fail-over: from `kill -9` of the leader until a surviving node acknowledges a write \
             that was sent after it; clients of both try every {} ms. {FAIL_OVERS} times, while \
             nothing else is asked.\n\
             - Memory: what is resident of the largest of the three nodes, {} s after the start, and \
             as long after the loads.\n\
             - Figures are medians of the rounds, with the lowest and the highest round. A ratio is \
             synod-kv's figure over etcd's.",
            EVERY.as_millis(),
            IDLE.as_secs(),
        )
    }

    fn write_load(&self, to: &mut fmt::Formatter<'_>, load: Load) -> fmt::Result {
        let title = load.to_string();
        let (first, rest) = title.split_at(1);
        writeln!(to, "\n## {}{rest}\n", first.to_uppercase())?;
        writeln!(to, "| | synod-kv | range | etcd | range | ratio |")?;
        writeln!(to, "|---|--:|--:|--:|--:|--:|")?;
        for (name, places, figure) in FIGURES {
            let spread = |side: &Side| Spread::of(side.loads[&load].iter().map(figure).collect());
            let (ours, theirs) = (spread(&self.synod), spread(&self.etcd));
            write!(to, "| {name}")?;
            for Spread { min, median, max } in [&ours, &theirs] {
                write!(to, " | {median:.places$} | {min:.places$} to {max:.places$}")?;
            }
            writeln!(to, " | {} |", ratio(ours.median, theirs.median))?;
        }
        Ok(())
    }
}

fn row(to: &mut fmt::Formatter<'_>, name: &str, places: usize, [a, b]: [f64; 2]) -> fmt::Result {
    writeln!(to, "| {name} | {a:.places$} | {b:.places$} | {} |", ratio(a, b))
}

fn ratio(ours: f64, theirs: f64) -> String {
    if theirs > 0.0 { format!("{:.2}", ours / theirs) } else { String::new() }
}

struct Spread {
    min: f64,
    median: f64,
    max: f64,
}

impl Spread {
    /// Of an even number, the median is the greater of the two in the middle.
    fn of(mut figures: Vec<f64>) -> Self {
        figures.sort_by(f64::total_cmp);
        let at = |at: usize| figures.get(at).copied().unwrap_or(f64::NAN);
        Self { min: at(0), median: at(figures.len() / 2), max: at(figures.len().saturating_sub(1)) }
    }
}

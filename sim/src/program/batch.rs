//! Many seeds, on all cores.

use std::{
    fmt,
    io::{IsTerminal, Write as _, stderr},
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    thread,
    time::{Duration, Instant},
};

use synod_sim::{
    fault::{Fault, Tally},
    raft::{self, Mark, Marks, Report, Settings, Violation},
    random::Random,
};

use super::args::Args;

/// What a batch has shown.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    brief: bool,
    seeds: u64,
    calls: u64,
    operations: u64,
    leaders: u64,
    simulated_us: u128,
    undecided: u64,
    hash: u64,
    pub(crate) tally: Tally,
    pub(crate) marks: Marks,
    elapsed: Duration,
    /// The least seed that failed.
    pub(crate) failure: Option<(Settings, Violation)>,
}

impl Batch {
    /// Adds a run.
    fn add(&mut self, settings: &Settings, report: Report) {
        self.seeds += 1;
        self.calls += report.calls;
        self.operations += report.operations;
        self.leaders += report.leaders;
        self.simulated_us += u128::from(report.simulated_us);
        self.undecided += report.undecided;
        // Whatever the order in which threads finish.
        self.hash = self.hash.wrapping_add(Random::stream(report.hash, settings.seed).word());
        self.tally.add(&report.tally);
        self.marks.add(&report.marks);
        if let Some(violation) = report.violation {
            self.fail(*settings, *violation);
        }
    }

    fn fail(&mut self, settings: Settings, violation: Violation) {
        let first = self.failure.as_ref().is_none_or(|(first, _)| settings.seed < first.seed);
        if first {
            self.failure = Some((settings, violation));
        }
    }

    /// Adds what another thread has done.
    fn join(&mut self, other: Self) {
        self.seeds += other.seeds;
        self.calls += other.calls;
        self.operations += other.operations;
        self.leaders += other.leaders;
        self.simulated_us += other.simulated_us;
        self.undecided += other.undecided;
        self.hash = self.hash.wrapping_add(other.hash);
        self.tally.add(&other.tally);
        self.marks.add(&other.marks);
        if let Some((settings, violation)) = other.failure {
            self.fail(settings, violation);
        }
    }
}

/// Runs seeds until there are enough, or one fails.
pub(crate) fn run(args: &Args) -> Batch {
    let (next, failed, started) = (AtomicU64::new(0), AtomicBool::new(false), Instant::now());
    let mut batch = thread::scope(|scope| {
        let work = || {
            let mut batch = Batch::default();
            while !failed.load(Ordering::Relaxed) {
                let place = next.fetch_add(1, Ordering::Relaxed);
                if place >= args.seeds {
                    break;
                }
                let seed = args.first.seed.wrapping_add(place);
                let settings = Settings { seed, ..args.first };
                let report = raft::run(&settings, None);
                if report.violation.is_some() {
                    failed.store(true, Ordering::Relaxed);
                }
                batch.add(&settings, report);
            }
            batch
        };
        let threads: Vec<_> = (0..args.threads.max(1)).map(|_| scope.spawn(work)).collect();
        show(args, &next, started, || threads.iter().all(thread::ScopedJoinHandle::is_finished));
        let mut batch = Batch::default();
        for thread in threads {
            match thread.join() {
                Ok(done) => batch.join(done),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        batch
    });
    batch.elapsed = started.elapsed();
    batch.brief = args.brief;
    batch
}

/// Shows how far it is, until it is over.
fn show(args: &Args, next: &AtomicU64, started: Instant, is_over: impl Fn() -> bool) {
    const WIDTH: u64 = 40;
    let visible = stderr().is_terminal() && !args.brief;
    while !is_over() {
        thread::sleep(Duration::from_millis(if args.seeds < 100 { 5 } else { 100 }));
        if !visible {
            continue;
        }
        let done = next.load(Ordering::Relaxed).min(args.seeds);
        let filled = done * WIDTH / args.seeds.max(1);
        let bar: String = (0..WIDTH).map(|at| if at < filled { '#' } else { '.' }).collect();
        let pace = u128::from(done) * 1_000 / started.elapsed().as_millis().max(1);
        let _ = write!(stderr(), "\r[{bar}] {done}/{} seeds, {pace}/s ", args.seeds);
    }
    if visible {
        let _ = write!(stderr(), "\r{:80}\r", "");
    }
}

impl fmt::Display for Batch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = self.elapsed.as_millis().max(1);
        if self.brief {
            let failed = self.failure.as_ref().map(|(_, violation)| violation.invariant);
            return writeln!(f, "{} seeds: {}", self.seeds, failed.unwrap_or("no failure"));
        }
        writeln!(f, "faults injected:")?;
        // What did not happen says something of a batch, and nothing of a run.
        let shown = |count| count > 0 || self.seeds > 1;
        for &fault in Fault::ALL.iter().filter(|&&fault| shown(self.tally.of(fault))) {
            writeln!(f, "{:>14}  {}", self.tally.of(fault), fault.name())?;
        }
        writeln!(f, "seen:")?;
        for &mark in Mark::ALL.iter().filter(|&&mark| shown(self.marks.of(mark))) {
            let optional = if mark.is_optional() { " (may be 0)" } else { "" };
            writeln!(f, "{:>14}  {}{optional}", self.marks.of(mark), mark.name())?;
        }
        writeln!(
            f,
            "{} seed{}, {} per second; {} calls into a node, {} per second",
            self.seeds,
            if self.seeds == 1 { "" } else { "s" },
            u128::from(self.seeds) * 1_000 / millis,
            self.calls,
            u128::from(self.calls) * 1_000 / millis,
        )?;
        writeln!(
            f,
            "{} operations of clients under {} leaders in {} simulated hours; {} histories undecided",
            self.operations,
            self.leaders,
            self.simulated_us / 3_600_000_000,
            self.undecided
        )?;
        writeln!(f, "trace hash {:016x}", self.hash)?;
        if self.failure.is_none() { writeln!(f, "no violation") } else { Ok(()) }
    }
}

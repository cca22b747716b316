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
    random::Random,
    settings::Settings,
    violation::Violation,
};

use super::{
    args::Args,
    machine::{Machine, Outcome},
};

/// What a batch has shown.
#[derive(Debug)]
pub(crate) struct Batch {
    machine: &'static Machine,
    brief: bool,
    seeds: u64,
    calls: u64,
    simulated_us: u128,
    hash: u64,
    tally: Tally,
    marks: Vec<u64>,
    counts: Vec<u64>,
    elapsed: Duration,
    /// The least seed that failed.
    pub(crate) failure: Option<(Settings, Violation)>,
}

impl Batch {
    fn new(machine: &'static Machine) -> Self {
        Self {
            machine,
            brief: false,
            seeds: 0,
            calls: 0,
            simulated_us: 0,
            hash: 0,
            tally: Tally::default(),
            marks: vec![0; (machine.marks)().len()],
            counts: vec![0; machine.counts.len()],
            elapsed: Duration::ZERO,
            failure: None,
        }
    }

    /// Adds a run.
    fn add(&mut self, settings: &Settings, outcome: Outcome) {
        self.join(Self {
            seeds: 1,
            calls: outcome.calls,
            simulated_us: outcome.simulated_us.into(),
            // Whatever the order in which threads finish.
            hash: Random::stream(outcome.hash, settings.seed).word(),
            tally: outcome.tally,
            marks: outcome.marks,
            counts: outcome.counts,
            failure: outcome.violation.map(|violation| (*settings, *violation)),
            ..Self::new(self.machine)
        });
    }

    /// Adds what another thread has done.
    fn join(&mut self, other: Self) {
        let add = |mine: &mut [u64], theirs: &[u64]| {
            mine.iter_mut().zip(theirs).for_each(|(mine, theirs)| *mine += theirs);
        };
        self.seeds += other.seeds;
        self.calls += other.calls;
        self.simulated_us += other.simulated_us;
        self.hash = self.hash.wrapping_add(other.hash);
        self.tally.add(&other.tally);
        add(&mut self.marks, &other.marks);
        add(&mut self.counts, &other.counts);
        let failures = [self.failure.take(), other.failure].into_iter().flatten();
        self.failure = failures.min_by_key(|(settings, _)| settings.seed);
    }

    /// What a batch of this size should have seen and has not.
    pub(crate) fn missed(&self, args: &Args) -> Vec<&'static str> {
        let Machine { enough, nodes, faults, .. } = *self.machine;
        // Smaller sets of faults cannot show everything.
        let whole = args.first == Settings::new(args.first.seed, args.first.nodes);
        if args.seeds < enough || !nodes(args.first.nodes) || !whole {
            return Vec::new();
        }
        let marks = (self.machine.marks)().into_iter().zip(&self.marks);
        let unseen = marks.filter(|&((_, is_optional), &count)| !is_optional && count == 0);
        let absent = |&&fault: &&Fault| faults(fault) && self.tally.of(fault) == 0;
        let faults = Fault::ALL.iter().filter(absent).map(|fault| fault.name());
        unseen.map(|((name, _), _)| name).chain(faults).collect()
    }
}

/// Runs seeds until there are enough, or one fails.
pub(crate) fn run(machine: &'static Machine, args: &Args) -> Batch {
    let (next, failed, started) = (AtomicU64::new(0), AtomicBool::new(false), Instant::now());
    let mut batch = thread::scope(|scope| {
        let work = || {
            let mut batch = Batch::new(machine);
            while !failed.load(Ordering::Relaxed) {
                let place = next.fetch_add(1, Ordering::Relaxed);
                if place >= args.seeds {
                    break;
                }
                let seed = args.first.seed.wrapping_add(place);
                let settings = Settings { seed, ..args.first };
                let outcome = (machine.run)(&settings, None);
                if outcome.violation.is_some() {
                    failed.store(true, Ordering::Relaxed);
                }
                batch.add(&settings, outcome);
            }
            batch
        };
        let threads: Vec<_> = (0..args.threads.max(1)).map(|_| scope.spawn(work)).collect();
        show(args, &next, started, || threads.iter().all(thread::ScopedJoinHandle::is_finished));
        let mut batch = Batch::new(machine);
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
        for ((name, is_optional), &count) in (self.machine.marks)().into_iter().zip(&self.marks) {
            if shown(count) {
                let optional = if is_optional { " (may be 0)" } else { "" };
                writeln!(f, "{count:>14}  {name}{optional}")?;
            }
        }
        writeln!(
            f,
            "{} seed{}, {} per second; {} calls into a machine, {} per second",
            self.seeds,
            if self.seeds == 1 { "" } else { "s" },
            u128::from(self.seeds) * 1_000 / millis,
            self.calls,
            u128::from(self.calls) * 1_000 / millis,
        )?;
        for (what, count) in self.machine.counts.iter().zip(&self.counts) {
            write!(f, "{count} {what}, ")?;
        }
        writeln!(f, "in {} simulated hours", self.simulated_us / 3_600_000_000)?;
        writeln!(f, "trace hash {:016x}", self.hash)?;
        if self.failure.is_none() { writeln!(f, "no violation") } else { Ok(()) }
    }
}

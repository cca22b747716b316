//! Many groups of replicas, on all cores.

use std::{
    process::ExitCode,
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    thread,
    time::Instant,
};

use synod_sim::{
    fault::{Fault, Tally},
    random::Random,
    replicas::{self, Mark, Marks},
    settings::Settings,
    violation::Violation,
};

use super::{
    args::{Args, Verb, command},
    shrink::shrink,
};

/// A batch of so many seeds must have seen everything.
const ENOUGH: u64 = 500;

/// What a batch has shown.
#[derive(Debug, Default)]
struct Batch {
    seeds: u64,
    calls: u64,
    simulated_us: u128,
    hash: u64,
    tally: Tally,
    marks: Marks,
    /// The least seed that failed.
    failure: Option<(Settings, Violation)>,
}

impl Batch {
    /// Runs a seed.
    fn add(&mut self, settings: &Settings) {
        let report = replicas::run(settings);
        let violation = report.violation.map(|violation| (*settings, *violation));
        self.join(Self {
            seeds: 1,
            calls: report.calls,
            simulated_us: report.simulated_us.into(),
            // Whatever the order in which threads finish.
            hash: Random::stream(report.hash, settings.seed).word(),
            tally: report.tally,
            marks: report.marks,
            failure: violation,
        });
    }

    /// Adds another one.
    fn join(&mut self, other: Self) {
        self.seeds += other.seeds;
        self.calls += other.calls;
        self.simulated_us += other.simulated_us;
        self.hash = self.hash.wrapping_add(other.hash);
        self.tally.add(&other.tally);
        self.marks.add(&other.marks);
        let failures = [self.failure.take(), other.failure].into_iter().flatten();
        self.failure = failures.min_by_key(|(settings, _)| settings.seed);
    }
}

/// Runs seeds until there are enough, or one fails, and prints what they have shown.
pub(crate) fn run(args: &Args) -> ExitCode {
    let started = Instant::now();
    let batch = collect(args);
    if args.brief {
        let failed = batch.failure.as_ref().map(|(_, violation)| violation.invariant);
        println!("{} seeds: {}", batch.seeds, failed.unwrap_or("no failure"));
    } else {
        print(&batch, started);
    }
    if let Some((settings, violation)) = &batch.failure {
        println!("\nVIOLATION in seed {}: {violation}", settings.seed);
        println!("reproduce: {}", command(Verb::Replicas, settings));
        if args.shrink && !args.brief {
            let fails = |settings: &Settings| replicas::run(settings).violation.is_some();
            let small = shrink(settings, fails);
            println!("smallest:  {}", command(Verb::Replicas, &small));
            if let Some(violation) = replicas::run(&small).violation {
                println!("           {violation}");
            }
        }
        return ExitCode::FAILURE;
    }
    let whole = args.first == Settings::new(args.first.seed, args.first.nodes);
    let mut all = true;
    for &mark in Mark::ALL.iter().filter(|mark| !mark.is_optional()) {
        if args.seeds >= ENOUGH && whole && args.first.nodes > 1 && batch.marks.of(mark) == 0 {
            println!("NEVER SEEN: {}", mark.name());
            all = false;
        }
    }
    if all { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn collect(args: &Args) -> Batch {
    let (next, failed) = (AtomicU64::new(0), AtomicBool::new(false));
    thread::scope(|scope| {
        let work = || {
            let mut batch = Batch::default();
            while !failed.load(Ordering::Relaxed) {
                let place = next.fetch_add(1, Ordering::Relaxed);
                if place >= args.seeds {
                    break;
                }
                let seed = args.first.seed.wrapping_add(place);
                batch.add(&Settings { seed, ..args.first });
                if batch.failure.is_some() {
                    failed.store(true, Ordering::Relaxed);
                }
            }
            batch
        };
        let threads: Vec<_> = (0..args.threads.max(1)).map(|_| scope.spawn(work)).collect();
        let mut batch = Batch::default();
        for thread in threads {
            match thread.join() {
                Ok(done) => batch.join(done),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        batch
    })
}

fn print(batch: &Batch, started: Instant) {
    let millis = started.elapsed().as_millis().max(1);
    println!("faults injected:");
    for &fault in Fault::ALL.iter().filter(|&&fault| batch.tally.of(fault) > 0) {
        println!("{:>14}  {}", batch.tally.of(fault), fault.name());
    }
    println!("seen:");
    for &mark in Mark::ALL {
        let optional = if mark.is_optional() { " (may be 0)" } else { "" };
        println!("{:>14}  {}{optional}", batch.marks.of(mark), mark.name());
    }
    println!(
        "{} seeds, {} per second; {} calls, {} per second; {} simulated hours",
        batch.seeds,
        u128::from(batch.seeds) * 1_000 / millis,
        batch.calls,
        u128::from(batch.calls) * 1_000 / millis,
        batch.simulated_us / 3_600_000_000
    );
    println!("trace hash {:016x}", batch.hash);
    if batch.failure.is_none() {
        println!("no violation");
    }
}

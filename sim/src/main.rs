//! The program.
use synod_sim::raft::{Settings, run};
fn main() {
    let args: Vec<u64> = std::env::args().skip(1).map(|a| a.parse().unwrap()).collect();
    let start = std::time::Instant::now();
    let mut calls = 0; let mut fails = 0; let mut ops=0; let mut sim=0; let mut und=0;
    let mut marks = synod_sim::raft::Marks::default();
    for seed in args[0]..args[1] {
        let report = run(&Settings::new(seed, args[2] as usize), None);
        calls += report.calls; ops+=report.operations; sim+=report.simulated_us; und+=report.undecided;
        marks.add(&report.marks);
        if let Some(v) = report.violation { fails += 1; if fails <= 12 { println!("seed {seed}: {v}"); } }
    }
    let t = start.elapsed().as_secs_f64();
    println!("{fails} fails, {calls} calls {ops} ops {sim} us und {und}, {:.0} calls/s {:.1} seeds/s", calls as f64/t, (args[1]-args[0]) as f64/t);
    for &m in synod_sim::raft::Mark::ALL { println!("{:9} {}", marks.of(m), m.name()); }
}

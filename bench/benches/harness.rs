//! How every benchmark is run: the same for all, so that one table holds them.

use std::time::Duration;

use criterion::Criterion;

/// Runs `benches`, as the command line filters them.
pub fn run(benches: &[fn(&mut Criterion)]) {
    let mut criterion = Criterion::default()
        .without_plots()
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(700))
        .sample_size(60)
        .nresamples(5_000)
        .configure_from_args();
    for bench in benches {
        bench(&mut criterion);
    }
    criterion.final_summary();
}

//! `synod-clocks` against its peers.
//!
//! A group is an operation, a function an implementation; ours begin with `synod`.

mod causal;
mod hybrid;
mod lamport;
mod vector_clock;
mod version_vector;

use std::time::Duration;

use criterion::Criterion;

fn main() {
    let mut criterion = Criterion::default()
        .without_plots()
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(700))
        .sample_size(60)
        .nresamples(5_000)
        .configure_from_args();
    hybrid::bench(&mut criterion);
    vector_clock::bench(&mut criterion);
    version_vector::bench(&mut criterion);
    causal::bench(&mut criterion);
    lamport::bench(&mut criterion);
    criterion.final_summary();
}

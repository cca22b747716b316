//! A cluster in its world.

use cortex_m_semihosting::hprint;
use synod_sim::raft::{Pinned, SHORT, WINDOW, run_sized};

use crate::{heap, runner::Suite};

pub const SUITE: Suite = &[
    ("a_short_run_has_the_hash_of_the_host", || check(&SHORT)),
    #[cfg(board = "mps2-an386")] // a whole run wants memory
    ("a_whole_run_has_the_hash_of_the_host", || check(&synod_sim::raft::WHOLE)),
];

fn check(pinned: &Pinned) {
    heap::begin();
    let report = run_sized::<3, WINDOW>(&pinned.settings, None);
    hprint!("{} calls, peak heap {} bytes ... ", report.calls, heap::peak());
    assert!(report.violation.is_none(), "{:?}", report.violation);
    assert_eq!(report.hash, pinned.hash, "{:x}", report.hash);
}

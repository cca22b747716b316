//! The portable tests of the libraries, as firmware.
//!
//! It prints one line a test to the machine's host by semihosting, then how many passed and
//! failed and how much stack that took, and ends with a status that says the same.
#![no_std]
#![no_main]

mod stack;

#[path = "../../../capacity/tests/portable.rs"]
mod capacity;
#[path = "../../../clocks/tests/portable.rs"]
mod clocks;
#[path = "../../../clocks/tests/encoding.rs"]
mod clocks_encoding;
#[cfg_attr(not(board = "mps2-an386"), allow(dead_code))] // clusters want memory
#[path = "../../../consensus-core/tests/portable.rs"]
mod consensus_core;
#[path = "../../../consensus-core/tests/encoding.rs"]
mod consensus_core_encoding;
#[path = "../../../quorum/tests/portable.rs"]
mod quorum;
#[path = "../../../quorum/tests/encoding.rs"]
mod quorum_encoding;

use core::{
    panic::PanicInfo,
    sync::atomic::{AtomicUsize, Ordering},
};

use cortex_m as _; // the critical section
use cortex_m_rt::{ExceptionFrame, entry, exception};
use cortex_m_semihosting::{
    debug::{self, EXIT_FAILURE, EXIT_SUCCESS},
    hprint, hprintln,
};

/// Tests by name.
type Suite = &'static [(&'static str, fn())];

const SUITES: &[(&str, Suite)] = &[
    ("capacity", capacity::SUITE),
    ("capacity::encodings", capacity::encodings::SUITE),
    ("clocks", clocks::SUITE),
    ("clocks::encoding", clocks_encoding::SUITE),
    ("consensus-core", consensus_core::SUITE),
    ("consensus-core::encoding", consensus_core_encoding::SUITE),
    #[cfg(board = "mps2-an386")]
    ("consensus-core::clusters", consensus_core::CLUSTERS),
    ("quorum", quorum::SUITE),
    ("quorum::encoding", quorum_encoding::SUITE),
    #[cfg(feature = "planted-failure")]
    ("planted", &[("fails", planted_failure)]),
];

static BEGUN: AtomicUsize = AtomicUsize::new(0);
static FAILED: AtomicUsize = AtomicUsize::new(0);

#[entry]
fn main() -> ! {
    run_what_is_left()
}

/// Runs the tests which have not begun. A test that panics does not return: the handler goes on
/// from here, above the stack of that test.
fn run_what_is_left() -> ! {
    let tests = SUITES.iter().flat_map(|(of, suite)| suite.iter().map(move |test| (of, test)));
    for (of, (name, test)) in tests.skip(BEGUN.load(Ordering::Relaxed)) {
        count(&BEGUN);
        hprint!("test {}::{} ... ", of, name);
        test();
        hprintln!("ok");
    }
    let failed = FAILED.load(Ordering::Relaxed);
    let passed = BEGUN.load(Ordering::Relaxed) - failed;
    hprintln!("{} passed, {} failed, peak stack {} bytes", passed, failed, stack::peak());
    exit(failed == 0)
}

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    count(&FAILED);
    hprintln!("FAILED: {}", info);
    run_what_is_left()
}

/// Most of all a stack that ran out of memory; nothing can go on after it.
#[exception]
unsafe fn HardFault(_: &ExceptionFrame) -> ! {
    hprintln!("FAILED: hard fault");
    exit(false)
}

/// One core, no interrupts: the smallest board has no atomic addition.
fn count(counter: &AtomicUsize) {
    counter.store(counter.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
}

fn exit(success: bool) -> ! {
    debug::exit(if success { EXIT_SUCCESS } else { EXIT_FAILURE });
    loop {
        cortex_m::asm::wfi();
    }
}

#[cfg(feature = "planted-failure")]
fn planted_failure() {
    assert_eq!(SUITES.len(), 0, "planted");
}

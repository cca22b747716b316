//! Runs tests one after the other, also after one that panics, and tells the machine's host.

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

use crate::{SUITES, stack};

/// Tests by name.
pub type Suite = &'static [(&'static str, fn())];

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

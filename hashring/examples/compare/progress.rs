//! How far it is, for who waits.

use core::time::Duration;
use std::io::{self, IsTerminal, Write};
use std::time::Instant;

use crate::shares::whole;
use crate::text::grouped;

/// A line on standard error, where that is a terminal, from a second on, some times a second.
pub(crate) struct Progress {
    shows: bool,
    start: Instant,
    last: Instant,
    /// Whether there is a line now.
    shown: bool,
    /// How many keys of all algorithms together there are to be done, once that is known.
    total: Option<u64>,
    done: u64,
    algorithm: &'static str,
}

/// How often the clock is asked: after so many keys. A power of two.
const KEYS: u64 = 1 << 10;

const FIRST: Duration = Duration::from_secs(1);
const BETWEEN: Duration = Duration::from_millis(200);

impl Progress {
    pub(crate) fn new() -> Self {
        let now = Instant::now();
        Self {
            shows: io::stderr().is_terminal(),
            start: now,
            last: now,
            shown: false,
            total: None,
            done: 0,
            algorithm: "",
        }
    }

    /// A key was read.
    pub(crate) fn has_read(&mut self) {
        self.step();
    }

    /// All keys are read: so many are to be placed.
    pub(crate) fn expect(&mut self, total: u64) {
        (self.total, self.done, self.start) = (Some(total), 0, Instant::now());
    }

    pub(crate) fn begin(&mut self, algorithm: &'static str) {
        self.algorithm = algorithm;
        if self.shows {
            self.show();
        }
    }

    /// A key is done.
    pub(crate) fn step(&mut self) {
        self.done = self.done.saturating_add(1);
        if self.shows && self.done & KEYS.wrapping_sub(1) == 0 {
            self.show();
        }
    }

    /// Leaves nothing of it on the terminal.
    pub(crate) fn clear(&mut self) {
        if self.shown {
            let _ = write!(io::stderr(), "\r\x1b[2K");
            self.shown = false;
        }
    }

    fn show(&mut self) {
        let now = Instant::now();
        let elapsed = now.saturating_duration_since(self.start);
        if elapsed < FIRST || now.saturating_duration_since(self.last) < BETWEEN {
            return;
        }
        self.last = now;
        self.shown = true;
        let line = line(self.algorithm, self.done, self.total, elapsed);
        // Who does not see it misses nothing.
        let _ = write!(io::stderr(), "\r\x1b[2K{line}");
    }
}

fn line(algorithm: &str, done: u64, total: Option<u64>, elapsed: Duration) -> String {
    let a_second = whole(done) / elapsed.as_secs_f64().max(1e-3);
    let rate = grouped(a_second);
    let Some(total) = total else {
        return format!("reading: {} keys, {rate} a second", grouped(whole(done)));
    };
    let share = 100.0 * whole(done) / whole(total).max(1.0);
    let left = whole(total.saturating_sub(done)) / a_second.max(1e-3);
    format!("{algorithm}: {share:.0} % of all is done, {rate} keys a second, {left:.0} s left")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_done_and_what_is_left() {
        let two = Duration::from_secs(2);
        assert_eq!(line("", 5_000, None, two), "reading: 5,000 keys, 2,500 a second");
        assert_eq!(
            line("ring", 250_000, Some(1_000_000), two),
            "ring: 25 % of all is done, 125,000 keys a second, 6 s left"
        );
        assert!(line("ring", 0, Some(0), Duration::ZERO).ends_with(" 0 s left"));
    }
}

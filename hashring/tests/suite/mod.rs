//! The tests that run on boards, too, by name.

/// Names the tests once: for `cargo test`, and in `SUITE` for the firmware.
macro_rules! suite {
    ($($test:ident)*) => {
        /// The tests by name.
        #[cfg(not(test))]
        pub const SUITE: &[(&str, fn())] = &[$((stringify!($test), $test)),*];

        #[cfg(test)]
        mod on_the_host {
            $(#[test] fn $test() { super::$test() })*
        }
    };
}

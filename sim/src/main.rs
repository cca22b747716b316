//! The program: many seeds at once, or one; what fails is shrunk, drawn, and named.

// Times, counts and shares of a batch are far from any limit.
#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing)]
// The program, unlike the engine, is for hosted targets only.
#![allow(clippy::std_instead_of_core, clippy::std_instead_of_alloc)]

mod program;

use std::process::ExitCode;

fn main() -> ExitCode {
    match program::run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

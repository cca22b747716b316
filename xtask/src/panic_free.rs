//! `cargo xtask panic-free`: no public operation of any library can panic.
//!
//! `xtask/image` has each operation as an exported function, for `Inline` capacities, under a
//! panic handler that calls a function which does not exist. Whatever links cannot panic. It runs
//! on three ARM cores at three levels of optimization, with overflow checked in our crates.
//!
//! It also holds the image against the sources of the crates: an operation which the image does
//! not have, or one which no crate has, is an error. Outside of it are what needs an allocator
//! (`Heap`), `Debug` and `defmt::Format`. What is compared are names: that a function of the image
//! calls what it is named for, and of a trait every method that can differ, is left to its reader.
//! And it holds itself against operations planted in the image, which can panic and must be caught.

mod chain;
mod public;

use std::{collections::BTreeSet, fs, slice, time::Instant};

use anyhow::{Result, ensure};
use xshell::Shell;

use self::chain::References;
use crate::{arguments, image::Image, tools, workspace};

const TARGETS: [&str; 3] = ["thumbv6m-none-eabi", "thumbv7m-none-eabi", "thumbv7em-none-eabihf"];

/// Levels of optimization: profiles of the image, and flags. At `z` the inliner would leave the
/// proof that a length is in range in one function and the check of it in another.
const LEVELS: [(&str, &str, &[&str]); 3] = [
    ("3", "proof-3", &[]),
    ("s", "proof-s", &[]),
    ("z", "proof-z", &["-Cllvm-args=-inline-threshold=60"]),
];

const PLANTED: &str = "planted::";

pub fn run(shell: &Shell, arguments: &[String]) -> Result<()> {
    arguments::none(arguments)?;
    let mut faults = 0;
    for (index, target) in TARGETS.iter().enumerate() {
        for (level, profile, flags) in LEVELS {
            let start = Instant::now();
            let image = Image::build(shell, target, profile, flags)?;
            let (planted, operations): (Vec<_>, Vec<_>) =
                image.names("operation")?.into_iter().partition(|name| name.starts_with(PLANTED));
            if index == 0 && profile == LEVELS[0].1 {
                faults += report_coverage(shell, &operations)?;
            }
            check_planted(shell, &image, &planted)?;
            let failures = failures(shell, &image, &operations)?;
            println!(
                "{target:<22} opt-level {level}: {} of {} operations linked, {} planted panics \
                 caught, {:.1} s",
                operations.len() - failures.len(),
                operations.len(),
                planted.len() - 1,
                start.elapsed().as_secs_f64()
            );
            report(&image, &failures)?;
            faults += failures.len();
        }
    }
    ensure!(faults == 0, "{faults} faults, named above");
    println!("no operation can panic");
    Ok(())
}

/// The operations which do not link: all at once first, and only if that fails one by one.
fn failures(shell: &Shell, image: &Image, operations: &[String]) -> Result<Vec<String>> {
    if image.link(shell, "operation", operations, &[])?.is_ok() {
        return Ok(Vec::new());
    }
    let mut failures = Vec::new();
    for operation in operations {
        if image.link(shell, "operation", slice::from_ref(operation), &[])?.is_err() {
            failures.push(operation.clone());
        }
    }
    ensure!(!failures.is_empty(), "the operations link one by one and do not link together");
    Ok(failures)
}

fn report(image: &Image, failures: &[String]) -> Result<()> {
    if failures.is_empty() {
        return Ok(());
    }
    let references = References::read(image)?;
    for failure in failures {
        println!("    does not link: {failure}");
        let chain = references.chain_to_panic("operation", failure)?;
        if chain.is_empty() {
            println!("        it cannot panic, but needs something else which is not there");
        }
        for function in chain.iter().skip(1) {
            println!("        -> {function}");
        }
    }
    Ok(())
}

/// What is planted to panic must be caught, alone and with a chain to show; what is planted
/// beside it and cannot panic must pass.
fn check_planted(shell: &Shell, image: &Image, planted: &[String]) -> Result<()> {
    let caught = failures(shell, image, planted)?;
    let (panics, clean): (Vec<_>, Vec<_>) =
        planted.iter().cloned().partition(|name| name.contains("panics"));
    ensure!(panics.len() >= 3 && clean.len() == 1, "operations are missing in planted.rs");
    ensure!(caught == panics, "planted to panic: {panics:?}, but caught: {caught:?}");
    let references = References::read(image)?;
    for name in &panics {
        let chain = references.chain_to_panic("operation", name)?;
        ensure!(!chain.is_empty(), "no chain from `{name}` to the panic handler");
    }
    let none = references.chain_to_panic("operation", &clean[0])?;
    ensure!(none.is_empty(), "a chain from what cannot panic: {none:?}");
    Ok(())
}

/// Compares the image with the sources and counts the differences. A crate's operations are in
/// the module of the image which is named like its folder.
fn report_coverage(shell: &Shell, operations: &[String]) -> Result<usize> {
    let mut faults = 0;
    let mut strays: BTreeSet<&String> = operations.iter().collect();
    let manifest = fs::read_to_string(tools::root().join("xtask/image/Cargo.toml"))?;
    for library in workspace::libraries(shell)? {
        // Without it, the library would be compiled like a dependency: overflow not checked.
        let profile =
            format!("[profile.proof-3.package.{}]\noverflow-checks = true", library.package);
        ensure!(manifest.contains(&profile), "missing in xtask/image/Cargo.toml: {profile}");
        let public = public::operations(&tools::root().join(&library.folder))?;
        let module = format!("{}::", library.folder.replace('-', "_"));
        let listed: BTreeSet<String> = operations
            .iter()
            .filter_map(|name| name.strip_prefix(&module))
            .map(operation)
            .collect();
        strays.retain(|name| !name.starts_with(&module));
        println!("{}: {} public operations", library.package, public.len());
        for missing in public.difference(&listed) {
            println!("    not in the image: {missing}");
        }
        for stale in listed.difference(&public) {
            println!("    in the image and not public: {stale}");
        }
        faults += public.symmetric_difference(&listed).count();
    }
    ensure!(strays.is_empty(), "operations of no library: {strays:?}");
    Ok(faults)
}

/// The operation that an image's name stands for: without the modules of the image, and without
/// what tells two of one operation apart.
fn operation(name: &str) -> String {
    let mut name = name.split(" (").next().unwrap_or(name);
    while let Some((first, rest)) = name.split_once("::") {
        if !first.starts_with(char::is_lowercase) {
            break;
        }
        name = rest;
    }
    name.to_owned()
}

#[cfg(test)]
mod tests {
    use super::operation;

    #[test]
    fn names_lose_modules_and_remarks() {
        assert_eq!(operation("vectors::Dot::new (u64)"), "Dot::new");
        assert_eq!(operation("&List as IntoIterator"), "&List as IntoIterator");
        assert_eq!(operation("votes::is_quorum"), "is_quorum");
    }
}

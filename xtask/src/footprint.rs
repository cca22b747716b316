//! `cargo xtask footprint`: what the libraries cost on a board, held against `FOOTPRINT.md`.
//!
//! Each configuration of `xtask/image` is compiled alone, for size, and what an empty one has is
//! taken off. Without arguments the measurement is compared with the committed
//! table; `--update` writes the table.

mod table;

use std::fs;

use anyhow::{Context, Result, anyhow, ensure};
use object::{Object, ObjectSection, SectionKind, read::elf::ElfFile32};
use xshell::{Shell, cmd};

use self::table::Table;
use crate::{
    arguments,
    image::{Image, PANIC},
    tools,
};

const FILE: &str = "FOOTPRINT.md";

const TARGETS: [&str; 2] = ["thumbv6m-none-eabi", "thumbv7em-none-eabihf"];

/// The image's profile, and the configuration which is empty.
const PROFILE: &str = "footprint";
const BASELINE: &str = "baseline::empty";

/// How much a number may grow before that is a fault.
const TOLERATED_PERCENT: u64 = 5;

pub fn run(shell: &Shell, arguments: &[String]) -> Result<()> {
    let update = arguments::flag(arguments, "--update")?;
    let compiler = cmd!(shell, "rustc --version").quiet().read()?;
    let table = measure(shell)?;
    let file = tools::root().join(FILE);
    if update {
        fs::write(&file, table.to_markdown(&TARGETS, &compiler))?;
        println!("{FILE}: {} rows written", table.rows());
        return Ok(());
    }
    let committed = fs::read_to_string(&file).with_context(|| format!("{FILE}: use --update"))?;
    if !committed.contains(&compiler) {
        println!("{FILE} is from another compiler than {compiler}");
    }
    let faults = Table::from_markdown(&committed)?.faults(&table, TOLERATED_PERCENT);
    for fault in &faults {
        println!("{fault}");
    }
    ensure!(faults.is_empty(), "{} rows differ; if that is meant, use --update", faults.len());
    println!("{FILE}: {} rows, none grew by more than {TOLERATED_PERCENT} %", table.rows());
    Ok(())
}

fn measure(shell: &Shell) -> Result<Table> {
    let mut table = Table::default();
    for target in TARGETS {
        let image = Image::build(shell, target, PROFILE, &[])?;
        let empty = sections(shell, target, BASELINE)?;
        for name in image.names("configuration")?.into_iter().filter(|name| name != BASELINE) {
            let sections = sections(shell, target, &name)?;
            let above = sections.iter().zip(empty).map(|(all, empty)| all.saturating_sub(empty));
            table.configurations.entry(name).or_default().extend(above);
        }
        for (name, size) in image.sizes()? {
            table.types.entry(name).or_default().push(size);
        }
    }
    Ok(table)
}

/// The bytes of code and constants, of initialized data and of zeroed data, in an image which has
/// one configuration and nothing else.
fn sections(shell: &Shell, target: &str, name: &str) -> Result<[u64; 3]> {
    let alone = name.split_once("::").map_or(name, |(_, rest)| rest);
    let only = format!("--cfg=configuration=\"{alone}\"");
    let image = Image::build(shell, target, PROFILE, &["--cfg=footprint", &only])?;
    // A user brings a handler of panics, which is not ours to measure.
    let linked = image.link(shell, "configuration", &[name.to_owned()], &[PANIC])?;
    let linked = linked.map_err(|error| anyhow!("`{name}` does not link: {error}"))?;
    let [mut text, mut data, mut bss] = [0; 3];
    for section in ElfFile32::<object::Endianness>::parse(&*linked)?.sections() {
        // The rest is for debuggers, linkers and unwinding, and is not kept on a board.
        match section.kind() {
            SectionKind::Text | SectionKind::ReadOnlyData | SectionKind::ReadOnlyString => {
                text += section.size();
            }
            SectionKind::Data => data += section.size(),
            SectionKind::UninitializedData => bss += section.size(),
            _ => {}
        }
    }
    Ok([text, data, bss])
}

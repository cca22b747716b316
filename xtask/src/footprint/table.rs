//! The table: written as Markdown, read back from it, compared.

use std::{collections::BTreeMap, fmt::Write};

use anyhow::{Context, Result};

/// Rows of numbers by name; a name is a crate's folder, `::`, and the rest.
type Rows = BTreeMap<String, Vec<u64>>;

/// The parts of a configuration, for each target.
const PARTS: [&str; 3] = ["text", "data", "bss"];

const CONFIGURATIONS: &str = "## Configurations";
const TYPES: &str = "## Types";

#[derive(Default)]
pub struct Table {
    /// `PARTS` for the first target, then for the second.
    pub configurations: Rows,
    /// `size_of` for each target.
    pub types: Rows,
}

impl Table {
    pub fn rows(&self) -> usize {
        self.configurations.len() + self.types.len()
    }

    pub fn to_markdown(&self, targets: &[&str], compiler: &str) -> String {
        let parts: Vec<String> = targets
            .iter()
            .flat_map(|target| PARTS.map(|part| format!("{} {part}", short(target))))
            .collect();
        let targets: Vec<String> = targets.iter().map(|target| short(target).to_owned()).collect();
        format!(
            "# Footprint\n\n\
             Written by `cargo xtask footprint --update` with {compiler}.\n\
             `cargo xtask footprint` fails where a number grew by more than 5 %.\n\n\
             {CONFIGURATIONS}\n\n\
             Bytes of flash (`text`, with constants; `data`) and of RAM (`data`, `bss`) beyond an \
             empty image, at\n`opt-level = \"z\"` with LTO and with overflow checks off, as a \
             release build has them. What it calls\nof the compiler's own routines (copying, \
             division) is counted. The values themselves are the\ncaller's: their sizes are \
             below.\n\n\
             {}\n\
             {TYPES}\n\n\
             `size_of`, in bytes.\n\n\
             {}",
            markdown_rows("configuration", &parts, &self.configurations),
            markdown_rows("type", &targets, &self.types),
        )
    }

    pub fn from_markdown(text: &str) -> Result<Self> {
        let (_, rest) = text.split_once(CONFIGURATIONS).context("no table of configurations")?;
        let (configurations, types) = rest.split_once(TYPES).context("no table of types")?;
        Ok(Self { configurations: rows_of(configurations)?, types: rows_of(types)? })
    }

    /// What is wrong with `measured`, held against this table.
    pub fn faults(&self, measured: &Self, tolerated_percent: u64) -> Vec<String> {
        let mut faults =
            self::faults(&self.configurations, &measured.configurations, tolerated_percent);
        faults.extend(self::faults(&self.types, &measured.types, tolerated_percent));
        faults
    }
}

fn faults(committed: &Rows, measured: &Rows, tolerated_percent: u64) -> Vec<String> {
    let mut faults = Vec::new();
    for (name, new) in measured {
        match committed.get(name) {
            None => faults.push(format!("not in the table: {name}")),
            Some(old) if old.len() != new.len() => {
                faults.push(format!("other columns than measured: {name}"));
            }
            Some(old) => {
                let grew = |(old, new): (&u64, &u64)| new * 100 > old * (100 + tolerated_percent);
                if old.iter().zip(new).any(grew) {
                    faults.push(format!("grew from {old:?} to {new:?}: {name}"));
                }
            }
        }
    }
    let stale = committed.keys().filter(|name| !measured.contains_key(*name));
    faults.extend(stale.map(|name| format!("in the table and no longer measured: {name}")));
    faults
}

/// `thumbv6m` of `thumbv6m-none-eabi`.
fn short(target: &str) -> &str {
    target.split('-').next().unwrap_or(target)
}

fn markdown_rows(first: &str, columns: &[String], rows: &Rows) -> String {
    let mut text = format!("| crate | {first} | {} |\n", columns.join(" | "));
    let _ = writeln!(text, "|---|---|{}", "---:|".repeat(columns.len()));
    for (name, numbers) in rows {
        let (library, rest) = name.split_once("::").unwrap_or(("", name));
        let numbers: Vec<String> = numbers.iter().map(u64::to_string).collect();
        let _ = writeln!(text, "| {library} | {rest} | {} |", numbers.join(" | "));
    }
    text
}

/// The rows of the one table in `text`.
fn rows_of(text: &str) -> Result<Rows> {
    let lines = text.lines().filter(|line| line.starts_with("| "));
    lines.skip(1).map(row_of).collect()
}

fn row_of(line: &str) -> Result<(String, Vec<u64>)> {
    let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
    let [library, name, numbers @ ..] = cells.as_slice() else {
        anyhow::bail!("not a row: {line}");
    };
    let numbers = numbers.iter().map(|number| number.parse()).collect::<Result<_, _>>();
    Ok((format!("{library}::{name}"), numbers.with_context(|| format!("not numbers: {line}"))?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: u64, size: u64) -> Table {
        let configurations = [("a::list: all".to_owned(), vec![text, 0, 0])].into();
        Table { configurations, types: [("a::List<u8>".to_owned(), vec![size])].into() }
    }

    #[test]
    fn what_is_written_is_read_back() {
        let written = table(100, 12).to_markdown(&["thumbv6m-none-eabi"], "rustc 1");
        let read = Table::from_markdown(&written).unwrap();
        assert_eq!(read.configurations, table(100, 12).configurations);
        assert_eq!(read.types, table(100, 12).types);
    }

    #[test]
    fn growth_missing_and_stale_rows_are_faults() {
        assert!(table(100, 12).faults(&table(105, 12), 5).is_empty());
        assert!(table(100, 12).faults(&table(50, 8), 5).is_empty());
        assert_eq!(table(100, 12).faults(&table(106, 12), 5).len(), 1);
        assert_eq!(table(100, 12).faults(&table(100, 13), 5).len(), 1);
        assert_eq!(Table::default().faults(&table(100, 12), 5).len(), 2);
        assert_eq!(table(100, 12).faults(&Table::default(), 5).len(), 2);
    }
}

//! The benchmarks, and the table `bench/RESULTS.md` of their medians.
//!
//! The convention for a benchmark: its group names an operation (`merge 64`), its function names an
//! implementation. Ours begins with `synod` (a word behind it tells several apart: `synod heap`);
//! every other function of the group is a peer, and gets a row. The ratio is the peer's time over
//! ours: above 1, ours is faster.
//!
//! Each figure of the table is from one run of everything. With a filter, the rows are printed and
//! the table is left alone.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use xshell::{Shell, cmd};

use crate::tools;

/// The medians of one operation: implementation and nanoseconds.
type Group = Vec<(String, f64)>;

pub fn run(shell: &Shell, arguments: &[String]) -> Result<()> {
    let filter = match arguments {
        [] => None,
        [filter] => Some(filter),
        _ => bail!("at most one argument, a filter"),
    };
    let bench = tools::root().join("bench");
    ensure!(bench.join("Cargo.toml").exists(), "no benchmarks: no bench/Cargo.toml");
    tools::protoc(shell)?;
    let measured = bench.join("target/criterion");
    // Figures of earlier runs would stand beside the new ones.
    shell.remove_path(&measured)?;
    {
        let _bench = shell.push_dir(&bench);
        cmd!(shell, "cargo bench --benches -- {filter...}")
            .env("CRITERION_HOME", &measured)
            .run()?;
    }

    let rows = rows(&groups(&measured)?)?;
    match filter {
        Some(_) => print!("{rows}"),
        None => fs::write(bench.join("RESULTS.md"), heading(shell)? + &rows)?,
    }
    Ok(())
}

fn heading(shell: &Shell) -> Result<String> {
    let rustc = cmd!(shell, "rustc --version").quiet().read()?;
    let information = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model =
        information.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let model = model.map_or("unknown processor", |(_, model)| model);
    Ok(format!(
        "# Results\n\nMade by `cargo xtask bench`, on {model}, with {rustc}.\nMedians in nanoseconds; \
         a ratio above 1 means that synod is faster.\n\n"
    ))
}

/// Every measurement below `folder`, by operation.
fn groups(folder: &Path) -> Result<BTreeMap<String, Group>> {
    let mut groups: BTreeMap<String, Group> = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        if folder.ends_with("new") && folder.join("benchmark.json").exists() {
            let (operation, implementation) = names(&json(folder.join("benchmark.json"))?)?;
            let estimates = json(folder.join("estimates.json"))?;
            let median = estimates["median"]["point_estimate"].as_f64().context("no median")?;
            groups.entry(operation).or_default().push((implementation, median));
            continue;
        }
        for entry in fs::read_dir(&folder).with_context(|| format!("{}", folder.display()))? {
            let path = entry?.path();
            folders.extend(path.is_dir().then_some(path));
        }
    }
    for group in groups.values_mut() {
        group.sort_by(|a, b| a.0.cmp(&b.0));
    }
    Ok(groups)
}

fn json(path: PathBuf) -> Result<Value> {
    let text = fs::read_to_string(&path).with_context(|| format!("{}", path.display()))?;
    Ok(serde_json::from_str(&text)?)
}

/// The operation and the implementation of a benchmark; a parameter belongs to the operation.
fn names(benchmark: &Value) -> Result<(String, String)> {
    let group = benchmark["group_id"].as_str().context("a benchmark without a group")?;
    let function = benchmark["function_id"].as_str();
    let function = function.with_context(|| format!("group `{group}`: no function"))?;
    let parameter = benchmark["value_str"].as_str().map(|value| format!(" {value}"));
    Ok((group.to_owned() + &parameter.unwrap_or_default(), function.to_owned()))
}

/// The table in Markdown: a row for each operation and peer.
fn rows(groups: &BTreeMap<String, Group>) -> Result<String> {
    let mut table =
        String::from("| operation | synod | peer | peer's | ratio |\n|---|--:|---|--:|--:|\n");
    let mut sorted: Vec<_> = groups.iter().collect();
    sorted.sort_by_key(|(operation, _)| by_number(operation));
    for (operation, group) in sorted {
        let (ours, peers): (Vec<_>, Vec<_>) = group.iter().partition(|(name, _)| is_ours(name));
        ensure!(!ours.is_empty(), "group `{operation}`: no function's name begins with `synod`");
        for (name, our_time) in ours {
            let operation = format!("{operation} {}", name.trim_start_matches("synod").trim());
            let start = format!("| {} | {}", operation.trim(), digits(*our_time));
            if peers.is_empty() {
                table += &format!("{start} | | | |\n");
            }
            for (peer, time) in &peers {
                table +=
                    &format!("{start} | {peer} | {} | {:.2} |\n", digits(*time), time / our_time);
            }
        }
    }
    Ok(table)
}

fn is_ours(implementation: &str) -> bool {
    implementation.starts_with("synod")
}

/// Sorts `merge 64` before `merge 1024`.
fn by_number(operation: &str) -> Vec<(u64, &str)> {
    operation.split(' ').map(|word| (word.parse().unwrap_or(0), word)).collect()
}

/// About three digits that matter.
fn digits(nanoseconds: f64) -> String {
    let places = if nanoseconds < 10.0 { 2 } else { usize::from(nanoseconds < 100.0) };
    format!("{nanoseconds:.places$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_for_each_of_ours_and_each_peer() {
        let group =
            |times: &[(&str, f64)]| times.iter().map(|(n, t)| (n.to_string(), *t)).collect();
        let groups = BTreeMap::from([
            ("merge 1024".to_owned(), group(&[("synod", 200.0), ("vclock", 500.0)])),
            ("merge 64".to_owned(), group(&[("synod heap", 4.0), ("a", 8.0), ("b", 12.5)])),
            ("tick".to_owned(), group(&[("synod", 1.5)])),
        ]);
        let table = rows(&groups).unwrap();
        let rows: Vec<&str> = table.lines().skip(2).collect();
        assert_eq!(
            rows,
            [
                "| merge 64 heap | 4.00 | a | 8.00 | 2.00 |",
                "| merge 64 heap | 4.00 | b | 12.5 | 3.12 |",
                "| merge 1024 | 200 | vclock | 500 | 2.50 |",
                "| tick | 1.50 | | | |",
            ]
        );
    }

    #[test]
    fn a_group_without_ours_is_refused() {
        let groups = BTreeMap::from([("merge".to_owned(), vec![("peer".to_owned(), 1.0)])]);
        assert!(rows(&groups).is_err());
    }
}

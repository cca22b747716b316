//! The figures as a table.

use crate::bounded;
use crate::case::Case;
use crate::counting::{Loads, Replicas};
use crate::keys::Keys;
use crate::measure::{Figures, Report};
use crate::shares::{by_chance, deviation, float, largest, least_moved, ratios, sum, whole};
use crate::text::{bytes, duration, grouped, percent, ratio};

pub(crate) fn table(case: &Case, keys: &Keys, reports: &[Report]) -> String {
    let mut rows = vec![headings(case), best(case)];
    rows.extend(reports.iter().map(|report| row(case, report)));
    let mut text = format!("{}\n\n{}", heading(case, keys), groups(case, &widths(&rows)));
    text += &aligned(&rows);
    text += &legend(case, keys);
    for note in notes(case, reports) {
        text += &format!("\n* {note}");
    }
    text.push('\n');
    text
}

/// Which nodes, how many keys, and what changes.
pub(crate) fn heading(case: &Case, keys: &Keys) -> String {
    let nodes = case.before();
    let weight = sum(nodes.iter().map(|(_, weight)| u64::from(*weight)));
    let zones = match case.zones.len() {
        0 => String::new(),
        1 => " in one zone".into(),
        zones => format!(" in {zones} zones"),
    };
    let count = match nodes.len() {
        1 => "One node".into(),
        count => format!("{} nodes", grouped(float(count))),
    };
    format!(
        "{count}{zones}, of weight {} in all; {} keys. Change: {}.",
        grouped(whole(weight)),
        grouped(whole(keys.count())),
        case.change
    )
}

/// The largest load over its share, the deviation, and what moves.
pub(crate) struct Summary {
    pub(crate) largest: f64,
    deviation: f64,
    /// `None` where the algorithm has no such change.
    pub(crate) moved: Option<f64>,
}

pub(crate) fn summary(case: &Case, loads: &Loads, copies: usize) -> Summary {
    let (before, _) = case.shares(copies);
    let ratios = ratios(&loads.before, &before);
    let after = loads.after.as_ref().map(|after| whole(sum(after.iter().copied())).max(1.0));
    let moved = after.map(|all| whole(loads.moved) / all);
    Summary { largest: largest(&ratios), deviation: deviation(&ratios), moved }
}

fn headings(case: &Case) -> Vec<String> {
    let mut cells = vec!["", "largest", "std dev", "moved"];
    if case.replicas > 1 {
        cells.extend(["largest", "std dev", "moved"]);
        if !case.zones.is_empty() {
            cells.extend(["apart", "alone"]);
        }
    }
    cells.extend(["owner", "memory", "build"]);
    cells.into_iter().map(str::to_string).collect()
}

/// A line above the headings: what the columns are of.
fn groups(case: &Case, widths: &[usize]) -> String {
    let of = |columns: &[usize]| {
        let gaps = columns.len().saturating_sub(1).saturating_mul(GAP.len());
        columns.iter().fold(gaps, |sum, width| sum.saturating_add(*width))
    };
    let (name, rest) = widths.split_at_checked(1).unwrap_or((widths, &[]));
    let (owner, rest) = rest.split_at_checked(3).unwrap_or((rest, &[]));
    let mut line = format!("{:1$}{GAP}{2:─^3$}", "", of(name), " the owner ", of(owner));
    if case.replicas > 1 {
        let count = if case.zones.is_empty() { 3 } else { 5 };
        let (columns, _) = rest.split_at_checked(count).unwrap_or((rest, &[]));
        let what = format!(" {} replicas ", case.replicas);
        line += &format!("{GAP}{what:─^0$}", of(columns));
    }
    line.push('\n');
    line
}

/// What cannot be better.
fn best(case: &Case) -> Vec<String> {
    let cells = |copies| {
        let (before, after) = case.shares(copies);
        ["1.00".into(), percent(0.0), percent(least_moved(&before, &after))]
    };
    let mut row = vec!["(the best)".to_string()];
    row.extend(cells(1));
    if case.replicas > 1 {
        row.extend(cells(case.replicas));
        if !case.zones.is_empty() {
            row.extend(["100 %".into(), String::new()]);
        }
    }
    row.extend([String::new(), String::new(), String::new()]);
    row
}

fn row(case: &Case, report: &Report) -> Vec<String> {
    let mut row = vec![report.name.to_string()];
    let width = headings(case).len();
    match &report.figures {
        Ok(figures) => row.extend(figures_of(case, figures)),
        Err(_) => row.resize(width, "–".into()),
    }
    row
}

fn figures_of(case: &Case, figures: &Figures) -> Vec<String> {
    let cells = |loads, copies| {
        let summary = summary(case, loads, copies);
        let moved = summary.moved.map_or("–".into(), percent);
        [ratio(summary.largest), percent(summary.deviation), moved]
    };
    let mut row = Vec::from(cells(&figures.owners, 1));
    if case.replicas > 1 {
        match &figures.replicas {
            Some(replicas) => {
                row.extend(cells(&replicas.loads, case.replicas));
                row.extend(apart(case, figures, replicas));
            }
            None => row.resize(headings(case).len().saturating_sub(4), "–".into()),
        }
    }
    row.push(duration(figures.owner_ns));
    row.push(bytes(float(figures.bytes)));
    row.push(duration(figures.build.as_secs_f64() * 1e9));
    row
}

fn apart(case: &Case, figures: &Figures, replicas: &Replicas) -> Vec<String> {
    let keys = whole(sum(figures.owners.before.iter().copied())).max(1.0);
    // Down, so that 100 % are all.
    let share = |apart| format!("{:.0} %", (100.0 * whole(apart) / keys).floor());
    let cells = [replicas.apart, replicas.apart_alone].map(share);
    cells.into_iter().take(if case.zones.is_empty() { 0 } else { 2 }).collect()
}

const GAP: &str = "  ";

fn widths(rows: &[Vec<String>]) -> Vec<usize> {
    let mut widths = Vec::new();
    for row in rows {
        widths.resize(widths.len().max(row.len()), 0);
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    widths
}

/// The first column to the left, the others to the right.
fn aligned(rows: &[Vec<String>]) -> String {
    let widths = widths(rows);
    let mut text = String::new();
    for row in rows {
        let mut cells = row.iter().zip(&widths);
        let mut line = cells.next().map_or(String::new(), |(name, width)| format!("{name:width$}"));
        for (cell, width) in cells {
            line += &format!("{GAP}{cell:>width$}");
        }
        text += line.trim_end();
        text.push('\n');
    }
    text
}

fn legend(case: &Case, keys: &Keys) -> String {
    let chance = percent(by_chance(&case.shares(1).0, keys.count()));
    let mut text = format!(
        "
largest, std dev    load over share by weight, before the change: of the node with the most, and the
                    standard deviation of all; chance alone, with so many keys, makes {chance}
moved               keys, or copies, that the change brings where they were not; less than the best
                    where a node gets less than its share
"
    );
    if case.replicas > 1 && !case.zones.is_empty() {
        let zones = case.zone_count().min(case.replicas);
        text += &format!(
            "apart, alone        keys in {zones} zones: by Zoned, as are all figures of replicas, \
             and without it\n"
        );
    }
    text += "\
owner               one call, with the hash of the key: an indication, the median of five passes
memory, build       by the documentation, without names; to set it up once
";
    text
}

fn notes(case: &Case, reports: &[Report]) -> Vec<String> {
    let mut notes = Vec::new();
    let named = |which: &dyn Fn(&Report) -> bool| {
        let names = reports.iter().filter(|report| which(report)).map(|report| report.name);
        Some(names.collect::<Vec<_>>().join(", ")).filter(|names| !names.is_empty())
    };
    if let Some(names) = named(&|report| report.equal).filter(|_| case.is_weighted()) {
        notes.push(format!(
            "{names}: weights are ignored, but that a node of weight 0 takes no keys"
        ));
    }
    let has_no_change = |figures: &Figures| figures.owners.after.is_none();
    if let Some(names) = named(&|report| report.figures.as_ref().is_ok_and(has_no_change)) {
        let why = "nodes are numbered as they were given, and only the last may go";
        notes.push(format!("{names}: {why}"));
    }
    if reports.iter().any(|report| report.name == bounded::NAME) {
        let most = f64::from(bounded::OVER_PER_MILLE) / 1e3 + 1.0;
        notes.push(format!(
            "bounded: the ring, no node above {most} of its share, rounded up; \
             the change places each key again"
        ));
    }
    let is_short = |figures: &Figures| figures.replicas.as_ref().is_some_and(|one| one.short > 0);
    if let Some(names) = named(&|report| report.figures.as_ref().is_ok_and(is_short)) {
        let why = "some keys have fewer replicas, as a node weighs too little to be met";
        notes.push(format!("{names}: {why}"));
    }
    for report in reports {
        if let Err(error) = &report.figures {
            notes.push(format!("{}: {error}", report.name));
        }
    }
    notes
}

//! The load of each node before and after the change, as a picture.

use core::fmt::Write;

use crate::case::Case;
use crate::keys::Keys;
use crate::measure::{Figures, Report};
use crate::shares::{float, least_moved, ratios};
use crate::table::{heading, summary};
use crate::text::{percent, ratio};

/// Lengths are in pixels, where the picture is shown as large as it is.
const MARGIN: f64 = 20.0;
const HEADER: f64 = 72.0;
const AXIS: f64 = 34.0;
const TITLE: f64 = 26.0;
const PLOT: f64 = 130.0;
/// How many characters of a name there is room for, and how much of the axis one takes.
const NAME_LENGTH: usize = 14;
const NAME_WIDTH: f64 = 11.0;
const LETTER: f64 = 6.6;

/// Light; whoever prefers dark gets the colours of the style.
const STYLE: &str = "\
<style>
text { font-family: system-ui, sans-serif; font-size: 11px }
@media (prefers-color-scheme: dark) {
  .paper { fill: #0d1117 } .text { fill: #e6edf3 } .faint { fill: #9198a1 }
  .grid { stroke: #30363d } .one { stroke: #e6edf3 }
  .before { fill: #6e7681 } .after { fill: #58a6ff }
}
</style>
";

/// One panel an algorithm, all to the same scale.
pub(crate) fn svg(case: &Case, keys: &Keys, reports: &[Report]) -> String {
    let figures = |report: &Report| report.figures.is_ok();
    let panels: Vec<_> = reports.iter().filter(|report| figures(report)).collect();
    let nodes = float(case.members.len());
    let group = (430.0 / nodes).clamp(5.0, 90.0);
    let panel = (AXIS + group * nodes).max(340.0);
    let columns = if panel < 500.0 { 2_usize } else { 1 };
    let letters = case.members.iter().map(|member| member.name.chars().count());
    let longest = letters.max().unwrap_or(0).min(NAME_LENGTH);
    let row = TITLE + PLOT + 40.0 + LETTER * float(longest);
    let width = MARGIN + float(columns) * (panel + MARGIN);
    let height = HEADER + float(panels.len().div_ceil(columns)) * row;

    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" \
         width=\"{width:.0}\" height=\"{height:.0}\" role=\"img\">\n\
         <title>Load of each node over its share by weight</title>\n{STYLE}\
         <rect class=\"paper\" width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n"
    );
    header(&mut out, &heading(case, keys), width);
    let scale = Scale::new(case, &panels);
    let mut place = (MARGIN, HEADER);
    for report in panels {
        let Ok(figures) = &report.figures else { continue };
        let (x, y) = place;
        // What is written to a string is never refused.
        let _ = writeln!(out, "<g transform=\"translate({x:.1} {y:.1})\">");
        panel_of(&mut out, case, report, figures, &Frame { group, width: panel, scale });
        out += "</g>\n";
        let right = x + panel + MARGIN;
        place = if right + panel < width { (right, y) } else { (MARGIN, y + row) };
    }
    out += "</svg>\n";
    out
}

/// From a load over its share to a height.
#[derive(Clone, Copy)]
struct Scale {
    most: f64,
}

impl Scale {
    /// Up to the largest load, but no more than three times the share, so that one node does not
    /// flatten all others.
    fn new(case: &Case, panels: &[&Report]) -> Self {
        let figures = panels.iter().filter_map(|report| report.figures.as_ref().ok());
        let loads = figures.flat_map(|figures| {
            let [before, after] = bars(case, figures);
            before.into_iter().chain(after).flatten()
        });
        let largest = loads.fold(1.25, f64::max);
        Self { most: ((largest * 4.0).ceil() / 4.0).min(3.0) }
    }

    fn y(self, ratio: f64) -> f64 {
        TITLE + PLOT * (1.0 - ratio.min(self.most) / self.most)
    }
}

struct Frame {
    /// The width of a node.
    group: f64,
    width: f64,
    scale: Scale,
}

/// The load of each member over its share, before and after.
fn bars(case: &Case, figures: &Figures) -> [Vec<Option<f64>>; 2] {
    let (before, after) = case.shares(1);
    let none = || vec![None; case.members.len()];
    let loads = &figures.owners;
    let after = loads.after.as_ref().map_or_else(none, |loads| ratios(loads, &after));
    [ratios(&loads.before, &before), after]
}

fn header(out: &mut String, heading: &str, width: f64) {
    let mut room = 0_usize;
    while float(room) * 5.8 < width - 2.0 * MARGIN {
        room = room.saturating_add(1);
    }
    let heading = escaped(&shortened(heading, room));
    let _ = write!(
        out,
        "<text class=\"text\" x=\"{MARGIN}\" y=\"24\" fill=\"#1f2328\" font-weight=\"bold\">\
         Load of each node over its share by weight</text>\n\
         <text class=\"faint\" x=\"{MARGIN}\" y=\"41\" fill=\"#59636e\">{heading}</text>\n\
         <rect class=\"before\" x=\"{MARGIN}\" y=\"50\" width=\"9\" height=\"9\" \
         fill=\"#a8b3bf\"/>\n\
         <text class=\"faint\" x=\"33\" y=\"58\" fill=\"#59636e\">before</text>\n\
         <rect class=\"after\" x=\"80\" y=\"50\" width=\"9\" height=\"9\" fill=\"#0969da\"/>\n\
         <text class=\"faint\" x=\"93\" y=\"58\" fill=\"#59636e\">after</text>\n"
    );
}

fn panel_of(out: &mut String, case: &Case, report: &Report, figures: &Figures, frame: &Frame) {
    let summary = summary(case, &figures.owners, 1);
    let moved = match summary.moved {
        Some(moved) => {
            let (before, after) = case.shares(1);
            format!("moved {}, at best {}", percent(moved), percent(least_moved(&before, &after)))
        }
        None => "only the last node may go".into(),
    };
    let _ = writeln!(
        out,
        "<text class=\"text\" x=\"0\" y=\"12\" fill=\"#1f2328\" font-weight=\"bold\">{}</text>\n\
         <text class=\"faint\" x=\"{:.1}\" y=\"12\" text-anchor=\"end\" fill=\"#59636e\">\
         largest {}, {moved}</text>",
        report.name,
        frame.width,
        ratio(summary.largest)
    );
    axis(out, frame, AXIS + frame.group * float(case.members.len()));
    let [before, after] = bars(case, figures);
    let step = (NAME_WIDTH / frame.group).ceil();
    let mut next = 0.0;
    let mut x = AXIS;
    for ((member, before), after) in case.members.iter().zip(before).zip(after) {
        let told = |ratio: Option<f64>| ratio.map_or("–".into(), self::ratio);
        let name = &member.name;
        let _ = writeln!(
            out,
            "<g><title>{}: {} before, {} after</title>",
            escaped(name),
            told(before),
            told(after)
        );
        bar(out, frame, x + 0.08 * frame.group, before, ("before", "#a8b3bf"));
        bar(out, frame, x + 0.5 * frame.group, after, ("after", "#0969da"));
        if x >= AXIS + next * frame.group - 0.01 {
            let (middle, bottom) = (x + frame.group / 2.0 + 4.0, TITLE + PLOT + 6.0);
            let _ = writeln!(
                out,
                "<text class=\"faint\" text-anchor=\"end\" fill=\"#59636e\" \
                 transform=\"translate({middle:.1} {bottom:.1}) rotate(-90)\">{}</text>",
                escaped(&shortened(name, NAME_LENGTH))
            );
            next += step;
        }
        out.push_str("</g>\n");
        x += frame.group;
    }
    // Over the bars, so that it is seen.
    line(out, frame.scale.y(1.0), AXIS + frame.group * float(case.members.len()), true);
}

/// A bar, with a tip where it is higher than the scale.
fn bar(out: &mut String, frame: &Frame, x: f64, ratio: Option<f64>, (class, fill): (&str, &str)) {
    let Some(ratio) = ratio else { return };
    let width = 0.42 * frame.group;
    let (top, bottom) = (frame.scale.y(ratio), frame.scale.y(0.0));
    let height = bottom - top;
    let _ = writeln!(
        out,
        "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" \
         height=\"{height:.1}\" fill=\"{fill}\"/>"
    );
    if ratio > frame.scale.most {
        let (half, top) = (width / 2.0, top - 1.0);
        let _ = writeln!(
            out,
            "<path class=\"{class}\" d=\"M{x:.1} {top:.1}h{width:.1}l-{half:.1} -6z\" \
             fill=\"{fill}\"/>"
        );
    }
}

/// Lines at halves, with their numbers.
fn axis(out: &mut String, frame: &Frame, right: f64) {
    let mut ratio = 0.0;
    while ratio <= frame.scale.most {
        let y = frame.scale.y(ratio);
        line(out, y, right, false);
        let _ = writeln!(
            out,
            "<text class=\"faint\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\" fill=\"#59636e\">\
             {ratio:.1}</text>",
            AXIS - 6.0,
            y + 4.0
        );
        ratio += 0.5;
    }
}

fn line(out: &mut String, y: f64, right: f64, is_one: bool) {
    let (class, stroke) = if is_one { ("one", "#1f2328") } else { ("grid", "#d1d9e0") };
    let _ = writeln!(
        out,
        "<path class=\"{class}\" d=\"M{AXIS} {y:.1}H{right:.1}\" stroke=\"{stroke}\"/>"
    );
}

fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.into();
    }
    let start = text.chars().take(most.saturating_sub(1));
    start.chain(['…']).collect()
}

/// As XML has it: what that forbids is replaced.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for one in text.chars() {
        match one {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            _ if one.is_control() => out.push('\u{fffd}'),
            _ => out.push(one),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_no_markup() {
        assert_eq!(
            escaped("a<b>&\"c\"\u{1b}\u{ffff}ø"),
            "a&lt;b&gt;&amp;&quot;c&quot;\u{fffd}\u{fffd}ø"
        );
        assert_eq!(shortened("abc", 3), "abc");
        assert_eq!(shortened("abcd", 3), "ab…");
    }

    #[test]
    fn a_bar_ends_at_the_top() {
        let scale = Scale { most: 2.0 };
        assert_eq!(scale.y(0.0), TITLE + PLOT);
        assert_eq!(scale.y(1.0), TITLE + PLOT / 2.0);
        assert_eq!(scale.y(5.0), TITLE);
    }
}

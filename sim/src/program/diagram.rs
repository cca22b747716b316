//! A space-time diagram of the last moments: nodes side by side, time downwards.
//!
//! Every moment has a row of its own, so that no label is above another; what matters is the order,
//! not how much time passes.

use std::fmt::Write as _;

use synod_sim::diary::{Diary, Moment, Mood};

const LEFT: usize = 110;
const COLUMN: usize = 230;
const TOP: usize = 90;
const ROW: usize = 17;

/// The diagram as SVG, under what is wrong and the command that shows it.
pub(crate) fn draw(diary: &Diary, nodes: usize, [wrong, command]: [&str; 2]) -> String {
    let rows = Rows::of(diary);
    // Letters are not wider than this.
    let titles = wrong.chars().count().max(command.chars().count()) * 9;
    let width = (LEFT + nodes * COLUMN + 40).max(titles);
    let height = TOP + (rows.0.len() + 2) * ROW;
    let mut svg = String::new();
    // Writing to a string cannot fail.
    let _ = write!(
        svg,
        "<svg xmlns='http://www.w3.org/2000/svg' width='{width}' height='{height}' \
         font-family='sans-serif' font-size='11'>\n\
         <rect width='100%' height='100%' fill='white'/>\n\
         <defs><marker id='head' viewBox='0 0 8 8' refX='8' refY='4' markerWidth='7' \
         markerHeight='7' orient='auto'><path d='M0 0 L8 4 L0 8 z' fill='#456'/></marker></defs>\n\
         <text x='10' y='20' font-size='13' font-weight='bold'>{}</text>\n\
         <text x='10' y='38'>{}</text>\n",
        escape(wrong),
        escape(command)
    );
    for node in 0..nodes {
        let (x, end) = (column(node), height - ROW);
        let _ = writeln!(
            svg,
            "<text x='{x}' y='{}' text-anchor='middle' font-size='13'>node {node}</text>\
             <line x1='{x}' y1='{TOP}' x2='{x}' y2='{end}' stroke='#bbb'/>",
            TOP - 12
        );
    }
    let mut last_us = None;
    for (place, &at_us) in rows.0.iter().enumerate() {
        let y = TOP + (place + 1) * ROW;
        if last_us.replace(at_us) != Some(at_us) {
            let _ = writeln!(svg, "<text x='8' y='{}' fill='#888'>{at_us} us</text>", y + 4);
        }
    }
    // Lines first, so that they cross no label.
    let (mut lines, mut labels) = (String::new(), String::new());
    let mut rows_used = Vec::new();
    for moment in diary.moments() {
        let at_us = at_us(moment);
        let y = rows.nth(at_us, rows_used.iter().filter(|&&used| used == at_us).count());
        rows_used.push(at_us);
        match moment {
            Moment::Arrow { .. } => arrow((&mut lines, &mut labels), moment, y, &rows),
            Moment::Note { .. } => note(&mut labels, moment, y, nodes),
            Moment::World { text, .. } => {
                let _ = writeln!(
                    lines,
                    "<line x1='{LEFT}' y1='{y}' x2='{width}' y2='{y}' stroke='#a6c' \
                     stroke-dasharray='2 3'/>"
                );
                label(&mut labels, (LEFT, y - 3, "start"), "#83a", text);
            }
        }
    }
    svg + &lines + &labels + "</svg>\n"
}

/// The time of each row, downwards.
struct Rows(Vec<u64>);

impl Rows {
    /// One for each moment, and one for each time at which a message arrives.
    fn of(diary: &Diary) -> Self {
        let mut rows: Vec<u64> = diary.moments().map(at_us).collect();
        let last_us = rows.iter().copied().max().unwrap_or(0);
        for moment in diary.moments() {
            if let Moment::Arrow { arrives_us: Some(at_us), .. } = moment
                && *at_us <= last_us
                && !rows.contains(at_us)
            {
                rows.push(*at_us);
            }
        }
        rows.sort_unstable();
        Self(rows)
    }

    /// Where the row of a time is, among those of the same time.
    fn nth(&self, at_us: u64, place: usize) -> usize {
        TOP + (self.0.partition_point(|&row| row < at_us) + place + 1) * ROW
    }
}

const fn at_us(moment: &Moment) -> u64 {
    let (Moment::Arrow { sent_us: at_us, .. }
    | Moment::Note { at_us, .. }
    | Moment::World { at_us, .. }) = moment;
    *at_us
}

const fn column(node: usize) -> usize {
    LEFT + node * COLUMN + COLUMN / 2
}

fn arrow((lines, labels): (&mut String, &mut String), moment: &Moment, y: usize, rows: &Rows) {
    let Moment::Arrow { arrives_us, from, to, text, .. } = moment else { return };
    let x = column(*from);
    let lands = arrives_us.filter(|at_us| rows.0.binary_search(at_us).is_ok());
    let towards = if to > from { 1_isize } else { -1 };
    let (anchor, label_x) = if to > from { ("start", x + 8) } else { ("end", x - 8) };
    let (end_x, end_y, style) = if let Some(at_us) = lands {
        (column(*to), rows.nth(at_us, 0), "stroke='#9ab' marker-end='url(#head)'")
    } else {
        // Lost, or still under way at the end.
        let style = if arrives_us.is_some() { "stroke='#9ab'" } else { "stroke='#c44'" };
        (x.saturating_add_signed(towards * 70), y + ROW / 2, style)
    };
    let dashes = if lands.is_some() { "" } else { " stroke-dasharray='4 3'" };
    let _ = writeln!(lines, "<line x1='{x}' y1='{y}' x2='{end_x}' y2='{end_y}' {style}{dashes}/>");
    let color = if arrives_us.is_some() { "#345" } else { "#c44" };
    label(labels, (label_x, y + 3, anchor), color, &format!("{text} \u{2192} {to}"));
}

fn note(svg: &mut String, moment: &Moment, y: usize, nodes: usize) {
    let Moment::Note { node, mood, text, .. } = moment else { return };
    let x = column(*node);
    let color = match mood {
        Mood::Down | Mood::Wrong => "#d00",
        Mood::Up => "#093",
        Mood::Stands => "#c80",
        Mood::Leads => "#06c",
        Mood::Follows | Mood::Plain => "#777",
    };
    let _ = match mood {
        Mood::Down | Mood::Wrong => writeln!(
            svg,
            "<path d='M{} {} l10 10 m0 -10 l-10 10' stroke='{color}' stroke-width='2'/>",
            x - 5,
            y - 5
        ),
        _ => writeln!(svg, "<circle cx='{x}' cy='{y}' r='5' fill='{color}'/>"),
    };
    // What is wrong takes many words, which go where there is room.
    let place = match mood {
        Mood::Wrong if node * 2 >= nodes => (x - 10, y + 4, "end"),
        _ => (x + 10, y + 4, "start"),
    };
    label(svg, place, color, text);
}

/// Text with a margin that keeps lines off it.
fn label(svg: &mut String, (x, y, anchor): (usize, usize, &str), color: &str, text: &str) {
    let _ = writeln!(
        svg,
        "<text x='{x}' y='{y}' text-anchor='{anchor}' fill='{color}' stroke='white' \
         stroke-width='4' stroke-linejoin='round' paint-order='stroke'>{}</text>",
        escape(text)
    );
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

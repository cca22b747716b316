//! A space-time diagram of the last moments: nodes side by side, time downwards.

use std::fmt::Write as _;

use synod_sim::diary::{Diary, Moment, Mood};

const LEFT: usize = 110;
const COLUMN: usize = 210;
const TOP: usize = 70;
/// Every time at which something happens has a row of its own: what matters is the order.
const ROW: usize = 19;

/// The diagram as SVG.
pub(crate) fn draw(diary: &Diary, nodes: usize, title: &str) -> String {
    let rows = rows(diary);
    let (width, height) = (LEFT + nodes * COLUMN + 40, TOP + (rows.len() + 2) * ROW);
    let mut svg = String::new();
    // Writing to a string cannot fail.
    let _ = write!(
        svg,
        "<svg xmlns='http://www.w3.org/2000/svg' width='{width}' height='{height}' \
         font-family='sans-serif' font-size='11'>\n\
         <rect width='100%' height='100%' fill='white'/>\n\
         <defs><marker id='head' viewBox='0 0 8 8' refX='8' refY='4' markerWidth='7' \
         markerHeight='7' orient='auto'><path d='M0 0 L8 4 L0 8 z' fill='#456'/></marker></defs>\n\
         <text x='10' y='20' font-size='13' font-weight='bold'>{}</text>\n",
        escape(title)
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
    for (place, at_us) in rows.iter().enumerate() {
        let y = TOP + (place + 1) * ROW;
        let _ = writeln!(svg, "<text x='8' y='{}' fill='#888'>{at_us} us</text>", y + 4);
    }
    for moment in diary.moments() {
        match moment {
            Moment::Arrow { .. } => arrow(&mut svg, moment, &rows),
            Moment::Note { .. } => note(&mut svg, moment, &rows),
        }
    }
    svg += "</svg>\n";
    svg
}

/// All times at which something is to be seen.
fn rows(diary: &Diary) -> Vec<u64> {
    let mut rows = Vec::new();
    let mut last_us = 0;
    for moment in diary.moments() {
        let (Moment::Arrow { sent_us: at_us, .. } | Moment::Note { at_us, .. }) = moment;
        rows.push(*at_us);
        last_us = last_us.max(*at_us);
    }
    for moment in diary.moments() {
        if let Moment::Arrow { arrives_us: Some(at_us), .. } = moment
            && *at_us <= last_us
        {
            rows.push(*at_us);
        }
    }
    rows.sort_unstable();
    rows.dedup();
    rows
}

fn row(rows: &[u64], at_us: u64) -> usize {
    TOP + (rows.partition_point(|&row| row < at_us) + 1) * ROW
}

const fn column(node: usize) -> usize {
    LEFT + node * COLUMN + COLUMN / 2
}

fn arrow(svg: &mut String, moment: &Moment, rows: &[u64]) {
    let Moment::Arrow { sent_us, arrives_us, from, to, text } = moment else { return };
    let (x, y) = (column(*from), row(rows, *sent_us));
    let lands = arrives_us.filter(|at_us| rows.binary_search(at_us).is_ok());
    let towards = if to > from { 1_isize } else { -1 };
    let (anchor, label_x) = if to > from { ("start", x + 6) } else { ("end", x - 6) };
    let (end_x, end_y, style) = if let Some(at_us) = lands {
        (column(*to), row(rows, at_us), "stroke='#456' marker-end='url(#head)'")
    } else {
        // Lost, or still under way at the end.
        let style = if arrives_us.is_some() { "stroke='#456'" } else { "stroke='#c44'" };
        (x.saturating_add_signed(towards * 70), y + ROW / 2, style)
    };
    let dashes = if lands.is_some() { "" } else { " stroke-dasharray='4 3'" };
    let color = if arrives_us.is_some() { "#345" } else { "#c44" };
    let _ = writeln!(
        svg,
        "<line x1='{x}' y1='{y}' x2='{end_x}' y2='{end_y}' {style}{dashes}/>\
         <text x='{label_x}' y='{}' text-anchor='{anchor}' fill='{color}'>{} &#8594; {to}</text>",
        y - 2,
        escape(text)
    );
}

fn note(svg: &mut String, moment: &Moment, rows: &[u64]) {
    let Moment::Note { at_us, node, mood, text } = moment else { return };
    let (x, y) = (column(*node), row(rows, *at_us));
    let color = match mood {
        Mood::Down | Mood::Wrong => "#d00",
        Mood::Up => "#093",
        Mood::Stands => "#c80",
        Mood::Leads => "#06c",
        Mood::Follows | Mood::Plain => "#777",
    };
    let shape = match mood {
        Mood::Down | Mood::Wrong => format!(
            "<path d='M{} {} l10 10 m0 -10 l-10 10' stroke='{color}' stroke-width='2'/>",
            x - 5,
            y - 5
        ),
        _ => format!("<circle cx='{x}' cy='{y}' r='5' fill='{color}'/>"),
    };
    let weight = if *mood == Mood::Wrong { " font-weight='bold'" } else { "" };
    let _ = writeln!(
        svg,
        "{shape}<text x='{}' y='{}' fill='{color}'{weight}>{}</text>",
        x + 8,
        y + 9,
        escape(text)
    );
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

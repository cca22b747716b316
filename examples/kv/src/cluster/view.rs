//! The live view, as it is drawn. It is too small for no terminal.

use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    style::{Color, Modifier, Style, Stylize},
    text::{Line, Span},
    widgets::{Block, Cell, Paragraph, Row as TableRow, Sparkline, Table},
};

use super::{
    board::{Board, Row, grouped},
    fleet::Condition,
};

const ACCENT: Color = Color::Cyan;

/// What the view says beside the board.
#[derive(Clone, Debug, Default)]
pub(super) struct Texts {
    /// What to paste in another terminal.
    pub(super) paste: String,
    /// Where the data is.
    pub(super) data: String,
    /// What the keys do, or what is being asked.
    pub(super) keys: String,
}

/// Draws all of it.
pub(super) fn draw(frame: &mut Frame<'_>, board: &Board, texts: &Texts) {
    let rows = u16::try_from(board.nodes.len()).unwrap_or(u16::MAX).saturating_add(3);
    let areas = Layout::vertical([
        Constraint::Length(2),
        Constraint::Length(rows),
        Constraint::Length(5),
        Constraint::Min(0),
        Constraint::Length(1),
    ]);
    let [head, nodes, rates, events, keys] = frame.area().layout(&areas);
    frame.render_widget(heading(board, texts), head);
    frame.render_widget(table(board), nodes);
    draw_rates(frame, board, rates);
    draw_events(frame, board, events);
    frame.render_widget(Paragraph::new(texts.keys.as_str()).fg(ACCENT), keys);
}

fn heading<'a>(board: &Board, texts: &'a Texts) -> Paragraph<'a> {
    let leader = match board.leader() {
        _ if !board.has_majority() => "no majority: writes wait".red().bold(),
        Some(leader) => format!("leader {} in term {}", leader.id, leader.term).green(),
        None => "no leader".red().bold(),
    };
    let data = format!("  data in {}", texts.data).dim();
    let first = Line::from(vec!["Synod".fg(ACCENT).bold(), "  ".into(), leader, data]);
    let paste = Span::raw(texts.paste.as_str()).bold();
    Paragraph::new(vec![first, Line::from(vec!["paste  ".dim(), paste])])
}

fn table(board: &Board) -> Table<'static> {
    let head =
        ["node", "state", "term", "commit", "applied", "lag", "reads/s", "writes/s", "memory"];
    let widths = [4, 13, 5, 8, 8, 9, 7, 8, 8];
    let rows = board.nodes.iter().map(|node| row(board, node));
    let right = |(place, name): (usize, &'static str)| match place {
        0 | 1 => Cell::from(name),
        _ => number(name.to_owned()),
    };
    Table::new(rows, widths.map(Constraint::Length))
        .header(TableRow::new(head.into_iter().enumerate().map(right)).dim())
        .block(Block::bordered().dim().title(" nodes "))
}

fn row(board: &Board, node: &Row) -> TableRow<'static> {
    let runs = node.condition == Condition::Running;
    let Some(glance) = node.glance.as_ref().filter(|_| runs) else {
        let (text, color) = match node.condition {
            Condition::Down => ("down", Color::Red),
            Condition::Paused => ("paused", Color::Yellow),
            Condition::Running => ("silent", Color::Yellow),
        };
        let [id, state] = [node.id.to_string(), text.to_owned()].map(Cell::from);
        let blank = || Cell::from("");
        let cells = [id, state, blank(), blank(), blank(), number(lag(board, node))];
        return TableRow::new(cells).style(Style::reset().fg(color));
    };
    let style = match glance.role.as_str() {
        "leader" => Style::reset().fg(Color::Green).add_modifier(Modifier::BOLD),
        _ => Style::reset(),
    };
    let memory = glance.memory_bytes.checked_div(1 << 20).unwrap_or(0);
    TableRow::new([
        Cell::from(node.id.to_string()),
        Cell::from(glance.role.clone()),
        number(glance.term.to_string()),
        number(glance.commit_index.to_string()),
        number(glance.applied_index.to_string()),
        number(lag(board, node)),
        number(grouped(node.reads_per_s)),
        number(grouped(node.writes_per_s)),
        number(format!("{memory} MiB")),
    ])
    .style(style)
}

fn lag(board: &Board, node: &Row) -> String {
    match board.lag(node.id) {
        Some((lag, true)) => lag.to_string(),
        Some((lag, false)) => format!("{lag} off"),
        None => "-".to_owned(),
    }
}

fn number(text: String) -> Cell<'static> {
    Cell::from(Line::from(text).right_aligned())
}

fn draw_rates(frame: &mut Frame<'_>, board: &Board, area: Rect) {
    let title = format!(" {} operations/s ", grouped(board.rate()));
    let block = Block::bordered().dim().title(title);
    let width = usize::from(block.inner(area).width);
    let skipped = board.rates.len().saturating_sub(width);
    let data: Vec<u64> = board.rates.iter().skip(skipped).copied().collect();
    let style = Style::reset().fg(ACCENT);
    frame.render_widget(Sparkline::default().data(data).style(style).block(block), area);
}

fn draw_events(frame: &mut Frame<'_>, board: &Board, area: Rect) {
    let block = Block::bordered().dim().title(" events ");
    let height = usize::from(block.inner(area).height);
    let skipped = board.events.len().saturating_sub(height);
    let lines = board.events.iter().skip(skipped).map(|(at, event)| {
        let time = format!("{:>7.1} s  ", at.as_secs_f32());
        Line::from(vec![time.dim(), Span::raw(event.clone())])
    });
    let paragraph = Paragraph::new(lines.collect::<Vec<_>>()).style(Style::reset());
    frame.render_widget(paragraph.block(block), area);
}

#[cfg(test)]
mod tests {
    use ratatui::{Terminal, backend::TestBackend};

    use super::*;
    use crate::cluster::board::tests::board;

    fn drawn(width: u16, height: u16) -> String {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        let texts = Texts {
            paste: "redis-cli -p 7001".into(),
            data: "/data".into(),
            keys: "q quit  k kill".into(),
        };
        terminal.draw(|frame| draw(frame, &board(), &texts)).unwrap();
        let lines = terminal.backend().to_string();
        let lines = lines.lines().map(|line| line.trim_matches('"').trim_end());
        lines.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn it_looks_as_it_should() {
        let expected = include_str!("view.txt");
        assert_eq!(drawn(80, 24), expected.trim_end(), "\n{}", drawn(80, 24));
    }

    #[test]
    fn no_terminal_is_too_small_or_too_large() {
        for (width, height) in [(1, 1), (10, 5), (20, 60), (120, 40), (300, 3)] {
            assert_eq!(drawn(width, height).lines().count(), usize::from(height).max(1));
        }
    }
}

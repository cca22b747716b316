//! The terminal: it is taken for the view, and given back whatever happens.

use std::{io, time::Duration};

use ratatui::{
    DefaultTerminal,
    crossterm::event::{self, Event, KeyCode, KeyEventKind, KeyModifiers},
};

use super::{
    board::Board,
    view::{self, Texts},
};

/// What the keys do.
const KEYS: &str = "q quit   k kill   s pause   r start again   (then the node, or l: the leader)";

/// What somebody at the keyboard wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    /// The end.
    Quit,
    /// That a node is killed.
    Kill(Whom),
    /// That a node is stopped for a while.
    Pause(Whom),
    /// That a node is started, or goes on.
    Start(Whom),
}

/// A node, as one names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whom {
    /// By its number.
    Node(u64),
    /// Whichever leads.
    Leader,
}

/// The terminal, while it is taken.
#[derive(Debug)]
pub(super) struct Screen {
    terminal: DefaultTerminal,
    texts: Texts,
    keys: Keys,
}

/// What was typed and is not a whole wish yet.
#[derive(Debug, Default)]
struct Keys {
    verb: Option<char>,
}

impl Screen {
    /// Takes the terminal. It is given back when this is dropped, and before a panic is shown.
    ///
    /// # Errors
    ///
    /// If it is none.
    pub(super) fn new(paste: String, data: String) -> io::Result<Self> {
        let texts = Texts { paste, data, keys: KEYS.to_owned() };
        Ok(Self { terminal: ratatui::try_init()?, texts, keys: Keys::default() })
    }

    /// Draws the board.
    ///
    /// # Errors
    ///
    /// If the terminal is gone.
    pub(super) fn draw(&mut self, board: &Board) -> io::Result<()> {
        self.texts.keys = self.keys.prompt();
        self.terminal.draw(|frame| view::draw(frame, board, &self.texts))?;
        Ok(())
    }

    /// The next wish that was typed. It does not wait for one.
    ///
    /// # Errors
    ///
    /// If the terminal is gone.
    pub(super) fn wish(&mut self) -> io::Result<Option<Wish>> {
        while event::poll(Duration::ZERO)? {
            let Event::Key(key) = event::read()? else { continue };
            if key.kind != KeyEventKind::Press {
                continue;
            }
            if key.code == KeyCode::Char('c') && key.modifiers.contains(KeyModifiers::CONTROL) {
                return Ok(Some(Wish::Quit));
            }
            let typed = if let KeyCode::Char(typed) = key.code { typed } else { '\u{1b}' };
            if let Some(wish) = self.keys.press(typed) {
                return Ok(Some(wish));
            }
        }
        Ok(None)
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        // If the terminal is gone there is nothing to give back.
        let _ = ratatui::try_restore();
    }
}

impl Keys {
    fn press(&mut self, typed: char) -> Option<Wish> {
        let whom = match typed {
            'l' => Some(Whom::Leader),
            _ => typed.to_digit(10).map(|id| Whom::Node(id.into())),
        };
        match (self.verb.take(), whom, typed) {
            (Some('k'), Some(whom), _) => Some(Wish::Kill(whom)),
            (Some('s'), Some(whom), _) => Some(Wish::Pause(whom)),
            (Some('r'), Some(whom), _) => Some(Wish::Start(whom)),
            (None, _, 'q') => Some(Wish::Quit),
            (_, _, 'k' | 's' | 'r') => {
                self.verb = Some(typed);
                None
            }
            _ => None,
        }
    }

    fn prompt(&self) -> String {
        match self.verb {
            Some('k') => "kill which node? its number, or l for the leader".to_owned(),
            Some('s') => "pause which node? its number, or l for the leader".to_owned(),
            Some(_) => "start which node? its number".to_owned(),
            None => KEYS.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_make_wishes() {
        let wishes = |typed: &str| {
            let mut keys = Keys::default();
            typed.chars().filter_map(|typed| keys.press(typed)).collect::<Vec<_>>()
        };
        assert_eq!(wishes("klx2s3"), [Wish::Kill(Whom::Leader), Wish::Pause(Whom::Node(3))]);
        // A verb that was not finished, or another one instead.
        assert_eq!(wishes("kxskr1"), [Wish::Start(Whom::Node(1))]);
        assert_eq!(wishes("k\u{1b}q"), [Wish::Quit]);
        assert_eq!(wishes("4l"), []);
    }
}

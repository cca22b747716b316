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
const KEYS: &str =
    "q quit   k kill, s pause (then a number, or l: the leader)   r start (a number)";

/// What somebody at the keyboard wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    /// The end.
    Quit,
    /// That something is done to a node.
    Do(Verb, Whom),
}

/// What can be done to a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verb {
    /// It is killed.
    Kill,
    /// It is stopped for a while.
    Pause,
    /// It is started, or goes on.
    Start,
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
    verb: Option<Verb>,
    /// Why nothing came of what was typed last.
    refusal: Option<String>,
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

    /// Says why nothing comes of a wish, until something else is typed.
    pub(super) fn refuse(&mut self, why: String) {
        self.keys.refusal = Some(why);
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
        self.refusal = None;
        let verb = match typed {
            'k' => Some(Verb::Kill),
            's' => Some(Verb::Pause),
            'r' => Some(Verb::Start),
            _ => None,
        };
        match (self.verb.take(), whom) {
            (Some(Verb::Start), Some(Whom::Leader)) => {
                self.refusal = Some("r takes a number: whoever leads runs".to_owned());
            }
            (Some(begun), Some(whom)) => return Some(Wish::Do(begun, whom)),
            (None, _) if typed == 'q' => return Some(Wish::Quit),
            (Some(_), None) if verb.is_none() && !typed.is_control() => {
                self.refusal = Some(format!("{typed} is no node"));
            }
            _ => self.verb = verb,
        }
        None
    }

    fn prompt(&self) -> String {
        match (&self.refusal, self.verb) {
            (Some(refusal), _) => refusal.clone(),
            (None, Some(Verb::Kill)) => {
                "kill which node? its number, or l for the leader".to_owned()
            }
            (None, Some(Verb::Pause)) => {
                "pause which node? its number, or l for the leader".to_owned()
            }
            (None, Some(Verb::Start)) => "start which node? its number".to_owned(),
            (None, None) => KEYS.to_owned(),
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
        let [kill, pause, start] = [Verb::Kill, Verb::Pause, Verb::Start];
        let expected = [Wish::Do(kill, Whom::Leader), Wish::Do(pause, Whom::Node(3))];
        assert_eq!(wishes("klx2s3"), expected);
        // A verb that was not finished, or another one instead.
        assert_eq!(wishes("kxskr1"), [Wish::Do(start, Whom::Node(1))]);
        assert_eq!(wishes("k\u{1b}q"), [Wish::Quit]);
        assert_eq!(wishes("4lrl"), []);
    }

    #[test]
    fn what_is_no_wish_is_refused_until_something_else_is_typed() {
        let mut keys = Keys::default();
        let mut said = |typed: char| {
            assert_eq!(keys.press(typed), None);
            keys.prompt()
        };
        assert!(said('k').starts_with("kill which"));
        assert_eq!([said('x'), said('4')], ["x is no node", KEYS]);
        assert!(said('r').starts_with("start which"));
        assert!(said('l').contains("takes a number"));
        assert!(said('s').starts_with("pause which"));
        assert_eq!(said('\u{1b}'), KEYS);
        assert!(KEYS.len() <= 80);
    }
}

//! Three boards share their settings: any of them changes them, all go on when one is lost, another
//! takes its place, and one that loses power comes back with what is in its flash.
//!
//! `cargo run -p synod-consensus-core --example settings`
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::cast_possible_truncation)]
#![allow(clippy::arithmetic_side_effects)] // An example may panic.

use synod_consensus_core::{
    Ballot, Instance, NodeId,
    register::{Change, Config, Effect, Membership, Message, Outcome, Output, Record, Register},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Settings {
    brightness: u8,
    volume: u8,
}

/// What a button does. It stays on the board where it was pressed: others are sent the settings.
enum Button {
    Brighter(u8),
    Louder(u8),
}

impl Change for Button {
    type Value = Settings;

    fn apply(&self, now: Option<&Settings>, _: Option<Ballot>) -> Effect<Settings> {
        let mut settings = *now.unwrap_or(&Settings { brightness: 50, volume: 10 });
        match self {
            Self::Brighter(by) => settings.brightness = settings.brightness.saturating_add(*by),
            Self::Louder(by) => settings.volume = settings.volume.saturating_add(*by),
        }
        Effect::Put(settings)
    }
}

/// With room for three members and one that takes the place of another.
type Board = Register<Button, 4>;

struct Boards {
    boards: [Board; 4],
    /// What is in the flash of each.
    flash: [Option<Record<Settings, 4>>; 4],
    up: [bool; 4],
    post: Vec<(NodeId, Message<Settings, 4>)>,
    now_us: u64,
}

impl Boards {
    /// Does what a board says. Its flash is quick.
    fn drain(&mut self, id: usize) {
        let board = &mut self.boards[id];
        while let Some(output) = board.poll_output() {
            match output {
                Output::Write { id: write, record } => {
                    self.flash[id] = Some(*record);
                    board.handle_persisted(write).expect("it was polled");
                }
                Output::Send { message, .. } => {
                    self.post.push((NodeId(id as u64), message.cloned()));
                }
                Output::Outcome(Outcome::Changed { version }) => {
                    println!("board {id}: changed, version {version}");
                }
                Output::Outcome(outcome) => println!("board {id}: {outcome:?}"),
                Output::Read { state, .. } => println!("board {id}: reads {:?}", state.value),
                Output::Forget { .. } => {}
            }
        }
    }

    /// A board loses power, and comes back.
    fn restart(&mut self, id: usize) {
        let record = self.flash[id].expect("it was written before anything was said");
        let board = Board::recover(config(id as u64, 43), record, self.now_us);
        self.boards[id] = board.expect("a legal configuration");
    }

    /// Lets a second pass on the boards that are up.
    fn run(&mut self) {
        for _ in 0..1_000 {
            self.now_us += 1_000;
            for id in 0..4 {
                let due = self.boards[id].poll_timeout().is_some_and(|at| at <= self.now_us);
                if self.up[id] && due {
                    self.boards[id].handle_timeout(self.now_us);
                }
                self.drain(id);
            }
            for (from, message) in core::mem::take(&mut self.post) {
                let to = message.to.0 as usize;
                if self.up[to] && self.up[from.0 as usize] {
                    let heard = self.boards[to].handle_message(self.now_us, from, message);
                    heard.expect("nobody lies here");
                    self.drain(to);
                }
            }
        }
    }
}

/// The seed is another one at each start.
const fn config(id: u64, seed: u64) -> Config {
    Config::new(Instance { cluster: 7, number: 1 }, NodeId(id), seed)
}

fn main() {
    let three = Membership::new(&[0, 1, 2].map(NodeId)).expect("three different ids");
    let member =
        |id| Board::bootstrap(config(id, 42), three, None, 0).expect("a legal configuration");
    let spare = Board::join(config(3, 42), None, 0).expect("a legal configuration");
    let mut boards = Boards {
        boards: [member(0), member(1), member(2), spare],
        flash: [None; 4],
        up: [true; 4],
        post: Vec::new(),
        now_us: 0,
    };
    let press = |boards: &mut Boards, id: usize, button| {
        assert!(boards.boards[id].change(boards.now_us, button).is_ok(), "one at a time");
    };
    // Two buttons at once.
    press(&mut boards, 0, Button::Brighter(20));
    press(&mut boards, 1, Button::Louder(5));
    boards.run();
    boards.up[0] = false;
    println!("board 0 is lost");
    press(&mut boards, 2, Button::Louder(1));
    boards.run();
    let others = [1, 2, 3].map(NodeId);
    boards.boards[1].reconfigure(boards.now_us, &others).expect("there is room");
    boards.run();
    println!("board 1 loses power");
    boards.restart(1);
    boards.boards[1].read(boards.now_us).expect("it is a member");
    boards.boards[3].read(boards.now_us).expect("it is a member");
    boards.run();
    let settings = Settings { brightness: 70, volume: 16 };
    assert_eq!(boards.boards[3].latest().value, Some(settings));
}

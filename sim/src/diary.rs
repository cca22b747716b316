//! What happened last, for people.

use alloc::{collections::VecDeque, string::String};

/// What kind of thing happened at a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    /// It died.
    Down,
    /// It came back.
    Up,
    /// It stands for election.
    Stands,
    /// It leads.
    Leads,
    /// It follows.
    Follows,
    /// Something else.
    Plain,
    /// What must never happen.
    Wrong,
}

/// Something that happened.
#[derive(Clone, Debug)]
pub enum Moment {
    /// A message left.
    Arrow {
        /// When.
        sent_us: u64,
        /// When it arrives, if it does.
        arrives_us: Option<u64>,
        /// From which node.
        from: usize,
        /// To which node.
        to: usize,
        /// What it says.
        text: String,
    },
    /// Something happened at a node.
    Note {
        /// When.
        at_us: u64,
        /// Where.
        node: usize,
        /// Of what kind it is.
        mood: Mood,
        /// What.
        text: String,
    },
    /// Something happened to the world: the storm is over, or links go down or up.
    World {
        /// When.
        at_us: u64,
        /// What.
        text: String,
    },
}

/// The latest moments.
#[derive(Debug)]
pub struct Diary {
    moments: VecDeque<Moment>,
    limit: usize,
}

impl Diary {
    /// Room for so many moments.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        Self { moments: VecDeque::new(), limit }
    }

    /// Notes a moment, in place of the oldest.
    pub fn note(&mut self, moment: Moment) {
        if self.moments.len() >= self.limit {
            self.moments.pop_front();
        }
        self.moments.push_back(moment);
    }

    /// All of them, in order.
    pub fn moments(&self) -> impl Iterator<Item = &Moment> {
        self.moments.iter()
    }
}

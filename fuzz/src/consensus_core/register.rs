//! Three members of a register and one that may join them, whose messages come in any order, and
//! beside them others that nobody sent.
//!
//! As long as no lie is believed, what clients are told is one history, and at the end, when
//! messages get through, all that they wait for is told. In any case each member keeps to what it
//! promises by itself.

mod member;
mod oracle;
mod wire;
mod world;

use arbitrary::Arbitrary;

use self::{
    wire::{Forged, Twist},
    world::World,
};
use crate::edge::Edge;

const NODES: usize = 4;
/// How many are members at first.
const INITIAL: usize = 3;
const CAPACITY: usize = 4;

/// How the members are set up, and what befalls them.
#[derive(Arbitrary, Debug)]
pub struct Scenario {
    timeout_us: u16,
    steps: Vec<Step>,
}

/// Something that happens to a node, or to messages.
#[derive(Arbitrary, Debug)]
enum Step {
    /// Messages are delivered in the order in which they were sent, and writes finished.
    Flow {
        count: u8,
        time: Time,
    },
    /// One is delivered before its turn, or once more.
    Deliver {
        index: u8,
        time: Time,
    },
    /// Two are, and what comes of the first is told only then.
    DeliverTwo {
        first: u8,
        second: u8,
    },
    /// All that is on its way is lost.
    Lose,
    Forge {
        to: u8,
        from: u8,
        forged: Forged,
        time: Time,
    },
    /// One is changed on its way.
    Twist {
        index: u8,
        twist: Twist,
        time: Time,
    },
    /// Who is no member asks all for promises.
    Stranger {
        round: Edge,
    },
    Wish {
        node: u8,
        wish: Wish,
        time: Time,
    },
    Persist {
        node: u8,
    },
    Report {
        node: u8,
        id: Edge,
    },
    Timeout {
        node: u8,
        time: Time,
    },
    Crash {
        node: u8,
        written: bool,
        time: Time,
    },
}

/// What a client wants.
#[derive(Arbitrary, Clone, Copy, Debug)]
enum Wish {
    Change(u8),
    Read,
    Reconfigure(u8),
    Forget,
    Cancel,
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Time {
    Now,
    Later(u16),
    Due,
    Any(Edge),
}

impl Scenario {
    /// Lets it all happen, and then come to an end.
    pub fn check(&self) {
        let mut world = World::new(u64::from(self.timeout_us).max(1));
        for step in self.steps.iter().take(200) {
            step.take(&mut world);
        }
        world.finish();
    }
}

impl Step {
    fn take(&self, world: &mut World) {
        match self {
            Self::Flow { count, time } => {
                for _ in 0..*count % 16 {
                    world.flow(*time);
                }
            }
            Self::Deliver { index, time } => {
                if let Some(sent) = world.wire.recent(*index) {
                    world.deliver(sent, *time);
                }
            }
            Self::DeliverTwo { first, second } => {
                let two = (world.wire.recent(*first), world.wire.recent(*second));
                if let (Some(first), Some(second)) = two {
                    world.deliver_two(first, second);
                }
            }
            Self::Lose => world.wire.lose(),
            Self::Forge { to, from, forged, time } => world.forge(*to, *from, forged, *time),
            Self::Twist { index, twist, time } => world.twist(*index, *twist, *time),
            Self::Stranger { round } => world.stranger(round.0),
            Self::Wish { node, wish, time } => world.wish(*node, *wish, *time),
            Self::Persist { node } => world.persist((*node).into()),
            Self::Report { node, id } => world.report(*node, id.0),
            Self::Timeout { node, time } => world.timeout(*node, *time),
            Self::Crash { node, written, time } => world.crash(*node, *written, *time),
        }
    }
}

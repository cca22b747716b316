//! Three acceptors, two proposers and a learner, whose messages come in any order, and beside them
//! others that nobody sent.
//!
//! As long as no lie is believed, all agree, and at the end, when messages get through, a value is
//! chosen and learnt. In any case each machine keeps to what it promises by itself.

mod acceptor;
mod learner;
mod oracle;
mod proposer;
mod wire;
mod world;

use arbitrary::Arbitrary;
use synod_consensus_core::paxos::{Config, ConfigError};
use synod_quorum::{Flexible, NodeSet, Threshold};

use self::{
    wire::{Forged, Twist},
    world::{ACCEPTORS, World},
};
use crate::{consensus_core::wire::INSTANCE, edge::Edge};

/// How many must be heard in phase 1 and in phase 2.
const SYSTEMS: [(usize, usize); 5] = [(2, 2), (3, 1), (1, 3), (2, 3), (3, 3)];

/// How the machines are set up, and what befalls them.
#[derive(Arbitrary, Debug)]
pub struct Scenario {
    system: u8,
    timeout_us: u16,
    values: [u8; 2],
    steps: Vec<Step>,
}

/// Something that happens. A number stands for one of the six machines: the acceptors, then the
/// proposers, then the learner.
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
    /// A proposer of whom nothing is known asks all for promises.
    Stranger {
        round: Edge,
        is_low: bool,
    },
    Persist {
        machine: u8,
    },
    Report {
        machine: u8,
        id: Edge,
    },
    Timeout {
        machine: u8,
        time: Time,
    },
    Crash {
        machine: u8,
        written: bool,
        value: u8,
        time: Time,
    },
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
        let timeout_us = u64::from(self.timeout_us);
        let config = Config { timeout_us, ..Config::new(INSTANCE, ACCEPTORS[0], 0) };
        assert_eq!(config.check(), if timeout_us == 0 { Err(ConfigError) } else { Ok(()) });
        if timeout_us == 0 {
            return;
        }
        let (phase1, phase2) = SYSTEMS[usize::from(self.system) % SYSTEMS.len()];
        let all = NodeSet::first(ACCEPTORS.len()).expect("few");
        let family = |needed| Threshold::new(all, needed).expect("at most all");
        let system = Flexible::new(family(phase1), family(phase2)).expect("they meet");
        let mut world = World::new(system, timeout_us, self.values);
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
            Self::Lose => world.wire.lose(),
            Self::Forge { to, from, forged, time } => world.forge(*to, *from, forged, *time),
            Self::Twist { index, twist, time } => world.twist(*index, *twist, *time),
            Self::Stranger { round, is_low } => world.stranger(round.0, *is_low),
            Self::Persist { machine } => world.persist(*machine),
            Self::Report { machine, id } => world.report(*machine, id.0),
            Self::Timeout { machine, time } => world.timeout(*machine, *time),
            Self::Crash { machine, written, value, time } => {
                world.crash(*machine, *written, *value, *time);
            }
        }
    }
}

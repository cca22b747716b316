//! Members of a group, ours and those of `foca`, as nodes of one swarm.

mod foca;
pub mod rounds;

use synod_failure_detect::membership::MembershipConfig;
use synod_sim::swarm::{Member, Node};

pub use self::foca::{Foca, Identity};

/// A member of either kind, known by its place in the swarm.
pub trait Peer: Node {
    /// What the tables call it.
    const NAME: &str;

    /// The bytes of the sender's place that a frame needs besides the message.
    const SENDER: usize;

    /// A member that knows nobody, of a group of so many.
    fn new(now_us: u64, place: usize, members: usize) -> Self;

    /// Names another one that may be there.
    fn join(&mut self, now_us: u64, seed: usize);

    /// How many others it takes to be alive.
    fn others(&self) -> usize;

    /// How many messages it did not take.
    fn refused(&self) -> u64;
}

impl Peer for Member {
    const NAME: &str = "synod";
    const SENDER: usize = 2;

    fn new(now_us: u64, place: usize, _members: usize) -> Self {
        let me = u16::try_from(place).expect("a swarm is smaller");
        Self::new(now_us, MembershipConfig::new(1, me, 1, place as u64))
    }

    fn join(&mut self, now_us: u64, seed: usize) {
        let seed = u16::try_from(seed).expect("a swarm is smaller");
        self.machine.join(now_us, seed).expect("there is room for four");
    }

    fn others(&self) -> usize {
        self.machine.len()
    }

    fn refused(&self) -> u64 {
        self.refused
    }
}

//! A member of `foca`, with the timers that it leaves to its host.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, VecDeque},
    convert::Infallible,
    num::NonZeroU32,
    time::Duration,
};

use foca::{
    Codec, Config, Header, Message, NoCustomBroadcast, Notification, PostcardCodec, Runtime, Timer,
};
use rand::TryRng;
use serde::{Deserialize, Serialize};
use synod_sim::swarm::{Node, Said, Told};

use super::Peer;
use crate::Random;

/// What names a member: as much as ours tells of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// Its place.
    pub id: u16,
    /// Which of its lives.
    pub generation: u32,
    /// What it tells of itself.
    pub metadata: [u8; 4],
}

impl Identity {
    /// The first life of a member.
    #[must_use]
    pub const fn new(id: u16) -> Self {
        Self { id, generation: 1, metadata: [0; 4] }
    }
}

impl foca::Identity for Identity {
    type Addr = u16;

    fn renew(&self) -> Option<Self> {
        Some(Self { generation: self.generation + 1, ..*self })
    }

    fn addr(&self) -> u16 {
        self.id
    }

    fn win_addr_conflict(&self, adversary: &Self) -> bool {
        self.generation > adversary.generation
    }
}

impl TryRng for Random {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok((self.number() >> 32) as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(self.number())
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&self.number().to_le_bytes()[..chunk.len()]);
        }
        Ok(())
    }
}

/// The machine itself.
pub(super) type Machine = foca::Foca<Identity, PostcardCodec, Random, NoCustomBroadcast>;

/// What `foca` gives for a local network of so many: a probe a second, as ours; but 500 ms for an
/// answer, where ours gives 300.
///
/// # Panics
///
/// If there are no members, or too many to count.
#[must_use]
pub(super) fn config(members: usize) -> Config {
    let members = u32::try_from(members).ok().and_then(NonZeroU32::new);
    Config::new_lan(members.expect("a group has members"))
}

/// A machine that knows nobody.
#[must_use]
pub(super) fn machine(id: u16, config: Config) -> Machine {
    Machine::new(Identity::new(id), config, Random::new(id.into()), PostcardCodec)
}

/// What the machine leaves to its host.
#[derive(Default)]
struct Host {
    now_us: u64,
    said: VecDeque<Said>,
    /// By time, then in the order that the machine wants for one time, then as they came.
    timers: BinaryHeap<Reverse<(u64, Timer<Identity>, u64)>>,
    submitted: u64,
}

impl Runtime<Identity> for Host {
    fn notify(&mut self, notification: Notification<'_, Identity>) {
        let told = match notification {
            Notification::MemberUp(member) => Told::Up(member.id.into()),
            Notification::MemberDown(member) => Told::Down(member.id.into()),
            _ => return,
        };
        self.said.push_back(Said::Told(told));
    }

    fn send_to(&mut self, to: Identity, data: &[u8]) {
        let header: Header<Identity> =
            PostcardCodec.decode_header(data).expect("it was just encoded");
        let is_probe = matches!(header.message, Message::Ping(_));
        self.said.push_back(Said::Send { to: to.id.into(), bytes: data.to_vec(), is_probe });
    }

    fn submit_after(&mut self, timer: Timer<Identity>, after: Duration) {
        let after_us = u64::try_from(after.as_micros()).unwrap_or(u64::MAX);
        let at_us = self.now_us.saturating_add(after_us);
        self.submitted += 1;
        self.timers.push(Reverse((at_us, timer, self.submitted)));
    }
}

/// A member of a group.
pub struct Foca {
    machine: Machine,
    host: Host,
    refused: u64,
}

impl Node for Foca {
    fn handle_timeout(&mut self, now_us: u64) {
        self.host.now_us = now_us;
        while self.poll_timeout().is_some_and(|due_us| due_us <= now_us) {
            let Some(Reverse((_, timer, _))) = self.host.timers.pop() else { return };
            let handled = self.machine.handle_timer(timer, &mut self.host);
            self.refused += u64::from(handled.is_err());
        }
    }

    fn handle_message(&mut self, now_us: u64, _from: usize, bytes: &[u8]) {
        self.host.now_us = now_us;
        let handled = self.machine.handle_data(bytes, &mut self.host);
        self.refused += u64::from(handled.is_err());
    }

    fn poll_timeout(&self) -> Option<u64> {
        self.host.timers.peek().map(|Reverse((at_us, ..))| *at_us)
    }

    fn poll(&mut self) -> Option<Said> {
        self.host.said.pop_front()
    }
}

impl Peer for Foca {
    const NAME: &str = "foca";
    /// Its messages name it.
    const SENDER: usize = 0;

    fn new(now_us: u64, place: usize, members: usize) -> Self {
        let id = u16::try_from(place).expect("a swarm is smaller");
        let host = Host { now_us, ..Host::default() };
        Self { machine: machine(id, config(members)), host, refused: 0 }
    }

    fn join(&mut self, _now_us: u64, seed: usize) {
        let seed = Identity::new(u16::try_from(seed).expect("a swarm is smaller"));
        self.machine.announce(seed, &mut self.host).expect("a header fits a message");
    }

    fn others(&self) -> usize {
        self.machine.num_members()
    }

    fn refused(&self) -> u64 {
        self.refused
    }
}

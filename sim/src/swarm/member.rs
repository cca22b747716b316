//! Members of a group of `synod-failure-detect`.

use synod_failure_detect::membership::{
    Body, Event, Group, Membership, MembershipConfig, MessageOf, Output,
};
use synod_failure_detect::{Heap, Inline};

use super::{Node, Said, Told};

/// The types of a swarm.
#[derive(Debug)]
pub struct Swarmer;

impl Group for Swarmer {
    type Id = u16;
    type Metadata = [u8; 4];
    type Broadcast = u32;
    const MAX_ID: usize = 3;
    const MAX_METADATA: usize = 4;
    const MAX_BROADCAST: usize = 5;
    type Members = Heap;
    type Broadcasts = Inline<16>;
    type News = Inline<128>;
}

/// What a member of a swarm is without what Lifeguard adds.
#[must_use]
pub const fn swim(config: MembershipConfig<u16>) -> MembershipConfig<u16> {
    MembershipConfig { suspicion_factor: 1, max_slowness: 0, max_late_us: u64::MAX, ..config }
}

/// A member of a group.
#[derive(Debug)]
pub struct Member {
    /// The member.
    pub machine: Membership<Swarmer>,
    /// How many messages it did not take.
    pub refused: u64,
}

impl Member {
    /// A member with the id of its place.
    ///
    /// # Panics
    ///
    /// Where the configuration is none.
    #[must_use]
    #[allow(clippy::unwrap_used)] // a simulator may fail
    pub fn new(now_us: u64, config: MembershipConfig<u16>) -> Self {
        let machine = Membership::new(now_us, config, [0; 4]).unwrap();
        Self { machine, refused: 0 }
    }
}

impl Node for Member {
    fn handle_timeout(&mut self, now_us: u64) {
        self.machine.handle_timeout(now_us);
    }

    #[allow(clippy::cast_possible_truncation)] // a swarm is smaller
    fn handle_message(&mut self, now_us: u64, from: usize, bytes: &[u8]) {
        let taken = postcard::from_bytes::<MessageOf<Swarmer>>(bytes).is_ok_and(|message| {
            self.machine.handle_message(now_us, from as u16, &message).is_ok()
        });
        self.refused += u64::from(!taken);
    }

    fn poll_timeout(&self) -> Option<u64> {
        self.machine.poll_timeout()
    }

    #[allow(clippy::unwrap_used)] // a simulator may fail
    fn poll(&mut self) -> Option<Said> {
        let said = match self.machine.poll_output()? {
            Output::Send { to, message } => {
                let is_probe = matches!(message.body, Body::Ping { .. });
                let mut frame = [0; 2048];
                let bytes = postcard::to_slice(&message, &mut frame).unwrap().to_vec();
                Said::Send { to: to.into(), bytes, is_probe }
            }
            Output::Event(Event::Up(id)) => Said::Told(Told::Up(id.into())),
            Output::Event(Event::Down(id)) => Said::Told(Told::Down(id.into())),
            Output::Event(Event::Left(id)) => Said::Told(Told::Left(id.into())),
            Output::Event(_) => return self.poll(),
            Output::Broadcast { from, payload } => Said::Told(Told::Heard(from.into(), payload)),
        };
        Some(said)
    }
}

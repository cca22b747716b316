//! What members tell all others.

use synod_capacity::{Capacity, Full, List};

use super::{Broadcast, draft::Room};

/// The broadcasts that are under way here.
pub(super) struct Broadcasts<Id, B, C: Capacity>(List<Underway<Id, B>, C>);

#[derive(Clone)]
struct Underway<Id, B> {
    broadcast: Broadcast<Id, B>,
    /// How often it is still to be sent.
    hot: u8,
    is_told: bool,
}

impl<Id: Copy + Eq, B: Clone, C: Capacity> Broadcasts<Id, B, C> {
    pub(super) const fn new() -> Self {
        Self(List::new())
    }

    /// Takes in one of this member, to be sent so often.
    ///
    /// # Errors
    ///
    /// As many are under way as there is room for.
    pub(super) fn tell(&mut self, broadcast: Broadcast<Id, B>, hot: u8) -> Result<(), (Full, B)> {
        self.forget_sent();
        let added = self.0.push(Underway { broadcast, hot, is_told: true });
        added.map_err(|(full, underway)| (full, underway.broadcast.payload))
    }

    /// Takes in one of another member, to be told to the host, and sent so often. Where there is no
    /// room, the one that was sent most gives way, if the host knows it; whether there was.
    pub(super) fn relay(&mut self, broadcast: Broadcast<Id, B>, hot: u8) -> bool {
        self.forget_sent();
        let relayed = Underway { broadcast, hot, is_told: false };
        if self.0.len() < self.0.capacity() {
            return self.0.push(relayed).is_ok();
        }
        let told = self.0.as_mut_slice().iter_mut().filter(|underway| underway.is_told);
        let coldest = told.fold(None, |best: Option<&mut Underway<Id, B>>, one| match best {
            Some(best) if best.hot <= one.hot => Some(best),
            _ => Some(one),
        });
        let has_room = coldest.is_some();
        if let Some(coldest) = coldest {
            *coldest = relayed;
        }
        has_room
    }

    fn forget_sent(&mut self) {
        self.0.retain(|underway| underway.hot > 0 || !underway.is_told);
    }

    /// Whether there is one to send.
    pub(super) fn has_news(&self) -> bool {
        self.0.iter().any(|underway| underway.hot > 0)
    }

    /// One to send to a member: that which was sent least.
    pub(super) fn next(&mut self, to: Id, room: &mut Room) -> Option<Broadcast<Id, B>> {
        // Whoever tells it need not be told.
        for own in self.0.as_mut_slice().iter_mut().filter(|one| one.broadcast.origin == to) {
            own.hot = own.hot.saturating_sub(1);
        }
        let hottest = self.0.as_mut_slice().iter_mut().fold(
            None,
            |best: Option<&mut Underway<Id, B>>, one| {
                let is_better = one.hot > best.as_ref().map_or(0, |best| best.hot);
                if is_better && one.broadcast.origin != to { Some(one) } else { best }
            },
        )?;
        if !room.take_broadcast(&hottest.broadcast) {
            return None;
        }
        hottest.hot = hottest.hot.saturating_sub(1);
        Some(hottest.broadcast.clone())
    }

    /// A new life of this member: what it has told is of that one.
    pub(super) fn renew(&mut self, me: Id, generation: u32) {
        for own in self.0.as_mut_slice().iter_mut().filter(|one| one.broadcast.origin == me) {
            own.broadcast.generation = generation;
        }
    }

    /// The next one to tell to the host.
    pub(super) fn poll(&mut self) -> Option<(Id, B)> {
        let untold = self.0.as_mut_slice().iter_mut().find(|underway| !underway.is_told)?;
        untold.is_told = true;
        Some((untold.broadcast.origin, untold.broadcast.payload.clone()))
    }
}

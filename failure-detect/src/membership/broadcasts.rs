//! What members tell all others.

use synod_capacity::{Capacity, Full, List};

use super::{Broadcast, draft::Room};

/// The broadcasts that are under way here.
pub(super) struct Broadcasts<Id, B, C: Capacity> {
    me: Id,
    underway: List<Underway<Id, B>, C>,
}

#[derive(Clone)]
struct Underway<Id, B> {
    broadcast: Broadcast<Id, B>,
    /// How often it is still to be sent.
    to_send: u8,
    /// Whether it may give way to another one: the host was told of it, or it is the host's own and
    /// was sent.
    may_go: bool,
}

impl<Id: Copy + Eq, B: Clone, C: Capacity> Broadcasts<Id, B, C> {
    pub(super) const fn new(me: Id) -> Self {
        Self { me, underway: List::new() }
    }

    /// Takes in one of this member, to be sent so often.
    ///
    /// # Errors
    ///
    /// As many are under way as there is room for.
    pub(super) fn tell(
        &mut self,
        broadcast: Broadcast<Id, B>,
        to_send: u8,
    ) -> Result<(), (Full, B)> {
        self.forget_sent();
        let added = self.underway.push(Underway { broadcast, to_send, may_go: false });
        added.map_err(|(full, underway)| (full, underway.broadcast.payload))
    }

    /// Takes in one of another member, to be told to the host, and sent so often. Where there is no
    /// room, the one that was sent most gives way, if it may; whether there was.
    pub(super) fn relay(&mut self, broadcast: Broadcast<Id, B>, to_send: u8) -> bool {
        self.forget_sent();
        let relayed = Underway { broadcast, to_send, may_go: false };
        if self.underway.len() < self.underway.capacity() {
            return self.underway.push(relayed).is_ok();
        }
        let others = self.underway.as_mut_slice().iter_mut().filter(|underway| underway.may_go);
        let stalest = others.fold(None, |best: Option<&mut Underway<Id, B>>, one| match best {
            Some(best) if best.to_send <= one.to_send => Some(best),
            _ => Some(one),
        });
        let has_room = stalest.is_some();
        if let Some(stalest) = stalest {
            *stalest = relayed;
        }
        has_room
    }

    fn forget_sent(&mut self) {
        self.underway.retain(|underway| underway.to_send > 0 || !underway.may_go);
    }

    /// Whether there is one to send.
    pub(super) fn has_news(&self) -> bool {
        self.underway.iter().any(|underway| underway.to_send > 0)
    }

    /// One to send to a member: that which was sent least.
    pub(super) fn next(&mut self, to: Id, room: &mut Room) -> Option<Broadcast<Id, B>> {
        // Whoever tells it need not be told.
        for own in self.underway.as_mut_slice().iter_mut().filter(|one| one.broadcast.origin == to)
        {
            own.to_send = own.to_send.saturating_sub(1);
        }
        let freshest = self.underway.as_mut_slice().iter_mut().fold(
            None,
            |best: Option<&mut Underway<Id, B>>, one| {
                let is_better = one.to_send > best.as_ref().map_or(0, |best| best.to_send);
                if is_better && one.broadcast.origin != to { Some(one) } else { best }
            },
        )?;
        if !room.take_broadcast(&freshest.broadcast) {
            return None;
        }
        freshest.to_send = freshest.to_send.saturating_sub(1);
        freshest.may_go |= freshest.broadcast.origin == self.me;
        Some(freshest.broadcast.clone())
    }

    /// Another generation of this life. What was sent in the one before would come twice in it.
    pub(super) fn renew(&mut self, generation: u32) {
        let me = self.me;
        let is_unsent = |one: &&mut Underway<Id, B>| !one.may_go && one.broadcast.origin == me;
        for own in self.underway.as_mut_slice().iter_mut().filter(is_unsent) {
            own.broadcast.generation = generation;
        }
    }

    /// Another life of this member: what it told in the one before is not of this one.
    pub(super) fn forget_own(&mut self) {
        let me = self.me;
        self.underway.retain(|one| one.broadcast.origin != me);
    }

    /// The next one to tell to the host.
    pub(super) fn poll(&mut self) -> Option<(Id, B)> {
        let me = self.me;
        let is_untold = |one: &&mut Underway<Id, B>| !one.may_go && one.broadcast.origin != me;
        let untold = self.underway.as_mut_slice().iter_mut().find(is_untold)?;
        untold.may_go = true;
        Some((untold.broadcast.origin, untold.broadcast.payload.clone()))
    }
}

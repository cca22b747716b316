//! What members tell all others.

use synod_capacity::{Capacity, Full, List};

use super::{Broadcast, size::Sizes};

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

    /// Takes one in, to be sent so often, and to be told to the host or not.
    ///
    /// # Errors
    ///
    /// As many are under way as there is room for.
    pub(super) fn add(
        &mut self,
        broadcast: Broadcast<Id, B>,
        hot: u8,
        is_told: bool,
    ) -> Result<(), (Full, B)> {
        self.0.retain(|underway| underway.hot > 0 || !underway.is_told);
        let added = self.0.push(Underway { broadcast, hot, is_told });
        added.map_err(|(full, underway)| (full, underway.broadcast.payload))
    }

    /// One to send to a member: that which was sent least.
    pub(super) fn next(
        &mut self,
        to: Id,
        sizes: &Sizes,
        room: &mut usize,
    ) -> Option<Broadcast<Id, B>> {
        let hottest = self.0.as_mut_slice().iter_mut().fold(
            None,
            |best: Option<&mut Underway<Id, B>>, one| {
                let is_better = one.hot > best.as_ref().map_or(0, |best| best.hot);
                if is_better && one.broadcast.origin != to { Some(one) } else { best }
            },
        )?;
        *room = room.checked_sub(sizes.broadcast(&hottest.broadcast))?;
        hottest.hot = hottest.hot.saturating_sub(1);
        Some(hottest.broadcast.clone())
    }

    /// The next one to tell to the host.
    pub(super) fn poll(&mut self) -> Option<(Id, B)> {
        let untold = self.0.as_mut_slice().iter_mut().find(|underway| !underway.is_told)?;
        untold.is_told = true;
        Some((untold.broadcast.origin, untold.broadcast.payload.clone()))
    }
}

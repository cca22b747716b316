//! What this member asks for others.

/// So many questions of others are under way at once. Who asks one more is told at once that there
/// is no answer.
const MOST: usize = 8;

/// The probes of others that this member relays.
#[derive(Clone, Copy, Debug)]
pub(super) struct Relays<Id>([Option<Relay<Id>>; MOST]);

/// A probe of another member.
#[derive(Clone, Copy, Debug)]
pub(super) struct Relay<Id> {
    pub(super) asker: Id,
    pub(super) probe: u16,
    pub(super) target: Id,
    /// When the asker is told that there is no answer.
    pub(super) due_us: u64,
}

impl<Id: Copy + Eq> Relays<Id> {
    pub(super) const fn new() -> Self {
        Self([None; MOST])
    }

    /// Notes a probe; whether there was room.
    pub(super) fn add(&mut self, relay: Relay<Id>) -> bool {
        // One that asks anew has given up its earlier question.
        let same =
            |known: &Option<Relay<Id>>| known.is_some_and(|known| known.asker == relay.asker);
        let index = self.0.iter().position(same);
        let index = index.or_else(|| self.0.iter().position(Option::is_none));
        match index.and_then(|index| self.0.get_mut(index)) {
            Some(place) => {
                *place = Some(relay);
                true
            }
            None => false,
        }
    }

    /// Takes out the probe that a target answers.
    pub(super) fn answer(&mut self, asker: Id, probe: u16, target: Id) -> bool {
        let is_it = |relay: &Relay<Id>| {
            relay.asker == asker && relay.probe == probe && relay.target == target
        };
        self.take(is_it).is_some()
    }

    /// Takes out a probe that was not answered in time.
    pub(super) fn overdue(&mut self, now_us: u64) -> Option<Relay<Id>> {
        self.take(|relay| relay.due_us <= now_us)
    }

    fn take(&mut self, is_it: impl Fn(&Relay<Id>) -> bool) -> Option<Relay<Id>> {
        let mut places = self.0.iter_mut();
        places.find(|relay| relay.as_ref().is_some_and(&is_it)).and_then(Option::take)
    }

    pub(super) fn due_us(&self) -> u64 {
        self.0.iter().flatten().fold(u64::MAX, |due_us, relay| due_us.min(relay.due_us))
    }

    pub(super) fn excuse(&mut self, by_us: u64) {
        for relay in self.0.iter_mut().flatten() {
            relay.due_us = relay.due_us.saturating_add(by_us);
        }
    }
}

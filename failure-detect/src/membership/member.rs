//! What is remembered of another member.

use super::{Claim, Event, News, Standing, heard::Heard, suspicion::Accusers, version::Version};

/// What is remembered of another member.
#[derive(Clone, Debug)]
pub(super) struct Member<Id, M> {
    pub(super) id: Id,
    pub(super) version: Version,
    pub(super) metadata: M,
    /// When somebody last heard from it; 0 if that is not known.
    pub(super) proof_us: u64,
    /// When a suspect is dead, and when what is not a member is forgotten.
    pub(super) deadline_us: u64,
    pub(super) accusers: Accusers<Id>,
    /// How long a suspect has, or had, in units of 1,024 microseconds.
    pub(super) timeout_1024us: u32,
    /// How often news of it are still to be sent.
    pub(super) to_send: u8,
    /// In which of two alternate rounds it was probed last.
    pub(super) round: bool,
    pub(super) told: Told,
    pub(super) heard: Heard,
}

/// What the host was told of a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// That it is none, or nothing.
    Absent,
    /// That it is one.
    Present,
    /// That it is one; since then its metadata have changed.
    Changed,
    /// That it is one; since then it has begun another life.
    Restarted,
}

/// The unit of ages, as a power of two.
const AGE_BITS: u32 = 16;

impl<Id: Copy + PartialEq, M: Clone> Member<Id, M> {
    pub(super) const fn standing(&self) -> Standing {
        self.version.standing()
    }

    pub(super) const fn is_member(&self) -> bool {
        self.standing().is_member()
    }

    /// A suspect has so long to answer from a time on.
    pub(super) fn suspect_since(&mut self, since_us: u64, timeout_us: u64) {
        self.timeout_1024us = u32::try_from(timeout_us >> 10).unwrap_or(u32::MAX);
        self.deadline_us = since_us.saturating_add(u64::from(self.timeout_1024us) << 10);
    }

    /// Since when a suspect is one; later, if this member stood still meanwhile.
    pub(super) fn suspected_since_us(&self) -> u64 {
        self.deadline_us.saturating_sub(u64::from(self.timeout_1024us) << 10)
    }

    /// Whether it is none any more, and the host was told so.
    pub(super) fn is_gone(&self) -> bool {
        !self.is_member() && self.told == Told::Absent
    }

    /// What is told on of it.
    pub(super) fn news(&self, now_us: u64) -> News<Id, M> {
        let claim = match self.standing() {
            Standing::Alive => self.alive(now_us),
            Standing::Suspect => Claim::Suspect { accuser: self.accusers.latest() },
            Standing::Dead => Claim::Dead,
            Standing::Left => Claim::Left,
        };
        self.with(claim)
    }

    /// What is told of it to who may not know it: not whether it is suspected, which is told apart,
    /// but all that it takes to know it.
    pub(super) fn record(&self, now_us: u64) -> News<Id, M> {
        match self.standing() {
            Standing::Suspect => self.with(self.alive(now_us)),
            _ => self.news(now_us),
        }
    }

    fn alive(&self, now_us: u64) -> Claim<Id, M> {
        Claim::Alive { age: age(now_us, self.proof_us), metadata: self.metadata.clone() }
    }

    const fn with(&self, claim: Claim<Id, M>) -> News<Id, M> {
        let (generation, incarnation) = (self.version.generation(), self.version.incarnation());
        News { id: self.id, generation, incarnation, claim }
    }

    /// Whether there is something to tell of it.
    pub(super) fn has_event(&self) -> bool {
        let told = if self.is_member() { Told::Present } else { Told::Absent };
        self.told != told
    }

    /// The next thing to tell of it.
    pub(super) fn poll_event(&mut self) -> Option<Event<Id>> {
        let (told, event) = match (self.told, self.standing()) {
            (Told::Absent, Standing::Alive | Standing::Suspect) => {
                (Told::Present, Event::Up(self.id))
            }
            (Told::Changed, Standing::Alive | Standing::Suspect) => {
                (Told::Present, Event::Changed(self.id))
            }
            (Told::Present, Standing::Alive | Standing::Suspect)
            | (Told::Absent, Standing::Dead | Standing::Left) => return None,
            (Told::Restarted, Standing::Alive | Standing::Suspect | Standing::Dead)
            | (Told::Present | Told::Changed, Standing::Dead) => {
                (Told::Absent, Event::Down(self.id))
            }
            (Told::Present | Told::Changed | Told::Restarted, Standing::Left) => {
                (Told::Absent, Event::Left(self.id))
            }
        };
        self.told = told;
        Some(event)
    }
}

/// How long ago something was, in the unit of messages; 0 is never.
fn age(now_us: u64, then_us: u64) -> u16 {
    if then_us == 0 {
        return u16::MAX;
    }
    let units = now_us.saturating_sub(then_us).wrapping_shr(AGE_BITS).saturating_add(1);
    u16::try_from(units).unwrap_or(u16::MAX)
}

/// When something of an age was; 0 if that is not known.
pub(super) fn then_us(now_us: u64, age: u16) -> u64 {
    if age == u16::MAX {
        return 0;
    }
    now_us.saturating_sub(u64::from(age).wrapping_shl(AGE_BITS))
}

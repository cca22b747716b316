//! Taking in what is said of members.

use super::{
    Broadcast, Claim, Group, Membership, News, Standing,
    heard::Heard,
    member::{Member, Told, then_us},
    suspicion::Accusers,
    version::Version,
};

impl<Id, M> News<Id, M> {
    const fn version(&self) -> Version {
        let standing = match self.claim {
            Claim::Alive { .. } => Standing::Alive,
            Claim::Suspect { .. } => Standing::Suspect,
            Claim::Dead => Standing::Dead,
            Claim::Left => Standing::Left,
        };
        Version::new(self.generation, self.incarnation, standing)
    }
}

impl<G: Group> Membership<G> {
    /// Takes in what a member says of one.
    pub(super) fn learn(&mut self, from: G::Id, news: &News<G::Id, G::Metadata>) {
        let version = news.version();
        if news.id == self.config.me {
            self.refute(version, &news.claim);
            return;
        }
        let known = self.table.get(news.id).map(|member| member.version);
        match (&news.claim, known) {
            (Claim::Alive { age, metadata }, None) => {
                let proof_us = self.proof_us(from, news.id, *age);
                self.meet(news.id, (version, metadata), proof_us);
            }
            (_, None) => {}
            (Claim::Alive { age, metadata }, Some(known)) => {
                let proof_us = self.proof_us(from, news.id, *age);
                if version > known {
                    self.revive(news.id, (version, metadata), proof_us);
                } else if version.generation() == known.generation() {
                    let prove = |member: &mut Member<_, _>| {
                        member.proof_us = member.proof_us.max(proof_us);
                    };
                    self.table.change(news.id, prove);
                }
            }
            // Of an incarnation that is not known here, neither are its metadata.
            (Claim::Suspect { accuser }, Some(known))
                if known.with(Standing::Suspect) == version =>
            {
                self.suspect(news.id, version, *accuser);
            }
            (Claim::Suspect { .. }, Some(_)) => {}
            (Claim::Dead | Claim::Left, Some(known)) => {
                if version > known {
                    self.bury(news.id, version);
                }
            }
        }
    }

    /// When a member was last heard from, according to another one, or to itself.
    pub(super) fn proof_us(&self, from: G::Id, id: G::Id, age: u16) -> u64 {
        match (self.is_waking, from == id) {
            // It may have waited as long as this member slept.
            (true, _) => 0,
            (false, true) => self.now_us,
            (false, false) => then_us(self.now_us, age),
        }
    }

    /// A claim about this member. If it is not true, it is refuted.
    fn refute(&mut self, claimed: Version, claim: &Claim<G::Id, G::Metadata>) {
        if self.has_left() {
            return;
        }
        if claimed < self.version {
            if claimed.standing() != Standing::Alive {
                self.own_to_send = self.repeats();
            }
            return;
        }
        let is_true =
            |metadata: &G::Metadata| claimed == self.version && *metadata == self.metadata;
        if matches!(claim, Claim::Alive { metadata, .. } if is_true(metadata)) {
            return;
        }
        let is_of_this_incarnation = claimed.generation() == self.version.generation()
            && claimed.incarnation() == self.version.incarnation();
        if is_of_this_incarnation && claimed > self.version && self.can_be_thought(claimed) {
            // Others could not reach it: it may be its own fault.
            self.slow_down(1);
            self.renew(claimed);
        } else {
            // What this life never said is of another one. A new generation, so that others do not
            // take its broadcasts for those of that one.
            self.renew(claimed.with(Standing::Left));
        }
    }

    /// Whether this life is old enough for others to think so of it: whoever suspects it has waited
    /// for an answer for a period, and whoever takes it for dead for some more.
    fn can_be_thought(&self, claimed: Version) -> bool {
        let wait_us = match claimed.standing() {
            Standing::Dead => self.patience().timeout_us(0, 0),
            _ => self.config.period_us.into(),
        };
        self.now_us.saturating_sub(self.born_us) >= wait_us
    }

    /// Begins an incarnation above a claim.
    pub(super) fn renew(&mut self, claimed: Version) {
        self.version = claimed.refuted();
        self.broadcasts.renew(self.version.generation());
        self.own_to_send = self.repeats();
    }

    /// Adds a member that was not known.
    fn meet(&mut self, id: G::Id, (version, metadata): (Version, &G::Metadata), proof_us: u64) {
        if !self.table.may_be_new(proof_us) {
            return;
        }
        let member = Member {
            id,
            version,
            metadata: metadata.clone(),
            proof_us,
            deadline_us: u64::MAX,
            accusers: Accusers::first(id),
            timeout_1024us: 0,
            to_send: self.repeats(),
            round: false,
            told: Told::Absent,
            heard: Heard::default(),
        };
        if !self.table.insert(member, self.config.forget_us) {
            self.refused = Some(id);
        }
    }

    /// A member says of itself what was not known: that it is alive after all, or new metadata.
    fn revive(&mut self, id: G::Id, (version, metadata): (Version, &G::Metadata), proof_us: u64) {
        let repeats = self.repeats();
        self.table.change(id, |member| {
            if member.version.generation() == version.generation() {
                member.proof_us = member.proof_us.max(proof_us);
            } else {
                member.proof_us = proof_us;
                member.heard = Heard::default();
                if member.told != Told::Absent {
                    member.told = Told::Restarted;
                }
            }
            if member.metadata != *metadata {
                member.metadata = metadata.clone();
                if member.told == Told::Present {
                    member.told = Told::Changed;
                }
            }
            member.version = version;
            member.deadline_us = u64::MAX;
            member.to_send = repeats;
        });
    }

    /// A member could not be reached by somebody, which it may not have heard of yet.
    pub(super) fn suspect(&mut self, id: G::Id, version: Version, accuser: G::Id) {
        let (repeats, now_us) = (self.repeats(), self.now_us);
        let (patience, group) = (self.patience(), self.group());
        self.table.change(id, |member| {
            if version > member.version {
                member.version = version;
                member.accusers = Accusers::first(accuser);
                member.suspect_since(now_us, patience.timeout_us(group, 0));
                member.to_send = repeats;
            } else if version == member.version && member.accusers.add(accuser) {
                let timeout_us = patience.timeout_us(group, member.accusers.confirmations());
                member.suspect_since(member.suspected_since_us(), timeout_us);
                // Not before now, which would look like a call that is late.
                member.deadline_us = member.deadline_us.max(now_us);
                member.to_send = repeats;
            }
        });
    }

    /// A member is none any more.
    fn bury(&mut self, id: G::Id, version: Version) {
        let (repeats, forget_at_us) =
            (self.repeats(), self.now_us.saturating_add(self.config.forget_us));
        self.table.change(id, |member| {
            if member.version.generation() != version.generation() {
                member.heard = Heard::default();
            }
            member.version = version;
            member.deadline_us = forget_at_us;
            member.to_send = repeats;
        });
    }

    /// The part of a timeout that is about suspects, and about what is to be forgotten.
    pub(super) fn pass_members(&mut self) {
        let repeats = self.repeats();
        let forget_at_us = self.now_us.saturating_add(self.config.forget_us);
        self.table.pass(self.now_us, self.config.forget_us, |suspect| {
            suspect.version = suspect.version.with(Standing::Dead);
            suspect.deadline_us = forget_at_us;
            suspect.to_send = repeats;
        });
    }

    /// Takes in what a member tells all others, if it is known and has not told this before, and
    /// there is room: else it may come again.
    pub(super) fn take(&mut self, broadcast: &Broadcast<G::Id, G::Broadcast>) {
        let repeats = self.repeats();
        let (id, number) = (broadcast.origin, broadcast.number);
        let is_new = self.table.get(id).is_some_and(|member| {
            member.version.generation() == broadcast.generation && member.heard.is_new(number)
        });
        if is_new && self.broadcasts.relay(broadcast.clone(), repeats) {
            self.table.change(id, |member| member.heard.note(number));
        }
    }
}

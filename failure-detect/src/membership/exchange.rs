//! Comparing all that is known with another member: anti-entropy, and how one joins.

use super::{Group, Membership, Standing, digest, member::Member};

/// What is under way with one other member.
#[derive(Clone, Copy, Debug)]
pub(super) struct Exchange<Id> {
    pub(super) with: Id,
    /// Up to this id it is done.
    pub(super) after: Option<Id>,
    pub(super) is_sent: bool,
    /// When it is given up.
    pub(super) until_us: u64,
}

/// After a difference was found, the next exchange comes so many times sooner.
const SOONER: u32 = 8;

impl<G: Group> Membership<G> {
    /// The part of a timeout that is about exchanges.
    pub(super) fn pass_exchange(&mut self) {
        if let Some(exchange) = self.exchange.filter(|exchange| exchange.until_us <= self.now_us) {
            self.exchange = None;
            if exchange.after.is_some() {
                // The parts before are done: the next one goes on from there, soon.
                self.exchanged = exchange.after;
                self.exchange_soon();
            }
        }
        if self.next_exchange_us > self.now_us {
            return;
        }
        let wait_us = match (self.table.live(), self.count_strangers()) {
            (0, _) => self.config.period_us,
            (_, 0) => self.config.exchange_us,
            _ => (self.config.exchange_us / SOONER).max(self.config.period_us),
        };
        self.next_exchange_us = self.after_about(wait_us);
        if self.exchange.is_none() {
            if let Some(with) = self.partner() {
                let after = self.exchanged.take();
                self.go_on_with(with, after);
            }
        }
    }

    fn exchange_soon(&mut self) {
        let soon_us = self.after_about(self.config.exchange_us / SOONER);
        self.next_exchange_us = self.next_exchange_us.min(soon_us);
    }

    /// A time from now, and half of it more or less: members that started together do not keep in
    /// step.
    fn after_about(&mut self, wait_us: u32) -> u64 {
        let wait_us = (wait_us / 2).saturating_add(self.random.below(wait_us)).max(1);
        self.now_us.saturating_add(wait_us.into())
    }

    /// Whom the host has named, every other time, and anyone by chance: also the dead, as they may
    /// not be.
    fn partner(&mut self) -> Option<G::Id> {
        let count = self.count_strangers();
        let is_alone = self.table.as_slice().is_empty();
        if count > 0 && (is_alone || self.random.below(2) == 0) {
            let skipped = self.random.place(count);
            return self.strangers().nth(skipped);
        }
        self.table.choose(&mut self.random, |member| member.standing() != Standing::Left)
    }

    /// Whom the host has named, and who are no members.
    fn strangers(&self) -> impl Iterator<Item = G::Id> + '_ {
        let (table, me) = (&self.table, self.config.me);
        self.seeds
            .iter()
            .filter(move |id| *id != me && !table.get(*id).is_some_and(Member::is_member))
    }

    fn count_strangers(&self) -> usize {
        self.strangers().fold(0, |count, _| count.saturating_add(1))
    }

    pub(super) fn begin_exchange(&mut self, with: G::Id) {
        self.go_on_with(with, None);
    }

    fn go_on_with(&mut self, with: G::Id, after: Option<G::Id>) {
        let until_us = self.now_us.saturating_add(self.slowed(self.config.period_us));
        self.exchange = Some(Exchange { with, after, is_sent: false, until_us });
    }

    /// A part was answered: on to the next one. Where the two did not agree, others may not either.
    pub(super) fn handle_part(
        &mut self,
        from: G::Id,
        after: Option<G::Id>,
        upto: Option<G::Id>,
        agreed: bool,
    ) {
        let is_it = |exchange: &Exchange<G::Id>| exchange.with == from && exchange.after == after;
        if self.exchange.as_ref().is_some_and(is_it) {
            self.exchange = None;
            if !agreed {
                self.exchange_soon();
            }
            // `None` comes before all ids; here it is the end.
            if upto > after {
                self.go_on_with(from, upto);
            }
        }
    }

    /// A checksum of whom this member knows to belong to the group, itself included.
    pub(super) fn digest(&self) -> u32 {
        self.table.digest() ^ digest::checksum(self.config.me, self.version)
    }
}

//! All other members that are remembered.

use core::hash::Hash;

use synod_capacity::{Capacity, List};

use super::{Event, Standing, digest, draft::Draft, member::Member};
use crate::random::Random;

/// All other members that are remembered, in order of their ids.
pub(super) struct Table<Id, M, C: Capacity> {
    members: List<Member<Id, M>, C>,
    /// The round of those that were probed in this one.
    round: bool,
    /// Where the last one was that was probed or heard from: it is often asked for again.
    latest: usize,
    /// How many belong to the group.
    live: usize,
    /// How many have news to be sent.
    with_news: usize,
    /// No news are to be sent more often.
    most_to_send: u8,
    /// No deadline is earlier.
    due_us: u64,
    /// No member before this place has something to tell.
    telling: usize,
    /// The latest death that was forgotten: what is not known to have lived since may be that one.
    forgotten_us: Option<u64>,
}

/// The mark of what is in the message that is being written, in the number of times that it is
/// still to be sent.
const ADDED: u8 = 0x80;

/// The most times that news are sent.
pub(super) const MOST_REPEATS: u8 = ADDED - 1;

impl<Id: Copy + Ord + Hash, M: Clone, C: Capacity> Table<Id, M, C> {
    pub(super) const fn new() -> Self {
        Self {
            members: List::new(),
            round: false,
            latest: 0,
            live: 0,
            with_news: 0,
            most_to_send: 0,
            due_us: u64::MAX,
            telling: 0,
            forgotten_us: None,
        }
    }

    pub(super) fn as_slice(&self) -> &[Member<Id, M>] {
        self.members.as_slice()
    }

    /// How many belong to the group, without this member.
    pub(super) const fn live(&self) -> usize {
        self.live
    }

    /// Whether there is news to be sent.
    pub(super) const fn has_news(&self) -> bool {
        self.with_news > 0
    }

    /// No deadline of a member is earlier.
    pub(super) const fn due_us(&self) -> u64 {
        self.due_us
    }

    fn find(&self, id: Id) -> Result<usize, usize> {
        if self.members.get(self.latest).is_some_and(|member| member.id == id) {
            return Ok(self.latest);
        }
        self.members.as_slice().binary_search_by(|member| member.id.cmp(&id))
    }

    pub(super) fn get(&self, id: Id) -> Option<&Member<Id, M>> {
        self.members.get(self.find(id).ok()?)
    }

    /// Changes a member, if it is known.
    pub(super) fn change(&mut self, id: Id, change: impl FnOnce(&mut Member<Id, M>)) {
        if let Ok(index) = self.find(id) {
            self.update(index, change);
        }
    }

    /// Changes the member at a place, and keeps what is counted of all.
    fn update(&mut self, index: usize, change: impl FnOnce(&mut Member<Id, M>)) {
        if let Some(member) = self.members.as_mut_slice().get_mut(index) {
            let (was_live, had_news) = (member.is_member(), member.to_send > 0);
            change(member);
            self.live = recounted(self.live, was_live, member.is_member());
            self.with_news = recounted(self.with_news, had_news, member.to_send > 0);
            self.due_us = self.due_us.min(member.deadline_us);
            self.most_to_send = self.most_to_send.max(member.to_send);
            if member.has_event() {
                self.telling = self.telling.min(index);
            }
        }
    }

    /// Notes that a member was heard from; whether it is known.
    pub(super) fn hear(&mut self, id: Id, now_us: u64) -> bool {
        let Ok(index) = self.find(id) else {
            return false;
        };
        self.latest = index;
        if let Some(member) = self.members.as_mut_slice().get_mut(index) {
            if member.is_member() {
                member.proof_us = member.proof_us.max(now_us);
            }
        }
        true
    }

    /// Whether one that is not known, and was last heard from then, can be none that was forgotten.
    pub(super) fn may_be_new(&self, proof_us: u64) -> bool {
        self.forgotten_us.is_none_or(|death_us| proof_us > death_us)
    }

    /// Adds a member that is not known. Where there is no room, one that is none any more is
    /// forgotten; whether there was room.
    pub(super) fn insert(&mut self, mut member: Member<Id, M>, forget_us: u64) -> bool {
        member.round = !self.round;
        let Err(index) = self.find(member.id) else {
            return false;
        };
        let (live, has_news) = (member.is_member(), member.to_send > 0);
        self.most_to_send = self.most_to_send.max(member.to_send);
        let refused = match self.members.insert(index, member) {
            Ok(()) => None,
            Err((_, member)) => Some(member),
        };
        if let Some(member) = refused {
            if !self.make_room(forget_us) {
                return false;
            }
            return self.insert(member, forget_us);
        }
        self.live = recounted(self.live, false, live);
        self.with_news = recounted(self.with_news, false, has_news);
        self.telling = self.telling.min(index);
        true
    }

    /// Whether one more can be remembered.
    pub(super) fn has_room(&self) -> bool {
        self.members.len() < self.members.capacity() || self.members.iter().any(Member::is_gone)
    }

    /// Forgets the member that has been none for longest, if there is one that the host knows of.
    fn make_room(&mut self, forget_us: u64) -> bool {
        let gone = self.members.iter().enumerate().filter(|(_, member)| member.is_gone());
        let eldest =
            gone.fold(None, |eldest: Option<(usize, u64)>, (index, member)| match eldest {
                Some((_, deadline_us)) if deadline_us <= member.deadline_us => eldest,
                _ => Some((index, member.deadline_us)),
            });
        match eldest {
            Some((index, _)) => self.forget(index, forget_us),
            None => false,
        }
    }

    fn forget(&mut self, index: usize, forget_us: u64) -> bool {
        let Some(member) = self.members.remove(index) else {
            return false;
        };
        self.live = recounted(self.live, member.is_member(), false);
        self.with_news = recounted(self.with_news, member.to_send > 0, false);
        self.telling = self.telling.min(index);
        let death_us = member.deadline_us.saturating_sub(forget_us);
        self.forgotten_us = self.forgotten_us.max(Some(death_us));
        true
    }

    /// Handles all deadlines that have come: `expire` changes a suspect, and what is no member is
    /// forgotten.
    pub(super) fn pass(
        &mut self,
        now_us: u64,
        forget_us: u64,
        mut expire: impl FnMut(&mut Member<Id, M>),
    ) {
        if now_us < self.due_us {
            return;
        }
        let mut index = 0_usize;
        while let Some(member) = self.members.get(index) {
            let is_due = member.deadline_us <= now_us;
            if is_due && member.is_gone() {
                self.forget(index, forget_us);
                continue;
            }
            if is_due && member.standing() == Standing::Suspect {
                self.update(index, &mut expire);
            }
            index = index.saturating_add(1);
        }
        self.find_due();
    }

    /// Moves the deadlines of all suspects on by a time.
    pub(super) fn excuse(&mut self, by_us: u64) {
        for member in self.members.as_mut_slice().iter_mut().filter(|member| member.is_member()) {
            member.deadline_us = member.deadline_us.saturating_add(by_us);
        }
        self.find_due();
    }

    /// When members were heard from is not known any more.
    pub(super) fn forget_ages(&mut self) {
        for member in self.members.as_mut_slice() {
            member.proof_us = 0;
        }
    }

    fn find_due(&mut self) {
        let deadlines = self.members.iter().map(|member| member.deadline_us);
        self.due_us = deadlines.fold(u64::MAX, u64::min);
    }

    /// The next thing to tell of any member.
    pub(super) fn poll_event(&mut self) -> Option<Event<Id>> {
        while let Some(member) = self.members.as_mut_slice().get_mut(self.telling) {
            if let Some(event) = member.poll_event() {
                return Some(event);
            }
            self.telling = self.telling.saturating_add(1);
        }
        None
    }

    /// A member that was not probed in this round, by chance: each is probed once a round.
    ///
    /// One that joins is probed in the round in which it does.
    pub(super) fn next_to_probe(&mut self, random: &mut Random) -> Option<Id> {
        let start = random.place(self.members.len());
        for _ in 0..2 {
            let round = self.round;
            let index = self.first(start, |member| member.is_member() && member.round != round);
            if let Some(index) = index {
                self.latest = index;
                let member = self.members.as_mut_slice().get_mut(index)?;
                member.round = round;
                return Some(member.id);
            }
            // All were.
            self.round = !self.round;
        }
        None
    }

    /// A random one of those that are wanted.
    pub(super) fn choose(
        &self,
        random: &mut Random,
        is_wanted: impl Fn(&Member<Id, M>) -> bool,
    ) -> Option<Id> {
        let index = self.first(random.place(self.members.len()), is_wanted)?;
        self.members.get(index).map(|member| member.id)
    }

    /// The first that belongs to the group from a place on, and its place.
    pub(super) fn member_from(&self, place: usize) -> Option<(usize, Id)> {
        let index = self.first(place.min(self.members.len()), Member::is_member)?;
        Some((index, self.members.get(index)?.id))
    }

    /// The place of the first that is wanted from a place on, and then from the first on.
    fn first(&self, start: usize, is_wanted: impl Fn(&Member<Id, M>) -> bool) -> Option<usize> {
        let members = self.members.as_slice();
        let (before, after) = members.split_at_checked(start)?;
        let behind = after.iter().position(&is_wanted).map(|index| start.saturating_add(index));
        behind.or_else(|| before.iter().position(is_wanted))
    }

    /// Adds news that are to be sent, those first that were sent least, as far as there is room.
    pub(super) fn pour<N: Capacity>(
        &mut self,
        now_us: u64,
        to: Id,
        random: &mut Random,
        draft: &mut Draft<'_, Id, M, N>,
    ) {
        if self.with_news == 0 {
            return;
        }
        // It knows of itself.
        self.change(to, |member| member.to_send = member.to_send.saturating_sub(1));
        self.choose_news(now_us, to, random, draft);
        self.count_sent();
    }

    /// Adds news, and marks what is added.
    fn choose_news<N: Capacity>(
        &mut self,
        now_us: u64,
        to: Id,
        random: &mut Random,
        draft: &mut Draft<'_, Id, M, N>,
    ) {
        let start = random.place(self.members.len());
        let members = self.members.as_mut_slice();
        let Some((before, after)) = members.split_at_mut_checked(start) else {
            return;
        };
        let mut level = self.most_to_send;
        // From level to level, all from a place on and then those before it.
        while level > 0 {
            let mut next_level = 0;
            let fresh =
                after.iter_mut().chain(before.iter_mut()).filter(|member| member.to_send > 0);
            for member in fresh.take(self.with_news) {
                if member.to_send < level {
                    next_level = member.to_send.max(next_level);
                }
                if member.to_send != level || member.id == to {
                    continue;
                }
                if draft.is_full() {
                    return;
                }
                if draft.add(member.news(now_us)) {
                    member.to_send |= ADDED;
                }
            }
            level = next_level;
        }
    }

    /// What was added is to be sent once less.
    fn count_sent(&mut self) {
        let fresh = self.members.as_mut_slice().iter_mut().filter(|member| member.to_send > 0);
        let (mut left, mut most) = (self.with_news, 0);
        for member in fresh.take(self.with_news) {
            if member.to_send & ADDED > 0 {
                member.to_send = (member.to_send & !ADDED).saturating_sub(1);
                left = recounted(left, true, member.to_send > 0);
            }
            most = member.to_send.max(most);
        }
        (self.with_news, self.most_to_send) = (left, most);
    }

    /// Adds what is known of the members with ids in a range, from the least on, as far as there is
    /// room; gives the id up to which it is.
    pub(super) fn records<N: Capacity>(
        &self,
        now_us: u64,
        after: Option<Id>,
        upto: Option<Id>,
        draft: &mut Draft<'_, Id, M, N>,
    ) -> Option<Id> {
        let mut last = after;
        let below = |member: &&Member<Id, M>| after.is_some_and(|after| member.id <= after);
        let within = |member: &&Member<Id, M>| upto.is_none_or(|upto| member.id <= upto);
        for member in self.members.iter().skip_while(below).take_while(within) {
            if !draft.add(member.record(now_us)) {
                return last;
            }
            last = Some(member.id);
        }
        upto
    }

    /// A checksum of whom this table knows to belong to the group, without order.
    pub(super) fn digest(&self) -> u32 {
        let members = self.members.iter().filter(|member| member.is_member());
        members.fold(0, |all, member| all ^ digest::checksum(member.id, member.version))
    }
}

const fn recounted(total: usize, was: bool, is: bool) -> usize {
    match (was, is) {
        (false, true) => total.saturating_add(1),
        (true, false) => total.saturating_sub(1),
        _ => total,
    }
}

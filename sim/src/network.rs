//! Links between nodes, and what happens on them.

use alloc::{vec, vec::Vec};

use crate::{
    cut::Cuts,
    fault::{Fault, Tally},
    frame,
    plan::Plan,
    random::Random,
};

/// What a network must be able to do with what it carries.
pub(crate) trait Payload: Clone {
    /// Its bytes on the wire; only asked of what is to be corrupted.
    fn encode(&self) -> Vec<u8>;
}

/// One direction between two nodes.
#[derive(Clone, Copy, Debug, Default)]
struct Link {
    on_their_way: u32,
    /// When the last message arrives: none overtakes it on a link with order.
    last_us: u64,
    /// Until then nothing arrives.
    clogged_until_us: u64,
}

/// All links, and some old messages.
#[derive(Debug)]
pub(crate) struct Network<M> {
    nodes: usize,
    links: Vec<Link>,
    /// Which links are down.
    pub(crate) cuts: Cuts,
    archive: Vec<(usize, usize, M)>,
    /// Whether messages can be lost or late.
    pub(crate) faulty: bool,
}

/// How many old messages are kept for another time.
const ARCHIVE: usize = 64;

/// When the copies of a message arrive.
pub(crate) type Arrivals = [Option<u64>; 2];

impl<M: Payload> Network<M> {
    /// Links between so many nodes.
    #[must_use]
    pub(crate) fn new(nodes: usize) -> Self {
        Self {
            nodes,
            links: vec![Link::default(); nodes * nodes],
            cuts: Cuts::none(nodes),
            archive: Vec::new(),
            faulty: true,
        }
    }

    /// Decides what becomes of a message.
    pub(crate) fn route(
        &mut self,
        now_us: u64,
        (from, to): (usize, usize),
        message: &M,
        plan: &Plan,
        (random, tally): (&mut Random, &mut Tally),
    ) -> Arrivals {
        if self.cuts.has(from, to) {
            return [None; 2];
        }
        if self.faulty {
            if plan.has(Fault::Replay) && random.one_in(64) {
                self.keep(from, to, message, random);
            }
            if random.ppm(plan.drop_ppm) {
                tally.count(Fault::Drop);
                return [None; 2];
            }
            if random.ppm(plan.corrupt_ppm) && Self::is_refused(message, random) {
                tally.count(Fault::Corrupt);
                return [None; 2];
            }
        }
        let first = self.arrival(now_us, (from, to), plan, (random, tally));
        if first.is_some() && self.faulty && random.ppm(plan.duplicate_ppm) {
            let second = self.arrival(now_us, (from, to), plan, (random, tally));
            if second.is_some() {
                tally.count(Fault::Duplicate);
            }
            return [first, second];
        }
        [first, None]
    }

    fn arrival(
        &mut self,
        now_us: u64,
        (from, to): (usize, usize),
        plan: &Plan,
        (random, tally): (&mut Random, &mut Tally),
    ) -> Option<u64> {
        let link = &mut self.links[from * self.nodes + to];
        if self.faulty && link.on_their_way >= plan.link_capacity {
            tally.count(Fault::Overflow);
            return None;
        }
        let mut at_us = now_us + plan.delay_us + random.below(plan.jitter_us + 1);
        if self.faulty && random.ppm(plan.heavy_ppm) {
            tally.count(Fault::HeavyTail);
            at_us += random.heavy(plan.delay_us, 12);
        }
        if plan.has(Fault::Reorder) {
            if at_us < link.last_us {
                tally.count(Fault::Reorder);
            }
        } else {
            at_us = at_us.max(link.last_us);
        }
        at_us = at_us.max(link.clogged_until_us);
        link.last_us = link.last_us.max(at_us);
        link.on_their_way += 1;
        Some(at_us)
    }

    /// A message has arrived.
    pub(crate) fn arrived(&mut self, from: usize, to: usize) {
        let link = &mut self.links[from * self.nodes + to];
        link.on_their_way = link.on_their_way.saturating_sub(1);
    }

    /// Stops a random link for a while. Gives whether it is one between two nodes.
    pub(crate) fn clog(&mut self, until_us: u64, random: &mut Random) -> bool {
        let link = random.index(self.links.len());
        self.links[link].clogged_until_us = until_us;
        link / self.nodes != link % self.nodes
    }

    /// Forgets clogs and order: what comes now does not wait for what is very late.
    pub(crate) fn unclog(&mut self) {
        for link in &mut self.links {
            link.clogged_until_us = 0;
            link.last_us = 0;
        }
    }

    /// A message of long ago, with its sender and its receiver.
    pub(crate) fn old(&self, random: &mut Random) -> Option<(usize, usize, M)> {
        self.archive.get(random.index(self.archive.len())).cloned()
    }

    fn keep(&mut self, from: usize, to: usize, message: &M, random: &mut Random) {
        let old = (from, to, message.clone());
        if self.archive.len() < ARCHIVE {
            self.archive.push(old);
        } else {
            let place = random.index(ARCHIVE);
            self.archive[place] = old;
        }
    }

    /// Whether the checksum notices a corruption of this message. (By chance it may not; then it
    /// was not corrupted, for a node must never see what nobody sent.)
    fn is_refused(message: &M, random: &mut Random) -> bool {
        let mut bytes = message.encode();
        frame::seal(&mut bytes);
        frame::corrupt(&mut bytes, random);
        frame::open(&bytes).is_none()
    }
}

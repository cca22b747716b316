//! What each peer is sent next.

use core::num::NonZeroU64;

use synod_capacity::Capacity;
use synod_clocks::{CausalContext, Dot, DotRange};

use super::{
    AntiEntropy, Output,
    message::{Body, Message},
    peer::{Answer, Peer, Sent, SentKind, Stage},
};
use crate::{CatchUp, Causal, Delta, Source, count::count, kind::Kind};

/// The most ranges of a message: each that is added is weighed with all others.
const MAX_RANGES: usize = 64;
/// How often the time to the next repetition doubles.
const MAX_DOUBLINGS: u32 = 6;

impl<Id: Copy + Ord + 'static, R: Capacity, P: Capacity, const J: usize> AntiEntropy<Id, R, P, J> {
    /// What to do next; drain it to `None` after every other call.
    pub fn poll_output<'a, T: Kind<Id>, N: Capacity>(
        &mut self,
        state: &'a Causal<Id, T, R, N>,
    ) -> Option<Output<'a, Causal<Id, T, R, N>>> {
        if let Some((told_by, boot)) = self.superseded.take() {
            return Some(Output::Superseded { told_by, boot });
        }
        if let Some((told_by, latest)) = self.outdated.take() {
            return Some(Output::Outdated { told_by, latest });
        }
        (0..self.peers.len()).find_map(|index| self.poll_peer(index, state))
    }

    fn poll_peer<'a, T: Kind<Id>, N: Capacity>(
        &mut self,
        index: usize,
        state: &'a Causal<Id, T, R, N>,
    ) -> Option<Output<'a, Causal<Id, T, R, N>>> {
        self.prepare(index, state);
        let (now_us, changes) = (self.now_us, self.journal.end());
        let peer = self.peers.get_mut(index)?;
        let (body, is_level) = match peer.answer.take() {
            Some(answer) => {
                let body = match answer {
                    Answer::Ack(number) => {
                        Body::Ack { number, yours: state.context().latest(peer.id) }
                    }
                    Answer::Refusal(number) => Body::Refusal { number },
                };
                (body, peer.is_level(changes))
            }
            None => {
                let sent = peer.sent.as_mut().filter(|sent| sent.due_us <= now_us)?;
                let wait_us = self.resend_us.saturating_mul(1 << sent.tries.min(MAX_DOUBLINGS));
                sent.due_us = now_us.saturating_add(wait_us);
                sent.tries = sent.tries.saturating_add(1);
                (sent.body(state), sent.then.is_at(changes))
            }
        };
        if !is_level {
            peer.leave_in_doubt(changes);
        }
        let (cluster, to, boot) = (self.cluster, peer.id, self.boot);
        let message = Message { cluster, to, boot, to_boot: peer.boot, changes, is_level, body };
        Some(Output::Send { to, message })
    }

    /// Puts the next message to a peer under way, if there is one to tell and none under way.
    fn prepare<T: Kind<Id>, N: Capacity>(&mut self, index: usize, state: &Causal<Id, T, R, N>) {
        let (now_us, upto) = (self.now_us, self.journal.end());
        let Some(peer) = self.peers.get_mut(index) else { return };
        let mut tries = 0;
        if let Some(sent) = peer.sent.as_ref().filter(|sent| sent.due_us <= now_us) {
            if sent.is_refused {
                tries = sent.tries;
                peer.begin_again(upto);
            }
        }
        if peer.sent.is_none() {
            let next = self.next(index, state);
            if let Some(peer) = self.peers.get_mut(index) {
                peer.sent = next.map(|sent| Sent { tries, ..sent });
            }
        }
    }

    /// The next message to a peer to which none is under way.
    fn next<T: Kind<Id>, N: Capacity>(
        &mut self,
        index: usize,
        state: &Causal<Id, T, R, N>,
    ) -> Option<Sent<Id, R>> {
        loop {
            let peer = self.peers.get(index)?;
            let (kind, events, then) = match peer.stage {
                Stage::Greeting { after } => self.greeting(state.context(), after),
                Stage::Greeted if peer.has_greeted => {
                    let upto = self.journal.end();
                    self.peers.get_mut(index)?.stage = Stage::catching_up(CatchUp::new(), upto);
                    continue;
                }
                Stage::Greeted => return None,
                Stage::CatchingUp { progress, upto, has_left_out } => {
                    self.catch_up(peer, state, (progress, upto, has_left_out))
                }
                Stage::Following { position, after } if position < self.journal.end() => {
                    self.follow(peer, state, position, after)
                }
                Stage::Following { .. } => {
                    let upto = self.journal.end();
                    let peer = self.peers.get_mut(index)?;
                    if peer.forgets {
                        // It has everything, also what there was no room to remember one by one.
                        // (There is, once all that it told of itself is here.)
                        peer.forgets = peer.known.merge(state.context()).is_err();
                    } else if !peer.known.dominates(state.context()) {
                        // The host has merged something of which it did not tell.
                        peer.stage = Stage::catching_up(CatchUp::new(), upto);
                        continue;
                    }
                    (SentKind::Delta, CausalContext::new(), peer.stage)
                }
            };
            let end = self.journal.end();
            let peer = self.peers.get_mut(index)?;
            if kind == SentKind::Delta && events.is_empty() {
                if peer.stage != then {
                    peer.stage = then;
                    continue;
                }
                // Who has more to tell hears with that that it was taken in.
                let is_owed = peer.doubt.is_some() && peer.tells_until_us <= self.now_us;
                if !then.is_at(end) || !is_owed {
                    return None;
                }
            }
            peer.number = peer.number.checked_add(1).unwrap_or(1);
            return Some(Sent {
                number: peer.number,
                kind,
                events,
                then,
                tries: 0,
                due_us: 0,
                is_refused: false,
            });
        }
    }

    fn greeting(&self, known: &CausalContext<Id, R>, after: Option<Dot<Id>>) -> Next<Id, R> {
        let mut events = CausalContext::new();
        let start = known.ranges().partition_point(|range| Some(range.last_dot()) <= after);
        let mut told = after;
        let mut is_last = true;
        for range in known.ranges().get(start..).unwrap_or_default() {
            let mut more = events.clone();
            if more.insert_range(*range).is_err() || !self.sizes.fits_greeting(&more) {
                is_last = false;
                break;
            }
            (events, told) = (more, Some(range.last_dot()));
        }
        let then = if is_last { Stage::Greeted } else { Stage::Greeting { after: told } };
        (SentKind::Greeting { is_last }, events, then)
    }

    fn catch_up<T: Kind<Id>, N: Capacity>(
        &self,
        peer: &Peer<Id, R>,
        state: &Causal<Id, T, R, N>,
        (mut progress, upto, has_left_out): (CatchUp<Id>, u64, bool),
    ) -> Next<Id, R> {
        let mut events = CausalContext::new();
        while let Some(piece) = state.next_piece(&peer.known, &mut progress) {
            let Some(part) = self.take(state, &mut events, piece) else {
                let then = Stage::CatchingUp { progress, upto, has_left_out };
                return (SentKind::Delta, events, then);
            };
            progress.pass(part.last_dot());
        }
        let then = if has_left_out {
            Stage::catching_up(CatchUp::news_again(), upto)
        } else {
            Stage::Following { position: upto, after: None }
        };
        (SentKind::Delta, events, then)
    }

    fn follow<T: Kind<Id>, N: Capacity>(
        &self,
        peer: &Peer<Id, R>,
        state: &Causal<Id, T, R, N>,
        mut position: u64,
        mut after: Option<NonZeroU64>,
    ) -> Next<Id, R> {
        let mut events = CausalContext::new();
        if position < self.journal.start() {
            let upto = self.journal.end();
            let stage = Stage::catching_up(CatchUp::new(), upto);
            return (SentKind::Delta, events, stage);
        }
        while let Some(change) = self.journal.get(position) {
            let left = rest(change.events, after);
            let is_news = |events: &DotRange<Id>| {
                let is_known = peer.known.contains_range(*events);
                change.origin != Some(peer.id) && !(is_known && state.first_dead(*events).is_none())
            };
            if let Some(left) = left.filter(is_news) {
                let Some(part) = self.take(state, &mut events, left) else { break };
                if part != left {
                    after = Some(part.last());
                    continue;
                }
            }
            (position, after) = (position.saturating_add(1), None);
        }
        (SentKind::Delta, events, Stage::Following { position, after })
    }

    /// Adds to `events` as much of `range`, from its beginning, as fits into a message.
    fn take<T: Kind<Id>, N: Capacity>(
        &self,
        state: &Causal<Id, T, R, N>,
        events: &mut CausalContext<Id, R>,
        range: DotRange<Id>,
    ) -> Option<DotRange<Id>> {
        if events.ranges().len() >= MAX_RANGES {
            return None;
        }
        // No more rows than could fit, so that a message costs as its size, not as the state's.
        let (mut part, _) = state.first_rows(range, self.sizes.most_rows());
        loop {
            let mut more = events.clone();
            if more.insert_range(part).is_ok() && self.sizes.fits_delta(state, &more) {
                *events = more;
                return Some(part);
            }
            part = smaller(state, part)?;
        }
    }
}

impl<Id: Copy + Ord + 'static, R: Capacity> Sent<Id, R> {
    /// What it says, as the state has it now.
    fn body<'a, T: Kind<Id>, N: Capacity>(
        &self,
        state: &'a Causal<Id, T, R, N>,
    ) -> BodyFor<'a, Causal<Id, T, R, N>> {
        let number = self.number;
        match self.kind {
            SentKind::Greeting { is_last } => {
                Body::Greeting { number, is_last, known: self.events.clone() }
            }
            SentKind::Delta => Body::Delta { number, delta: state.delta(&self.events) },
        }
    }
}

type BodyFor<'a, S> = Body<CausalContext<<S as Source>::Id, <S as Source>::Ranges>, Delta<'a, S>>;

/// A message: its kind, its events, and the stage once it is acknowledged.
type Next<Id, R> = (SentKind, CausalContext<Id, R>, Stage<Id>);

/// The part of `range` behind a counter.
fn rest<Id: Copy + Ord>(range: DotRange<Id>, after: Option<NonZeroU64>) -> Option<DotRange<Id>> {
    let replica = range.replica();
    after.map_or(Some(range), |counter| range.after(Dot { replica, counter }))
}

/// The first half of the rows of `range`; of one row what is before it, or the row alone.
fn smaller<Id, T, R, N>(state: &Causal<Id, T, R, N>, range: DotRange<Id>) -> Option<DotRange<Id>>
where
    Id: Copy + Ord + 'static,
    T: Kind<Id>,
    R: Capacity,
    N: Capacity,
{
    let rows = count(state.rows_within(range));
    if rows > 1 {
        return Some(state.first_rows(range, rows / 2).0);
    }
    let (first, _) = state.rows_within(range).next()?;
    let end = if first.counter > range.first() {
        NonZeroU64::new(first.counter.get().saturating_sub(1))?
    } else {
        first.counter
    };
    DotRange::new(range.replica(), range.first(), end).filter(|part| *part != range)
}

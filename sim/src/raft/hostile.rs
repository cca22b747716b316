//! Messages that nobody sent.

use alloc::format;

use synod_consensus_core::{
    NodeId,
    raft::{Body, LogId, Message, MessageError},
};

use super::{era, mark::Mark, rule::Rule, tape, world::World};
use crate::{
    diary::Mood,
    fault::Fault,
    random::Random,
    recording::Event,
    violation::{Verdict, ensure},
};

impl<const V: usize, const W: usize, E: Rule> World<V, W, E> {
    /// A message that nobody sent is refused, and leaves no trace.
    pub(super) fn deliver_hostile(&mut self, place: usize) -> Verdict {
        let now_us = self.engine.local_us(place);
        let at = self.running(place).next_back().unwrap_or(place);
        let era = self.era(at);
        let id = self.nodes[at].id;
        let voters = self.eras[era].voters.as_slice();
        let after = self.eras[era].position(place).map_or(0, |position| position + 1);
        let other = voters[after % voters.len()];
        let cluster = era::cluster(era);
        let (from, message, expected) = hostile(&mut self.engine.random, (cluster, id), other);
        let node = &mut self.nodes[at];
        let Some(raft) = &mut node.raft else { return Ok(()) };
        // Alone, there is no other to send it.
        if other == id {
            return Ok(());
        }
        let before = raft.clone();
        self.engine.tally.count(Fault::Hostile);
        self.calls += 1;
        let result = raft.handle_message(now_us, from, &message, &node.log);
        if let Some(message) = E::recorded(&message) {
            let event = Event::Message { now_us, from, message, sizes: &[] };
            tape::happen(&mut node.tape, event, result);
        }
        ensure!(result == Err(expected), "hostile is refused", place, "{result:?}: {message:?}");
        ensure!(*raft == before, "a refusal changes nothing", place, "{message:?}");
        self.marks.hit(Mark::HostileRefused);
        self.engine.diarise(place, Mood::Plain, || format!("refuses {:?}", message.body));
        self.drain(at, None)?;
        Ok(())
    }
}

/// A message that nobody sent, and why it is to be refused.
fn hostile<X: Copy>(
    random: &mut Random,
    (cluster, me): (u64, NodeId),
    other: NodeId,
) -> (NodeId, Message<X>, MessageError) {
    let good = Message { cluster, to: me, term: 1 + random.below(9), body: Body::Outdated };
    let late = LogId { term: good.term + 1, index: 1 + random.below(90) };
    let commit = random.word();
    let append = |prev, entries_term, count| Body::Append {
        prev,
        entries_term,
        count,
        commit,
        round: u64::MAX,
    };
    let body = match random.below(12) {
        0 => return (other, Message { cluster: cluster + 1, ..good }, MessageError::WrongCluster),
        1 => return (other, Message { to: other, ..good }, MessageError::WrongReceiver),
        2 => return (NodeId(u64::MAX), good, MessageError::Stranger),
        3 => return (me, good, MessageError::Stranger),
        4 => Body::PreVote { last: late },
        5 => Body::Vote { last: LogId { term: good.term, index: 1 } },
        6 => append(LogId::START, 0, 1),
        7 => append(LogId::START, good.term, 0),
        8 => append(LogId { term: 1, index: u64::MAX }, 1, u32::MAX),
        9 => Body::Snapshot { last: LogId::START },
        10 => Body::Snapshot { last: LogId { term: 1, index: u64::MAX } },
        _ => Body::Mismatched { prev: 1, hint: late, round: 0 },
    };
    (other, Message { body, ..good }, MessageError::Malformed)
}

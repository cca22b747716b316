//! All that a host does with each machine, and with the three of a node.

use core::hint::black_box;

use synod_consensus_core::{
    NodeId,
    paxos::{AcceptorOutput, Config, LearnerOutput, Message, ProposerOutput, Record},
};

use super::{Learning, Proposing, Remembering, Three, Value};
use crate::wire::{decode, encode};

pub type Letter = Message<Value>;
/// A call: the verb, the time, a number, and a message.
pub type Call<'host> = (u8, u64, u64, &'host Letter);
/// What machines begin with.
pub type Start<'host> = (&'host Config, &'host Three, Value, Option<Record<Value>>);

/// What a node hosts.
pub struct Node {
    pub acceptor: Remembering,
    pub proposer: Proposing,
    pub learner: Learning,
}

#[inline(always)]
pub fn remember<'node>(
    acceptor: &'node mut Remembering,
    (config, _, _, record): &Start<'_>,
    (verb, _, number, message): Call<'_>,
) -> Option<AcceptorOutput<'node, Value>> {
    let Config { instance, id, .. } = **config;
    match (verb, record) {
        (0, _) => acceptor.handle_message(NodeId(number), *message).ok()?,
        (1, _) => acceptor.handle_persisted(number).ok()?,
        (2, None) => *acceptor = Remembering::bootstrap(instance, id),
        (2, Some(record)) => *acceptor = Remembering::recover(instance, id, *record),
        _ => {}
    }
    acceptor.poll_output()
}

#[inline(always)]
pub fn propose<'node>(
    proposer: &'node mut Proposing,
    (config, members, value, _): &Start<'_>,
    (verb, now_us, number, message): Call<'_>,
) -> Option<ProposerOutput<'node, Value>> {
    match verb {
        0 => proposer.handle_message(now_us, NodeId(number), *message).ok()?,
        1 => proposer.handle_persisted(number).ok()?,
        2 => {
            let begun = Proposing::recover(**config, **members, now_us, number, *value);
            *proposer = begun.ok()?;
        }
        3 => proposer.handle_timeout(now_us),
        4 => drop(black_box(proposer.poll_timeout())),
        _ => {}
    }
    proposer.poll_output()
}

#[inline(always)]
pub fn learn<'node>(
    learner: &'node mut Learning,
    (config, members, ..): &Start<'_>,
    (verb, now_us, number, message): Call<'_>,
) -> Option<LearnerOutput<'node, Value>> {
    match verb {
        0 => learner.handle_message(now_us, NodeId(number), *message).ok()?,
        2 => *learner = Learning::new(**config, **members, now_us).ok()?,
        3 => learner.handle_timeout(now_us),
        4 => drop(black_box(learner.poll_timeout())),
        _ => {}
    }
    learner.poll_output()
}

/// Takes what came and what was on the disk as bytes, and gives what is polled as bytes.
#[inline(always)]
pub fn serve(
    node: &mut Node,
    (config, members, value, _): &Start<'_>,
    (verb, now_us, number): (u8, u64, u64),
    (came, disk): (&[u8], &[u8]),
    output: &mut [u8],
) -> [Option<usize>; 3] {
    let Some(message) = decode(came) else { return [None; 3] };
    let start = (*config, *members, *value, decode(disk));
    let call = (verb, now_us, number, &message);
    let remembered = match remember(&mut node.acceptor, &start, call) {
        Some(AcceptorOutput::Write { record, .. }) => encode(record, output),
        Some(AcceptorOutput::Send { message, .. }) => encode(&message, output),
        None => None,
    };
    let proposed = match propose(&mut node.proposer, &start, call) {
        Some(ProposerOutput::Send { message, .. }) => encode(&message, output),
        other => black_box(other).and(None),
    };
    let learned = match learn(&mut node.learner, &start, call) {
        Some(LearnerOutput::Send { message, .. }) => encode(&message, output),
        other => black_box(other).and(None),
    };
    [remembered, proposed, learned]
}

//! What a message promises, and whether it is true and durable when it leaves.

use synod_consensus_core::{
    NodeId,
    raft::{BallotBody, Body, LogId, Message, Said, TermLog},
};

use super::{
    ledger::Ledger,
    node::{Node, place},
    rule::Rule,
};
use crate::violation::{Verdict, ensure, fail};

/// Checks a message that leaves a node.
pub(super) fn check<const V: usize, const W: usize, E: Rule>(
    from: usize,
    node: &Node<V, W, E>,
    message: &Message<E::Said>,
    ledger: &mut Ledger,
) -> Verdict {
    let Message { to, term, body, .. } = *message;
    let durable = node.durable.hard_state.unwrap_or_default();
    ensure!(
        durable.term == term,
        "durable before sent",
        from,
        "{body:?} of term {term}, but the disk has {durable:?}"
    );
    match body {
        Body::PreVote { last } | Body::Vote { last } => {
            ensure!(
                node.log.last() == last,
                "true message",
                from,
                "{body:?}: {:?}",
                node.log.last()
            );
            if matches!(body, Body::Vote { .. }) {
                let own = durable.vote == Some(node.id);
                ensure!(own, "durable before sent", from, "stands in {term} with {durable:?}");
                ledger.vote(from, term, from)?;
            }
        }
        Body::VoteReply { granted: true } => {
            let fits = durable.vote == Some(to);
            ensure!(fits, "durable before sent", from, "a vote for {to} with {durable:?}");
            ledger.vote(from, term, place(to))?;
        }
        Body::Append { prev, entries_term, count, commit, .. } => {
            leads(from, term, ledger)?;
            entries(from, node, (prev, entries_term, count))?;
            let known = node.before.map_or(0, |before| before.committed).max(ledger.committed());
            ensure!(commit <= known, "true message", from, "{body:?}: {known} is committed");
        }
        Body::Commit { commit } => {
            leads(from, term, ledger)?;
            let fits = commit <= node.log.last_index();
            ensure!(fits, "true message", from, "{body:?} beyond the log");
        }
        Body::Snapshot { last } => {
            // Or a candidate to whom it has promised lacks it.
            if durable.vote != Some(to) {
                leads(from, term, ledger)?;
            }
            let fits = node.log.snapshot() == last;
            ensure!(fits, "true message", from, "{body:?}: {:?}", node.log.snapshot());
        }
        Body::Matched { index, .. } => matched(from, node, (term, index), ledger)?,
        Body::Ballot(said) => {
            if let Some(said) = said.ballot() {
                ballot(from, node, (to, term, said), ledger)?;
            }
        }
        Body::PreVoteReply { .. }
        | Body::VoteReply { granted: false }
        | Body::Mismatched { .. }
        | Body::Outdated => {}
    }
    Ok(())
}

/// The same, of what only nodes say whose terms are ballots.
fn ballot<const V: usize, const W: usize, E: Rule>(
    from: usize,
    node: &Node<V, W, E>,
    (to, term, body): (NodeId, u64, BallotBody),
    ledger: &mut Ledger,
) -> Verdict {
    let durable = node.durable.hard_state.unwrap_or_default();
    match body {
        BallotBody::Promise { last } => {
            let fits = durable.vote == Some(to);
            ensure!(fits, "durable before sent", from, "a promise to {to} with {durable:?}");
            let own = node.log.last();
            // Who has promised may follow the leader already, and be asked late.
            ensure!(own == last, "true message", from, "{body:?}: {own:?}");
            ledger.vote(from, term, place(to))?;
        }
        BallotBody::Suffix { prev, entries_term, count } => {
            let fits = durable.vote == Some(to);
            ensure!(fits, "durable before sent", from, "{body:?} to {to} with {durable:?}");
            entries(from, node, (prev, entries_term, count))?;
            let whole = count > 0 || prev == node.log.last();
            ensure!(whole, "true message", from, "{body:?}: {:?}", node.log.last());
        }
        BallotBody::Fetch { prev } => {
            let fits = node.log.term(prev.index) == Some(prev.term);
            ensure!(fits, "true message", from, "the log does not have {prev:?}");
        }
        BallotBody::ReadIndexReply { last, .. } => {
            let own = node.log.last();
            ensure!(own.index == last, "true message", from, "{body:?}: {own:?}");
        }
        BallotBody::Differs { .. } | BallotBody::ReadIndex { .. } => {}
    }
    Ok(())
}

/// Only the leader of a term speaks as such.
fn leads(from: usize, term: u64, ledger: &Ledger) -> Verdict {
    let leader = ledger.leader(term);
    ensure!(leader == Some(from), "election safety", from, "speaks for {leader:?}, in term {term}");
    Ok(())
}

/// The entries of a message are those of the sender's log.
fn entries<const V: usize, const W: usize, E: Rule>(
    from: usize,
    node: &Node<V, W, E>,
    (prev, term, count): (LogId, u64, u32),
) -> Verdict {
    let meets = node.log.term(prev.index) == Some(prev.term);
    ensure!(meets, "true message", from, "the log does not have {prev:?}");
    let end = prev.index + u64::from(count);
    for index in prev.index + 1..=end {
        let there = node.log.term(index);
        ensure!(
            there == Some(term),
            "true message",
            from,
            "{index} is of {there:?}, not of {term}"
        );
    }
    Ok(())
}

/// An acknowledged entry is on the disk, and the leader's.
fn matched<const V: usize, const W: usize, E: Rule>(
    from: usize,
    node: &Node<V, W, E>,
    (term, index): (u64, u64),
    ledger: &Ledger,
) -> Verdict {
    if index <= node.durable.snapshot.last.index {
        return Ok(());
    }
    let Some(there) = node.durable.log.term(index) else {
        fail!("durable before sent", from, "acknowledges {index} in {term} before it is");
    };
    let leaders = ledger.in_log_of(term, index);
    ensure!(
        leaders == Some(there),
        "true message",
        from,
        "acknowledges {index} of term {there} in {term}, whose leader has {leaders:?}"
    );
    Ok(())
}

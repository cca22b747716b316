//! What became of proposals.

use synod_consensus_core::{
    NodeId,
    raft::{Body, Change, Fate, LogId, Message, Outcome, Output, ProposeError, Role},
};

use super::cluster::{Cluster, Node, log::Entry, node::CLUSTER};

/// What became of proposals: each is told once, and truly.
pub(crate) fn fates_are_told_once_and_truly() {
    let mut cluster = Cluster::led_by_1(3);
    let term = cluster.node(1).term();
    let one = cluster.node(1).propose(1);
    let two = cluster.node(1).propose(2);
    assert_eq!(cluster.node(1).fates.pop_front(), None);
    cluster.settle();
    // A follower acknowledges one entry, and then the other.
    for LogId { index, .. } in [one, two] {
        let committed = Fate { outcome: Outcome::Committed, term, first: index, last: index };
        assert_eq!(cluster.node(1).fates.pop_front(), Some(committed));
    }
    assert_eq!(cluster.node(1).fates.pop_front(), None);

    // A leader that is cut off proposes in vain: another's entries take the places.
    cluster.isolate(1);
    let three = cluster.node(1).propose(3);
    let four = cluster.node(1).propose(4);
    cluster.run(1_000_000);
    assert_eq!(cluster.node(1).fates.pop_front(), None, "they may be committed yet");
    let leader = cluster.leader().unwrap();
    assert_ne!(leader, 1);
    cluster.heal();
    cluster.run(100_000);
    let superseded =
        Fate { outcome: Outcome::Superseded, term, first: three.index, last: four.index };
    assert_eq!(cluster.node(1).fates.pop_front(), Some(superseded));
    assert_eq!(cluster.node(1).fates.pop_front(), None);
    cluster.assert_agreed();
}

/// A node that leads again, and proposes, follows its new proposals, not its old ones.
pub(crate) fn fates_of_an_earlier_term() {
    let mut node = Node::new(1, 3);
    node.elect();
    let first = node.propose(1);
    let last = node.propose(2);
    node.receive(2, 1, Body::Outdated, &[]).unwrap();
    node.receive(2, 3, Body::Outdated, &[]).unwrap();
    node.elect();
    assert_eq!(node.fates.pop_front(), None, "they may be committed yet");
    node.propose(3);
    let unknown = Fate { outcome: Outcome::Unknown, term: 1, first: first.index, last: last.index };
    assert_eq!(node.fates.pop_front(), Some(unknown));
    assert_eq!(node.fates.pop_front(), None);
}

/// Proposes, and appends, and polls nothing.
fn propose_undrained(node: &mut Node) -> Result<LogId, ProposeError> {
    let id = node.raft.propose(node.now_us, 4, &node.log)?;
    node.log.append(Entry::new(id.term, 1));
    Ok(id)
}

/// Polls until this output comes, and does what it says.
fn poll_until(node: &mut Node, wanted: fn(&Output) -> bool) {
    loop {
        let output = node.raft.poll_output(&node.log).expect("it is to come");
        match output {
            Output::Write(write) => node.raft.handle_persisted(write.id, &node.log).unwrap(),
            Output::Change(Change::Blank { term }) => node.log.append(Entry::new(term, 0)),
            Output::Change(_) | Output::Fate(_) => panic!("{output:?}"),
            _ => {}
        }
        if wanted(&output) {
            return;
        }
    }
}

/// A host that leaves fates unread, over two terms in which it led, is refused in the third before
/// one would be lost. When it drains, it is told each of them once.
pub(crate) fn fates_are_not_lost_unread() {
    let mut node = Node::new(1, 3);
    node.elect();
    let one = node.propose(1);
    let two = node.propose(2);
    node.receive(2, 3, Body::Outdated, &[]).unwrap();
    node.elect();
    let three = propose_undrained(&mut node).unwrap();
    let four = propose_undrained(&mut node).unwrap();
    assert_eq!((three.term, four.index), (4, three.index + 1), "of one term, as many as one likes");

    // It is deposed, and elected again, and its host polls no more than that takes.
    let handle = |node: &mut Node, term, body| {
        let message = Message { cluster: CLUSTER, to: NodeId(1), term, body };
        node.raft.handle_message(node.now_us, NodeId(2), &message, &node.log).unwrap();
    };
    handle(&mut node, 6, Body::Outdated);
    node.now_us = node.raft.poll_timeout().unwrap();
    node.raft.handle_timeout(node.now_us, &node.log);
    handle(&mut node, 6, Body::PreVoteReply { granted: true, asked: 6 });
    poll_until(&mut node, |output| matches!(output, Output::Write(_)));
    handle(&mut node, 7, Body::VoteReply { granted: true });
    poll_until(&mut node, |output| matches!(output, Output::Change(_)));
    assert_eq!((node.role(), node.term()), (Role::Leader, 7));
    let before = node.fingerprint();
    assert_eq!(propose_undrained(&mut node), Err(ProposeError::Undrained));
    assert_eq!(node.fingerprint(), before);

    // It drains, and proposes; of the old proposals it is told that they may be committed yet.
    let unknown = |first: LogId, last: LogId| {
        let (first, term, last) = (first.index, first.term, last.index);
        Some(Fate { outcome: Outcome::Unknown, term, first, last })
    };
    node.drain(None);
    assert_eq!((node.fates.pop_front(), node.fates.pop_front()), (unknown(one, two), None));
    let LogId { index, term } = node.propose(5);
    assert_eq!((node.fates.pop_front(), node.fates.pop_front()), (unknown(three, four), None));
    node.receive(2, term, Body::Matched { index, round: 0 }, &[]).unwrap();
    let committed = Fate { outcome: Outcome::Committed, term, first: index, last: index };
    assert_eq!((node.fates.pop_front(), node.fates.pop_front()), (Some(committed), None));
}

/// A batch of none has the next free place, and nothing else: no entry, no message, no fate.
pub(crate) fn a_batch_of_none_has_no_fate() {
    let mut node = Node::new(1, 3);
    node.elect();
    let before = node.fingerprint();
    let next = node.raft.propose_batch(node.now_us, 0, 4, &node.log).unwrap();
    assert_eq!((next, node.fingerprint()), (LogId { term: 1, index: 2 }, before));
    node.drain(None);
    node.receive(2, 1, Body::Matched { index: 1, round: 0 }, &[]).unwrap();
    assert_eq!((node.applied, node.fates.pop_front()), (1, None));
    assert_eq!(node.propose(1), next);
}

//! What became of proposals.

use synod_consensus_core::raft::{Body, Fate, Outcome, ProposeError};

use super::cluster::{Cluster, Node, log::Entry};

/// What became of proposals: each is told once, and truly.
pub(crate) fn fates_are_told_once_and_truly() {
    let mut cluster = Cluster::led_by_1(3);
    let term = cluster.node(1).term();
    let one = cluster.node(1).propose(1);
    let two = cluster.node(1).propose(2);
    assert_eq!(cluster.node(1).fates.pop_front(), None);
    cluster.settle();
    let told = cluster.node(1).fates.pop_front();
    let committed = Fate { outcome: Outcome::Committed, term, first: one.index, last: one.index };
    let both = Fate { outcome: Outcome::Committed, term, first: one.index, last: two.index };
    assert!(told == Some(both) || told == Some(committed), "{told:?}");
    if told == Some(committed) {
        let rest = Fate { outcome: Outcome::Committed, term, first: two.index, last: two.index };
        assert_eq!(cluster.node(1).fates.pop_front(), Some(rest));
    }

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

/// A host that never drains is refused before a fate would be lost.
pub(crate) fn fates_are_not_lost_unread() {
    let mut node = Node::new(1, 1);
    node.elect();
    let propose = |node: &mut Node| {
        let id = node.raft.propose(node.now_us, 4, &node.log)?;
        node.log.append(Entry::new(id.term, 1));
        Ok::<_, ProposeError>(id)
    };
    let first = propose(&mut node).unwrap();
    assert_eq!(
        propose(&mut node).unwrap().index,
        first.index + 1,
        "of one term, as many as one likes"
    );
    assert_eq!(node.fates.pop_front(), None);
    node.drain(None);
    let committed =
        Fate { outcome: Outcome::Committed, term: 1, first: first.index, last: first.index + 1 };
    assert_eq!(node.fates.pop_front(), Some(committed));
}

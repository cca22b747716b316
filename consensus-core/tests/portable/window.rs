//! How much a leader sends ahead of what its followers have acknowledged.

use synod_consensus_core::raft::{Body, Config, LogId, Message, Replication};

use super::cluster::{Node, node::config};

/// The bytes of a message with this many entries, each of a payload of 4.
const fn bytes(entries: usize) -> usize {
    Message::MAX_BYTES + entries * (Message::MAX_ENTRY_OVERHEAD + 4)
}

/// It leads term 1, and number 2 has said that it has the first entry.
fn lead(node: &mut Node) {
    node.elect();
    acknowledge(node, 1);
    node.sent.clear();
}

/// Number 2 has all up to this index.
fn acknowledge(node: &mut Node, index: u64) {
    node.receive(2, 1, Body::Matched { index, round: 0 }, &[]).unwrap();
}

/// The indices and counts of messages with entries to number 2.
fn sent(node: &mut Node) -> heapless::Vec<(u32, u32), 4> {
    let mut sent = heapless::Vec::new();
    while let Some(next) = node.next_to(2) {
        if let Body::Append { prev: LogId { index, .. }, count: count @ 1.., .. } =
            next.message.body
        {
            sent.push((index as u32 + 1, count)).unwrap();
        }
    }
    sent
}

/// What the leader knows of number 2: the next entry, and the messages on their way.
fn under_way(node: &Node) -> (u64, usize) {
    let peer = node.raft.peers().next().unwrap();
    (peer.next, peer.in_flight)
}

/// As long as fewer than `window_bytes` are on their way, another message leaves.
pub(crate) fn a_window_has_so_many_bytes() {
    for (spare, messages) in [(0, 2), (1, 3)] {
        let window_bytes = 2 * bytes(1) + spare;
        let mut node = Node::with_config(Config { window_bytes, ..config(1) }, 3);
        lead(&mut node);
        for value in 1..=5 {
            node.propose(value);
        }
        assert_eq!(under_way(&node), (2 + messages as u64, messages));
    }
}

/// Each message that is acknowledged makes room; the rest goes together.
pub(crate) fn a_window_opens_with_each_acknowledgement() {
    let mut node = Node::with_config(Config { window_bytes: 2 * bytes(1), ..config(1) }, 3);
    lead(&mut node);
    for value in 1..=5 {
        node.propose(value);
    }
    assert_eq!((&sent(&mut node)[..], under_way(&node)), (&[(2, 1), (3, 1)][..], (4, 2)));
    acknowledge(&mut node, 2);
    assert_eq!((&sent(&mut node)[..], under_way(&node)), (&[(4, 3)][..], (7, 2)));
    node.propose(6);
    assert_eq!((&sent(&mut node)[..], under_way(&node)), (&[][..], (7, 2)));
    // A part of a message is not the message.
    acknowledge(&mut node, 5);
    assert_eq!((&sent(&mut node)[..], under_way(&node)), (&[(7, 1)][..], (8, 2)));
    acknowledge(&mut node, 7);
    assert_eq!((&sent(&mut node)[..], under_way(&node)), (&[][..], (8, 0)));
}

/// Nor are there more than `WINDOW` messages, which is 4 here.
pub(crate) fn a_window_has_so_many_messages() {
    let mut node = Node::with_config(config(1), 3);
    lead(&mut node);
    for value in 1..=6 {
        node.propose(value);
    }
    assert_eq!(sent(&mut node)[..], [(2, 1), (3, 1), (4, 1), (5, 1)]);
    assert_eq!(under_way(&node), (6, 4));
    acknowledge(&mut node, 3);
    assert_eq!((&sent(&mut node)[..], under_way(&node)), (&[(6, 2)][..], (8, 3)));
}

/// Nor more than `window_entries` entries beyond those that are acknowledged.
pub(crate) fn a_window_has_so_many_entries() {
    let mut node = Node::with_config(Config { window_entries: 3, ..config(1) }, 3);
    lead(&mut node);
    node.propose(1);
    node.propose(2);
    node.propose(3);
    node.propose(4);
    assert_eq!((sent(&mut node).len(), under_way(&node)), (3, (5, 3)));
    acknowledge(&mut node, 2);
    assert_eq!((&sent(&mut node)[..], under_way(&node)), (&[(5, 1)][..], (6, 3)));
    acknowledge(&mut node, 5);
    for value in 5..=9 {
        node.propose(value);
    }
    assert_eq!(under_way(&node), (9, 3));
    acknowledge(&mut node, 8);
    assert_eq!(sent(&mut node).last(), Some(&(9, 2)));
}

/// A message has at most `max_message_bytes`, with its entries.
pub(crate) fn a_message_has_so_many_bytes() {
    for (spare, most) in [(0, 3), (14, 3), (15, 4)] {
        let max_message_bytes = bytes(3) + spare;
        let window_bytes = 1;
        let mut node =
            Node::with_config(Config { max_message_bytes, window_bytes, ..config(1) }, 3);
        lead(&mut node);
        for value in 1..=8 {
            node.propose(value);
        }
        assert_eq!(sent(&mut node)[..], [(2, 1)], "whatever the window, one message leaves");
        acknowledge(&mut node, 2);
        assert_eq!(sent(&mut node)[..], [(3, most)], "{spare}");
    }
}

/// Heartbeats are no part of the window.
pub(crate) fn heartbeats_take_no_place_in_a_window() {
    let mut node = Node::with_config(config(1), 3);
    lead(&mut node);
    for _ in 0..4 {
        node.timeout();
        assert_eq!(under_way(&node), (2, 0));
    }
    assert_eq!(node.sent.len(), 8);
    node.propose(1);
    assert_eq!(under_way(&node), (3, 1));
}

/// A message is lost, and the next one does not fit: the leader goes back to what the follower has.
/// What it hears later of that, or of what is acknowledged, changes nothing.
pub(crate) fn a_lost_message_is_sent_again() {
    let mut node = Node::with_config(config(1), 3);
    lead(&mut node);
    for value in 1..=3 {
        node.propose(value);
    }
    assert_eq!((sent(&mut node).len(), under_way(&node)), (3, (5, 3)));
    let mismatched = |node: &mut Node, prev, index| {
        let hint = LogId { term: 1.min(index), index };
        node.receive(2, 1, Body::Mismatched { prev, hint, round: 0 }, &[]).unwrap();
    };
    let before = node.fingerprint();
    mismatched(&mut node, 1, 0);
    assert_eq!((sent(&mut node).len(), node.fingerprint()), (0, before));
    mismatched(&mut node, 2, 1);
    let probing = |node: &Node| node.raft.peers().next().unwrap().replication;
    assert_eq!(probing(&node), Replication::Probing);
    assert_eq!((&sent(&mut node)[..], under_way(&node)), (&[(2, 3)][..], (2, 0)));
    let before = node.fingerprint();
    mismatched(&mut node, 3, 1);
    assert_eq!((sent(&mut node).len(), node.fingerprint()), (0, before));
    acknowledge(&mut node, 4);
    assert_eq!((probing(&node), under_way(&node)), (Replication::Pipelining, (5, 0)));
    assert!(sent(&mut node).is_empty());
}

/// A follower without room is not pressed: it is tried again with the next heartbeat.
pub(crate) fn a_follower_without_room_is_not_pressed() {
    let mut node = Node::with_config(config(1), 3);
    lead(&mut node);
    for value in 1..=3 {
        node.propose(value);
    }
    let hint = LogId { term: 1, index: 1 };
    node.receive(2, 1, Body::Mismatched { prev: 2, hint, round: 0 }, &[]).unwrap();
    sent(&mut node);
    for _ in 0..3 {
        acknowledge(&mut node, 1);
        assert!(sent(&mut node).is_empty());
        assert_eq!(node.raft.peers().next().unwrap().replication, Replication::Probing);
        node.timeout();
        assert_eq!(sent(&mut node)[..], [(2, 3)]);
    }
    // A part is taken, and then the rest is sent.
    acknowledge(&mut node, 2);
    assert_eq!(sent(&mut node)[..], [(3, 2)]);
}

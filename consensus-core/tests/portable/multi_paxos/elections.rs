//! Links that fail, quorums of two kinds, and logs without gaps.

use synod_consensus_core::{
    Members,
    raft::{ByBallots, ByVotes, Election, LogId, Outcome, Role, TermLog},
};
use synod_quorum::{Coterie, Flexible, Majority, NodeSet, Threshold, Weighted};

use super::super::cluster::{
    BallotCluster, MemoryLog,
    network::Cluster,
    node::{Node, config, ids},
};

const TIMEOUT_US: u64 = 150_000;

/// How often the leader or its ballot changes in so many election timeouts.
fn changes<E: Election>(cluster: &mut Cluster<E>, timeouts: u64) -> u32 {
    let mut changes = 0;
    let mut before = None;
    for step in 0..timeouts * 5 {
        cluster.run(TIMEOUT_US / 5);
        let now = cluster.leader().map(|id| (id, cluster.node(id).term()));
        changes += u32::from(step > 0 && now != before);
        before = now;
    }
    changes
}

/// A leader after a few changes, that commits, and no elections any more.
fn settles(cluster: &mut BallotCluster) -> u64 {
    let first = changes(cluster, 10);
    assert!(first <= 3, "a former one that gives up, and two others: {first}");
    assert_eq!(changes(cluster, 100), 0);
    let leader = cluster.leader().expect("a leader");
    let index = cluster.node(leader).propose(1).index;
    cluster.run(TIMEOUT_US);
    assert_eq!(cluster.node(leader).applied, index);
    leader
}

/// In a chain those at the ends do not hear the leader, and no gossip of ballots deposes it.
pub(crate) fn p04_a_chain_of_three() {
    for first in [None, Some(1), Some(2), Some(3)] {
        let mut cluster = BallotCluster::new(3);
        if let Some(first) = first {
            cluster.elect(first);
        }
        cluster.part(1, 3);
        let leader = settles(&mut cluster);
        assert!(first.is_none_or(|first| first == leader), "it still reaches a quorum");
    }
}

/// In a longer one those at the ends cannot lead, and a former leader there gives up.
pub(crate) fn p04_a_chain_of_five() {
    for first in 1..=5 {
        let mut cluster = BallotCluster::new(5);
        cluster.elect(first);
        for one in 1..=3 {
            for other in one + 2..=5 {
                cluster.part(one, other);
            }
        }
        let leader = settles(&mut cluster);
        assert!((2..=4).contains(&leader));
        cluster.heal();
        cluster.run(1_000_000);
        cluster.assert_agreed();
    }
}

/// Cuts all links but those of this node.
fn hub<E: Election>(cluster: &mut Cluster<E>, hub: u64) {
    for one in 1..=5 {
        for other in one + 1..=5 {
            if one != hub && other != hub {
                cluster.part(one, other);
            }
        }
    }
}

/// Quorum loss: one node alone reaches a quorum, and the leader is another one.
pub(crate) fn p04_only_the_hub_leads() {
    let mut cluster = BallotCluster::led_by_1(5);
    hub(&mut cluster, 3);
    assert_eq!(settles(&mut cluster), 3);
    cluster.assert_agreed();
}

/// The leader is cut off, and the one node that reaches the others lacks what they have.
fn constrained<E: Election<System = Majority>>() -> Cluster<E> {
    let mut cluster = Cluster::<E>::led_by_1(5);
    cluster.isolate(3);
    for value in 1..=9 {
        cluster.node(1).propose(value);
        cluster.settle();
    }
    cluster.heal();
    hub(&mut cluster, 3);
    cluster.part(1, 3);
    cluster.run(20 * TIMEOUT_US);
    cluster
}

/// Constrained election: a candidate is given what it lacks. Raft waits for the links.
pub(crate) fn p04_a_constrained_election() {
    let mut waits = constrained::<ByVotes>();
    assert_eq!((waits.leader(), waits.node(3).applied), (None, 1));

    let mut cluster = constrained::<ByBallots>();
    assert_eq!(cluster.leader(), Some(3));
    let index = cluster.node(3).propose(10).index;
    cluster.run(TIMEOUT_US);
    let state = cluster.node(3).state;
    for id in 2..=5 {
        assert_eq!((cluster.node(id).applied, cluster.node(id).state), (index, state));
    }
    assert!((1..=10).all(|value| count(&cluster.node(3).log, value) == 1));
    assert_eq!(changes(&mut cluster, 100), 0);
    cluster.heal();
    cluster.run(1_000_000);
    cluster.assert_agreed();
}

/// How often a value is in a log.
fn count(log: &MemoryLog, value: u32) -> usize {
    log.entries.iter().filter(|entry| entry.value == value).count()
}

/// Entries of the old leader are on their way, and arrive in no order, at some only. A new leader
/// has no gap, and ends with a blank of its own; and each value is applied once, though it was
/// proposed again where another came first.
pub(crate) fn p07_a_new_leader_leaves_no_gaps() {
    for lost in 0..16_u32 {
        let mut cluster = BallotCluster::led_by_1(5);
        for value in 11..=15 {
            cluster.node(1).propose(value);
        }
        // The first message to each brings the first entry; some come late, before earlier ones.
        for to in 2..=5 {
            let mut late = None;
            while let Some(sent) = cluster.node(1).next_to(to) {
                if lost >> (to - 2) & 1 == 0 {
                    cluster.deliver(&sent);
                } else if let Some(late) = late.replace(sent) {
                    cluster.deliver(&late);
                }
            }
        }
        // Nobody answers it any more.
        for id in 2..=5 {
            cluster.node(id).sent.clear();
        }
        cluster.isolate(1);
        cluster.run(1_000_000);
        let leader = cluster.leader().expect("a leader");
        assert_ne!(leader, 1);
        let node = cluster.node(leader);
        let last = node.log.last();
        assert_eq!((last.term, node.log.get(last.index).unwrap().value), (node.term(), 0));
        let terms = || (1..=last.index).map(|index| node.log.term(index).expect("no gap"));
        assert!(terms().zip(terms().skip(1)).all(|(one, next)| one <= next));
        assert_eq!(node.applied, last.index);

        cluster.heal();
        cluster.run(1_000_000);
        cluster.assert_agreed();
        while let Some(fate) = cluster.node(1).fates.pop_front() {
            assert_ne!(fate.outcome, Outcome::Unknown);
            if fate.outcome == Outcome::Superseded {
                let leader = cluster.leader().unwrap();
                // Its first entry was a blank.
                for index in fate.first..=fate.last {
                    cluster.node(leader).propose(9 + u32::try_from(index).unwrap());
                }
            }
        }
        cluster.run(1_000_000);
        cluster.assert_agreed();
        for node in &cluster.nodes {
            assert!((11..=15).all(|value| count(&node.log, value) == 1), "{lost}");
        }
    }
}

type Counted = ByBallots<Flexible<Threshold, Threshold>>;

/// Four nodes, any so many of which elect, and any so many of which commit.
fn four(elect: usize, commit: usize) -> Cluster<Counted> {
    let all = NodeSet::first(4).unwrap();
    let of = |needed| Threshold::new(all, needed).unwrap();
    let system = Flexible::new(of(elect), of(commit)).unwrap();
    let members = || Members::new(&ids(4), system).unwrap();
    Cluster::of((1..=4).map(|id| Node::with_members(config(id), members())))
}

/// Two of four are enough to commit with and to stay leader; three elect.
pub(crate) fn p06_two_commit_and_three_elect() {
    let mut cluster = four(3, 2);
    cluster.elect(1);
    cluster.isolate(3);
    cluster.isolate(4);
    assert_eq!(changes(&mut cluster, 10), 0);
    let index = cluster.node(1).propose(1).index;
    cluster.run(TIMEOUT_US);
    assert_eq!(cluster.node(1).applied, index);
    // Alone it does not go on.
    cluster.isolate(2);
    cluster.node(1).propose(2);
    cluster.run(1_000_000);
    assert_eq!((cluster.leader(), cluster.node(1).raft.status().committed), (None, index));

    // Two do not elect, and three do: one of them has what was committed.
    let mut cluster = four(3, 2);
    cluster.elect(1);
    cluster.isolate(3);
    cluster.isolate(4);
    cluster.node(1).propose(1);
    cluster.settle();
    cluster.heal();
    cluster.isolate(1);
    cluster.isolate(2);
    cluster.run(1_000_000);
    assert_eq!(cluster.leader(), None);
    cluster.heal();
    cluster.isolate(1);
    cluster.run(1_000_000);
    let leader = cluster.leader().expect("a leader");
    assert_eq!(count(&cluster.node(leader).log, 1), 1);
    cluster.heal();
    cluster.run(1_000_000);
    cluster.assert_agreed();
}

/// Whoever reaches enough to be elected, and too few to commit then, does not stand.
pub(crate) fn who_could_not_commit_does_not_stand() {
    let mut cluster = four(2, 3);
    cluster.elect(1);
    cluster.isolate(3);
    cluster.isolate(4);
    let before = cluster.node(2).term();
    cluster.run(20 * TIMEOUT_US);
    assert_eq!(cluster.leader(), None);
    assert!(cluster.nodes.iter().all(|node| node.term() == before));
    cluster.heal();
    cluster.isolate(4);
    cluster.run(1_000_000);
    let leader = cluster.leader().expect("a leader");
    let index = cluster.node(leader).propose(1).index;
    cluster.run(TIMEOUT_US);
    assert_eq!(cluster.node(leader).applied, index);
}

/// A node of more weight than another, and one without a say, which leads all the same.
pub(crate) fn members_without_a_say() {
    let system = Weighted::<4>::majority([2, 1, 1, 0]).unwrap();
    let members = || Members::new(&ids(4), system.clone()).unwrap();
    let nodes = (1..=4)
        .map(|id| Node::<ByBallots<Coterie<Weighted<4>>>>::with_members(config(id), members()));
    let mut cluster = Cluster::of(nodes);
    cluster.elect(4);
    assert_eq!(cluster.node(4).log.last(), LogId { term: 3, index: 1 });
    cluster.isolate(3);
    let index = cluster.node(4).propose(1).index;
    cluster.run(TIMEOUT_US);
    assert_eq!(cluster.node(4).applied, index, "two of the others are enough, with 1 among them");
    assert_eq!(changes(&mut cluster, 10), 0);
    // Without it nothing goes.
    cluster.heal();
    cluster.isolate(1);
    cluster.node(4).propose(2);
    cluster.run(1_000_000);
    assert_eq!(cluster.node(4).raft.status().committed, index);
    assert!(cluster.nodes.iter().all(|node| node.role() != Role::Leader || node.applied == index));
    cluster.heal();
    cluster.run(1_000_000);
    cluster.assert_agreed();
}

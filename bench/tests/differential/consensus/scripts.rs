//! Scripts with a name. Besides being the same in both, each ends as the paper or the thesis says.

use super::{cluster::Loss, host::Kind, pair::Pair};

#[test]
fn election() {
    for count in [3, 5] {
        let mut pair = Pair::new(count);
        pair.stand(2);
        for node in pair.nodes() {
            let view = pair.view(node);
            assert_eq!((view.term, view.vote, view.leader), (1, Some(2), Some(2)));
            assert_eq!((view.commit, view.terms()), (1, vec![1]), "its blank is committed");
        }
        pair.stand(1);
        assert_eq!(pair.leaders(), [2], "who is heard is not deposed");
        pair.crash(2);
        pair.elect(3);
        assert_eq!((pair.leaders(), pair.view(3).term), (vec![3], 2));
        pair.settle();
    }
}

/// A candidate that nobody hears of again has taken the votes of its term.
#[test]
fn votes_that_are_lost() {
    let mut pair = Pair::new(5);
    pair.stand_and_lose(1, Loss::All(Kind::VoteReply));
    assert_eq!((pair.view(4).term, pair.view(4).vote), (1, Some(1)));
    pair.stand_and_lose(2, Loss::All(Kind::Vote));
    assert_eq!((pair.view(2).term, pair.view(2).vote), (2, Some(2)));
    assert_eq!((pair.view(1).term, pair.view(3).term), (1, 1));
    pair.stand(3); // hears of term 2 from node 2
    pair.stand(3);
    assert_eq!((pair.leaders(), pair.view(3).term), (vec![3], 3));
    pair.settle();
}

#[test]
fn replication() {
    for count in [3, 5] {
        let mut pair = Pair::new(count);
        pair.stand(1);
        for _ in 0..20 {
            pair.propose(1);
        }
        for node in pair.nodes() {
            assert_eq!(pair.view(node).commit, 21);
            assert_eq!(pair.view(node).state, pair.view(1).state);
        }
        pair.crash(count as u64);
        pair.propose(1);
        assert_eq!(pair.view(1).commit, 22, "a majority is enough");
        for node in 2..count as u64 {
            pair.crash(node);
        }
        pair.propose(1);
        assert_eq!(pair.view(1).commit, 22, "one node is not");
        pair.settle();
        assert_eq!(pair.view(2).commit, 23);
    }
}

/// The paper's figure 7: the leader of term 8, and followers that lack entries, have others, or
/// both.
#[test]
fn figure_7() {
    let logs: [&[u64]; 7] = [
        &[1, 1, 1, 4, 4, 5, 5, 6, 6, 6],
        &[1, 1, 1, 4, 4, 5, 5, 6, 6],
        &[1, 1, 1, 4],
        &[1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6],
        &[1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7],
        &[1, 1, 1, 4, 4, 4, 4],
        &[1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3],
    ];
    let mut pair = Pair::with_logs(7, &logs);
    pair.stand(1);
    assert_eq!(pair.leaders(), [1]);
    for node in pair.nodes() {
        // (c) and (d) are ahead of it, and refuse.
        assert_eq!(pair.view(node).vote, (![4, 5].contains(&node)).then_some(1), "node {node}");
        assert_eq!(pair.view(node).terms(), [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 8], "node {node}");
        assert_eq!(pair.view(node).commit, 11);
    }
    pair.settle();
}

/// Every node of figure 7 that can win, wins, and all have its log then.
#[test]
fn figure_7_for_each_leader() {
    let logs: [&[u64]; 5] = [
        &[1, 1, 1, 4, 4, 5, 5, 6, 6, 6],
        &[1, 1, 1, 4],
        &[1, 1, 1, 4, 4, 4, 4],
        &[1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3],
        &[1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7],
    ];
    for (node, wins) in [(1, true), (2, false), (3, true), (4, false), (5, true)] {
        let mut pair = Pair::with_logs(7, &logs);
        pair.stand(node);
        assert_eq!(pair.leaders(), if wins { vec![node] } else { vec![] });
        pair.settle();
    }
}

#[test]
fn a_partitioned_leader_is_superseded() {
    let mut pair = Pair::new(5);
    pair.stand(1);
    pair.propose(1);
    pair.split(&[1, 2]);
    pair.propose(1);
    pair.propose(1);
    assert_eq!((pair.view(1).commit, pair.view(2).last()), (2, (1, 4)), "these will be lost");
    pair.elect(3);
    pair.propose(3);
    assert_eq!((pair.leaders(), pair.view(3).commit), (vec![1, 3], 4));
    pair.heal();
    pair.propose(1);
    assert_eq!(pair.leaders(), [3], "it hears of term 2 in the answers");
    pair.lead_on(3);
    for node in pair.nodes() {
        assert_eq!(pair.view(node).terms(), [1, 1, 2, 2], "node {node}");
    }
    pair.settle();
}

/// The thesis, section 6.2: a leader that hears no quorum for an election timeout steps down, in
/// its term.
#[test]
fn a_leader_alone_steps_down() {
    for (count, heard) in [(3, &[1][..]), (5, &[1, 2])] {
        let mut pair = Pair::new(count);
        pair.stand(1);
        pair.split(heard);
        pair.lead_on(1); // they were heard since it began
        assert_eq!(pair.leaders(), [1]);
        pair.lead_on(1);
        assert_eq!((pair.leaders(), pair.view(1).term), (vec![], 1));
        pair.settle();
    }
}

/// The thesis, section 9.6: a node that comes back disturbs nobody, and its term has not grown.
#[test]
fn a_node_comes_back() {
    let mut pair = Pair::new(3);
    pair.stand(1);
    pair.split(&[3]);
    for _ in 0..4 {
        pair.stand(3);
    }
    pair.propose(1);
    pair.heal();
    pair.stand(3);
    assert_eq!((pair.leaders(), pair.view(1).term, pair.view(3).term), (vec![1], 1, 1));
    pair.settle();
}

/// The paper's figure 8, up to (c): an entry of an earlier term is on a majority, and not
/// committed.
fn figure_8() -> Pair {
    let mut pair = Pair::with_logs(1, &[&[1][..]; 5]);
    // (a) 1 leads term 2, and its blank gets to 2 alone.
    pair.stand_and_lose(1, Loss::All(Kind::Leader));
    pair.only(&[1, 2]);
    pair.lead_on(1);
    assert_eq!((pair.view(1).terms(), pair.view(2).terms()), (vec![1, 2], vec![1, 2]));
    pair.crash(1);
    // (b) 5 leads term 3, and nobody has its blank.
    pair.only(&[3, 4, 5]);
    pair.stand_and_lose(5, Loss::All(Kind::Leader));
    assert_eq!((pair.leaders().contains(&5), pair.view(5).terms()), (true, vec![1, 3]));
    pair.crash(5);
    // (c) 1 leads term 4, and 3 has acknowledged what is of term 2, but not what is of term 4.
    pair.only(&[1, 2, 3]);
    pair.restart(1);
    pair.theirs.host(1).send_one_by_one(); // ours does, where terms differ
    pair.elect(1); // hears of term 3
    pair
}

#[test]
fn figure_8_d() {
    let mut pair = figure_8();
    const UNTIL_3_HAS_ACKNOWLEDGED: usize = 8;
    pair.stand_and_lose(1, Loss::After(UNTIL_3_HAS_ACKNOWLEDGED));
    assert_eq!((pair.view(1).term, pair.view(1).terms()), (4, vec![1, 2, 4]));
    assert_eq!(pair.view(3).terms(), [1, 2]);
    assert_eq!(pair.view(1).commit, 0, "what is of term 2 is not committed by counting");
    pair.crash(1);
    // (d) 5 leads again, and what is of term 2 is lost.
    pair.heal();
    pair.restart(5);
    pair.elect(5);
    pair.elect(5);
    assert_eq!(pair.leaders().last(), Some(&5));
    pair.settle();
    assert_eq!(pair.view(1).terms(), [1, 3, 5]);
}

#[test]
fn figure_8_e() {
    let mut pair = figure_8();
    pair.stand(1);
    assert_eq!((pair.view(1).terms(), pair.view(1).commit), (vec![1, 2, 4], 3));
    pair.crash(1);
    // (e) 5 cannot lead any more.
    pair.heal();
    pair.restart(5);
    for _ in 0..3 {
        pair.elect(5);
        assert!(!pair.view(5).leads);
    }
    pair.settle();
    assert_eq!(pair.view(5).terms()[..3], [1, 2, 4]);
}

#[test]
fn all_restart() {
    let mut pair = Pair::new(3);
    pair.stand(1);
    pair.propose(1);
    for node in 1..=3 {
        pair.crash(node);
    }
    for node in 1..=3 {
        pair.restart(node);
        let view = pair.view(node);
        assert_eq!((view.term, view.vote, view.leader), (1, Some(1), None));
        assert_eq!(view.terms(), [1, 1]);
    }
    pair.elect(2);
    assert_eq!((pair.leaders(), pair.view(2).term), (vec![2], 2));
    pair.settle();
}

/// A leader has sent what its own disk does not have, and loses it: what others have stays.
#[test]
fn a_leader_loses_what_is_not_durable() {
    let mut pair = Pair::new(3);
    pair.stand(1);
    pair.stall(1);
    pair.propose(1);
    assert_eq!(pair.view(1).commit, 2, "the other two have it");
    pair.split(&[1]);
    pair.propose(1);
    pair.crash(1);
    pair.restart(1);
    assert_eq!(pair.view(1).terms(), [1]);
    pair.elect(3);
    pair.heal();
    pair.lead_on(3);
    assert_eq!(pair.view(1).terms(), [1, 1, 2]);
    pair.settle();
}

/// A follower acknowledges nothing that a power cut could take.
#[test]
fn a_follower_loses_what_is_not_durable() {
    let mut pair = Pair::new(3);
    pair.stand(1);
    pair.split(&[3]);
    pair.stall(2);
    pair.propose(1);
    pair.beat(1);
    assert_eq!((pair.view(2).terms(), pair.view(1).commit), (vec![1, 1], 1));
    pair.crash(2);
    pair.restart(2);
    assert_eq!(pair.view(2).terms(), [1]);
    pair.lead_on(1);
    assert_eq!(pair.view(1).commit, 2);
    pair.settle();
}

#[test]
fn a_snapshot_for_a_slow_follower() {
    for leave in [0, 2] {
        let mut pair = Pair::new(3);
        pair.stand(1);
        pair.split(&[3]);
        for _ in 0..6 {
            pair.propose(1);
        }
        pair.compact(1, leave);
        pair.heal();
        pair.lead_on(1);
        let slow = pair.view(3);
        assert_eq!((slow.snapshot, slow.commit), ((7 - leave, 1), 7));
        assert_eq!(slow.state, pair.view(1).state);
        pair.propose(1);
        assert_eq!(pair.view(3).commit, 8);
        pair.crash(3);
        pair.restart(3);
        pair.settle();
    }
}

/// It replaces a log that has gone another way.
#[test]
fn a_snapshot_in_place_of_a_conflict() {
    let mut pair = Pair::new(3);
    pair.stand(3);
    pair.split(&[3]);
    pair.propose(3);
    pair.propose(3);
    pair.elect(1);
    pair.propose(1);
    pair.compact(1, 0);
    pair.heal();
    pair.lead_on(1);
    assert_eq!((pair.view(3).snapshot, pair.view(3).terms()), ((3, 2), vec![]));
    assert_eq!(pair.view(3).state, pair.view(1).state);
    pair.settle();
}

#[test]
fn reads() {
    let mut pair = Pair::new(3);
    pair.stand_and_lose(1, Loss::All(Kind::Leader));
    assert!(!pair.read(1), "it does not know yet what is committed");
    pair.lead_on(1);
    pair.propose(1);
    assert!(pair.read(1));
    assert_eq!(pair.view(1).reads.len(), 1);
    assert_eq!(pair.view(1).reads[0].1, 2, "of all that is committed");
    // Alone, it takes reads, and does not answer them.
    pair.split(&[1]);
    assert!(pair.read(1));
    pair.elect(2);
    pair.propose(2);
    assert_eq!(pair.view(1).reads.len(), 1);
    pair.heal();
    pair.lead_on(1);
    pair.lead_on(2);
    assert_eq!((pair.leaders(), pair.view(1).reads.len()), (vec![2], 1));
    // Cut off for less than that, it answers late.
    pair.split(&[2]);
    assert!(pair.read(2));
    assert_eq!(pair.view(2).reads.len(), 0);
    pair.heal();
    pair.lead_on(2);
    assert_eq!(pair.view(2).reads.len(), 1);
    pair.settle();
}

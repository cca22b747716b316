//! How values change.

use synod_consensus_core::register::{Cancelled, ChangeError, Outcome, Output, Update};

use super::{Cluster, Node, Op, ballot, config, members};

pub(crate) fn a_first_change_takes_two_round_trips_and_a_next_one_one() {
    let mut cluster = Cluster::<3>::new(3);
    cluster.begin(0, Op::Add(1));
    assert_eq!(cluster.settle(), 8, "a question and an answer, for two others, twice");
    assert_eq!(cluster.told[0].outcome, Some(Outcome::Changed { version: ballot(1, 0) }));
    cluster.begin(0, Op::Add(2));
    assert_eq!(cluster.settle(), 4, "once: the next ballot was promised before");
    assert_eq!(cluster.told[0].outcome, Some(Outcome::Changed { version: ballot(2, 0) }));
    // Another has to ask first.
    cluster.begin(1, Op::Add(4));
    assert_eq!(cluster.settle(), 8);
    assert_eq!(cluster.read(2).0, Some(7));
    // And then the first one does not hold the promises any more.
    assert_eq!(cluster.change(0, Op::Add(8)).proposer.0, 0);
    assert_eq!(cluster.read(2).0, Some(15));
}

pub(crate) fn one_node_decides_with_itself() {
    let mut cluster = Cluster::<1>::new(1);
    for count in 1..=5 {
        cluster.begin(0, Op::Add(1));
        let version = ballot(count.into(), 0);
        assert_eq!(cluster.told[0].outcome, Some(Outcome::Changed { version }));
        assert_eq!(cluster.read(0), (Some(count), 0));
    }
    cluster.restart(0);
    cluster.change(0, Op::Add(1));
    assert_eq!(cluster.read(0), (Some(6), 0));
}

pub(crate) fn a_change_that_keeps_the_value() {
    let mut cluster = Cluster::<3>::new(3);
    let version = Some(cluster.change(0, Op::Add(1)));
    // By who has the wrong version, and by who has the right one.
    cluster.begin(1, Op::Do(Update::PutIf { version: None, value: 9 }));
    cluster.settle();
    assert_eq!((cluster.told[1].outcome, cluster.told[1].kept), (None, Some(Some(1))));
    cluster.change(2, Op::Do(Update::PutIf { version, value: 9 }));
    assert_eq!(cluster.read(1).0, Some(9));
    cluster.change(2, Op::Do(Update::Delete));
    assert_eq!(cluster.read(1).0, None);
    cluster.change(2, Op::Add(3));
    assert_eq!(cluster.read(1).0, Some(3), "after a value comes none, and after none a value");
}

/// Each is made once, whichever comes first.
pub(crate) fn p09_two_concurrent_changes() {
    // The second begins after so many messages of the first.
    for after in 0..9 {
        let mut cluster = Cluster::<3>::new(3);
        cluster.begin(0, Op::Add(1));
        for _ in 0..after {
            cluster.deliver();
        }
        cluster.begin(1, Op::Add(2));
        cluster.settle();
        for _ in 0..20 {
            for node in 0..2 {
                if cluster.nodes[node].poll_timeout().is_some() {
                    cluster.wait_for(node);
                }
            }
        }
        let made = [0, 1].map(|node| match cluster.told[node].outcome {
            Some(Outcome::Changed { .. }) => true,
            Some(Outcome::Unknown) => false,
            ref other => panic!("{other:?}"),
        });
        let value = cluster.read(2).0.unwrap();
        match made {
            [true, true] => assert_eq!(value, 3),
            [true, false] => assert!(value & 1 == 1),
            [false, true] => assert!(value & 2 == 2),
            [false, false] => {}
        }
    }
}

/// Its proposal had reached one member when it lost touch: it finds it, and does not repeat it.
pub(crate) fn p09_a_lost_acknowledgement_is_not_a_second_change() {
    let mut cluster = Cluster::<3>::new(3);
    cluster.change(0, Op::Add(1));
    cluster.begin(0, Op::Add(2));
    assert!(cluster.deliver());
    // The acknowledgement is lost, and with it the second question.
    cluster.post.clear();
    // Another asks for promises, and gets no further.
    cluster.begin(2, Op::Add(4));
    assert!(cluster.deliver() && cluster.deliver());
    cluster.post.clear();
    cluster.cut[2] = true;
    cluster.wait_for(0);
    while cluster.told[0].outcome.is_none() {
        cluster.wait_for(0);
    }
    let found = Outcome::Changed { version: ballot(2, 0) };
    assert_eq!(cluster.told[0].outcome, Some(found), "under the ballot of the first attempt");
    assert_eq!(cluster.read(1).0, Some(3));
}

/// Its proposal reached nobody else, and others went on without it: it is made anew.
pub(crate) fn p09_a_proposal_that_is_overtaken_unseen_is_made_anew() {
    let mut cluster = Cluster::<3>::new(3);
    cluster.change(0, Op::Add(1));
    cluster.begin(0, Op::Add(2));
    cluster.post.clear();
    cluster.cut[0] = true;
    cluster.change(1, Op::Add(4));
    cluster.cut[0] = false;
    while cluster.told[0].outcome.is_none() {
        cluster.wait_for(0);
    }
    assert!(matches!(cluster.told[0].outcome, Some(Outcome::Unknown)));
    assert_eq!(cluster.read(2).0, Some(5));
}

pub(crate) fn a_change_at_a_time() {
    let mut cluster = Cluster::<3>::new(3);
    cluster.begin(0, Op::Add(1));
    let again = cluster.nodes[0].change(0, Op::Add(2));
    assert_eq!(again, Err((ChangeError::Busy, Op::Add(2))));
    assert!(cluster.nodes[0].is_busy());
    cluster.settle();
    assert!(!cluster.nodes[0].is_busy());
    assert_eq!(cluster.read(0).0, Some(1));
}

pub(crate) fn what_is_cancelled_is_not_proposed() {
    let mut cluster = Cluster::<3>::new(3);
    assert_eq!(cluster.nodes[0].cancel(), None);
    cluster.begin(0, Op::Add(1));
    assert_eq!(cluster.nodes[0].cancel(), Some(Cancelled::NeverProposed));
    cluster.settle();
    assert_eq!(cluster.read(1).0, None);
    // With its question on the way it may be made, here at the second of two others.
    cluster.change(0, Op::Add(1));
    cluster.begin(0, Op::Add(2));
    assert_eq!(cluster.nodes[0].cancel(), Some(Cancelled::Unknown));
    cluster.drain(0);
    cluster.settle();
    assert_eq!(cluster.told[0].outcome, None);
    assert_eq!(cluster.read(1).0, Some(3));
    cluster.change(0, Op::Add(4));
    assert_eq!(cluster.read(2).0, Some(7));
}

/// Nor is anything else said to those who were to be asked, when the promise is durable at last.
pub(crate) fn who_was_to_be_asked_hears_nothing_of_what_is_cancelled() {
    let mut node = Node::bootstrap(config(0), members(&[0, 1, 2]), None, 0).unwrap();
    assert!(matches!(node.poll_output(), Some(Output::Write { id: 1, .. })));
    node.change(0, Op::Add(1)).unwrap();
    assert_eq!(node.poll_output(), None, "nobody is asked before the record is durable");
    assert_eq!(node.cancel(), Some(Cancelled::NeverProposed));
    assert_eq!(node.poll_output(), None);
    node.handle_persisted(1).unwrap();
    assert!(matches!(node.poll_output(), Some(Output::Write { id: 2, .. })));
    assert_eq!(node.poll_output(), None);
    node.handle_persisted(2).unwrap();
    assert_eq!(node.poll_output(), None);
}

/// What was promised, accepted or used by a ballot before a restart is so after it.
pub(crate) fn p02_a_restart_forgets_nothing() {
    for after in 0..9 {
        for restarted in 0..3 {
            let mut cluster = Cluster::<3>::new(3);
            cluster.change(1, Op::Add(1));
            cluster.begin(0, Op::Add(2));
            for _ in 0..after {
                cluster.deliver();
            }
            let is_made = cluster.told[0].outcome.is_some();
            cluster.restart(restarted);
            cluster.settle();
            cluster.change((restarted + 1) % 3, Op::Add(4));
            let value = cluster.read(restarted).0.unwrap();
            assert!(value == 7 || value == 5 && !is_made, "{value}");
        }
    }
}

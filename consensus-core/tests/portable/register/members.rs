//! How members change, and how registers end.

use synod_consensus_core::{
    MembersError, NodeId,
    register::{ChangeError, Outcome, Output, ReconfigureError, Update},
};

use super::{Body, Cluster, Node, Op, Told, config, members, message, state};

fn reconfigure<const NODES: usize>(cluster: &mut Cluster<NODES>, node: usize, ids: &[u64]) {
    cluster.told[node].outcome = None;
    let mut named = [NodeId(0); 4];
    for (slot, &id) in named.iter_mut().zip(ids) {
        *slot = NodeId(id);
    }
    let now_us = cluster.now_us;
    cluster.nodes[node].reconfigure(now_us, &named[..ids.len()]).unwrap();
    cluster.drain(node);
}

fn finish<const NODES: usize>(cluster: &mut Cluster<NODES>, node: usize) {
    cluster.settle();
    assert_eq!(cluster.told[node].outcome, Some(Outcome::Reconfigured));
}

pub(crate) fn members_join_and_leave() {
    let mut cluster = Cluster::<4>::new(3);
    cluster.change(0, Op::Add(1));
    reconfigure(&mut cluster, 0, &[0, 1, 2, 3]);
    finish(&mut cluster, 0);
    assert_eq!(cluster.nodes[3].latest().members, members(&[0, 1, 2, 3]));
    assert_eq!(cluster.read(3).0, Some(1));
    cluster.change(3, Op::Add(2));
    // Its own proposer leaves, too.
    reconfigure(&mut cluster, 0, &[1, 2, 3]);
    finish(&mut cluster, 0);
    assert_eq!(cluster.nodes[0].change(0, Op::Add(4)), Err((ChangeError::NotMember, Op::Add(4))));
    cluster.cut[0] = true;
    cluster.cut[1] = true;
    assert_eq!(cluster.read(2).0, Some(3), "two of three");
    // All at once.
    cluster.cut = [false; 4];
    reconfigure(&mut cluster, 3, &[0, 1]);
    finish(&mut cluster, 3);
    cluster.cut = [false, false, true, true];
    assert_eq!(cluster.read(1).0, Some(3));
    assert!(!cluster.nodes[1].latest().members.is_changing());
}

/// While members change, those before and those after must both agree.
pub(crate) fn in_between_it_takes_both_majorities() {
    let mut cluster = Cluster::<4>::new(3);
    cluster.change(0, Op::Add(1));
    // To two others: of those before two are needed, and both of those after.
    reconfigure(&mut cluster, 0, &[2, 3]);
    cluster.cut[3] = true;
    cluster.settle();
    assert_eq!(cluster.told[0].outcome, None);
    assert!(cluster.nodes[0].latest().members.is_changing());
    cluster.cut[3] = false;
    cluster.wait_for(0);
    finish(&mut cluster, 0);
    cluster.cut = [true, true, false, false];
    assert_eq!(cluster.read(3).0, Some(1));
}

/// Who began it is gone before it was chosen: it is brought to its end, or is as if it had never
/// been.
pub(crate) fn a_change_of_members_that_is_left_behind() {
    for after in 0..16 {
        let mut cluster = Cluster::<4>::new(3);
        cluster.change(0, Op::Add(1));
        reconfigure(&mut cluster, 0, &[1, 2, 3]);
        for _ in 0..after {
            cluster.deliver();
        }
        cluster.post.clear();
        cluster.cut[0] = true;
        assert_eq!(cluster.read(1).0, Some(1), "after {after} messages");
        cluster.change(2, Op::Add(2));
        cluster.change(2, Op::Add(4));
        assert_eq!(cluster.read(1).0, Some(7));
        assert!(!cluster.nodes[2].latest().members.is_changing());
    }
}

/// Two at once: one after the other, each whole, or one in place of the other.
pub(crate) fn members_are_changed_by_two() {
    for after in 0..24 {
        let mut cluster = Cluster::<4>::new(2);
        cluster.change(0, Op::Add(1));
        reconfigure(&mut cluster, 0, &[0, 1, 2]);
        for _ in 0..after {
            cluster.deliver();
        }
        reconfigure(&mut cluster, 1, &[0, 1, 3]);
        cluster.settle();
        for _ in 0..40 {
            for node in 0..2 {
                if cluster.nodes[node].poll_timeout().is_some() {
                    cluster.wait_for(node);
                }
            }
        }
        let last = cluster.nodes[0].latest().members;
        let told = [0, 1].map(|node| cluster.told[node].outcome.unwrap());
        match told {
            [Outcome::Reconfigured, Outcome::Reconfigured] => {
                assert!(last == members(&[0, 1, 2]) || last == members(&[0, 1, 3]));
            }
            [Outcome::Unknown, Outcome::Reconfigured] => assert_eq!(last, members(&[0, 1, 3])),
            [Outcome::Reconfigured, Outcome::Unknown] => assert_eq!(last, members(&[0, 1, 2])),
            other => panic!("after {after}: {other:?}"),
        }
        assert_eq!(cluster.nodes[1].latest().members, last);
        assert_eq!(cluster.read(1).0, Some(1));
    }
}

pub(crate) fn members_that_cannot_be_are_refused() {
    let mut cluster = Cluster::<4>::new(3);
    let refused = |cluster: &mut Cluster<4>, ids: &[NodeId]| {
        let before = cluster.nodes[0].clone();
        let error = cluster.nodes[0].reconfigure(5, ids).unwrap_err();
        assert_eq!(cluster.nodes[0], before);
        error
    };
    let of = ReconfigureError::Members;
    assert_eq!(refused(&mut cluster, &[]), of(MembersError::None));
    assert_eq!(refused(&mut cluster, &[NodeId(1); 2]), of(MembersError::Twice));
    // Two that leave and two that join are five with the one that stays.
    assert_eq!(refused(&mut cluster, &[0, 8, 9].map(NodeId)), of(MembersError::TooMany));
    cluster.begin(0, Op::Add(1));
    let busy = ReconfigureError::Change(ChangeError::Busy);
    assert_eq!(refused(&mut cluster, &[NodeId(0)]), busy);
    let stranger = cluster.nodes[3].reconfigure(0, &[NodeId(0)]);
    assert_eq!(stranger, Err(ReconfigureError::Change(ChangeError::NotMember)));
}

/// There was room when it was asked for, and is none when it is proposed.
pub(crate) fn members_for_whom_there_is_no_room_any_more() {
    let mut cluster = Cluster::<4>::new(2);
    // Node 0 knows of two members, and would have room for two more.
    cluster.cut[0] = true;
    cluster.nodes[0].reconfigure(0, &[0, 1, 8].map(NodeId)).unwrap();
    cluster.drain(0);
    cluster.cut[0] = false;
    reconfigure(&mut cluster, 1, &[0, 1, 2, 3]);
    finish(&mut cluster, 1);
    while cluster.nodes[0].is_busy() {
        cluster.wait_for(0);
    }
    assert_eq!((cluster.told[0].outcome, cluster.told[0].kept), (None, Some(None)));
    assert_eq!(cluster.nodes[0].latest().members, members(&[0, 1, 2, 3]));
}

pub(crate) fn a_register_is_forgotten_by_all() {
    let mut cluster = Cluster::<3>::new(3);
    cluster.change(0, Op::Add(1));
    // It has a value.
    cluster.told[1] = Told::default();
    cluster.nodes[1].forget(0).unwrap();
    cluster.drain(1);
    cluster.settle();
    assert_eq!((cluster.told[1].kept, cluster.told[1].floor), (Some(Some(1)), None));

    cluster.change(2, Op::Do(Update::Delete));
    // A majority is not enough.
    cluster.cut[1] = true;
    cluster.nodes[0].forget(cluster.now_us).unwrap();
    cluster.drain(0);
    cluster.settle();
    assert!(cluster.told.iter().all(|told| told.floor.is_none()));
    cluster.cut[1] = false;
    while cluster.told[0].floor.is_none() {
        cluster.wait_for(0);
    }
    let floors = cluster.told.map(|told| told.floor.unwrap());
    let last = cluster.disks[0].unwrap().accepted().ballot.unwrap();
    assert!(floors.iter().all(|&floor| floor > last));

    // Begun anew above its floor, it does not take what comes late.
    let mut anew = Node::bootstrap(config(1), members(&[0, 1, 2]), Some(floors[1]), 0).unwrap();
    let late = Body::Accept { ballot: last, state: state(last, 1, &[0, 1, 2]) };
    anew.handle_message(0, last.proposer, message(1, late)).unwrap();
    assert_eq!(anew.latest().value, None);
    for (node, floor) in floors.into_iter().enumerate() {
        let all = members(&[0, 1, 2]);
        cluster.nodes[node] = Node::bootstrap(config(node as u64), all, Some(floor), 0).unwrap();
        cluster.drain(node);
    }
    assert!(cluster.change(2, Op::Add(5)) > last);
    assert_eq!(cluster.read(0).0, Some(5));
}

/// Who has something to remember again does not forget.
pub(crate) fn a_late_wish_to_forget() {
    let mut cluster = Cluster::<3>::new(3);
    cluster.change(0, Op::Do(Update::Delete));
    cluster.nodes[0].forget(0).unwrap();
    cluster.drain(0);
    while cluster.told[0].floor.is_none() {
        assert!(cluster.deliver());
    }
    // It is told to the others, but a new value comes first.
    let late = [cluster.post.pop_front().unwrap(), cluster.post.pop_front().unwrap()];
    assert!(late.iter().all(|(_, letter)| matches!(letter.body, Body::Forget { .. })));
    cluster.change(1, Op::Add(3));
    for (from, letter) in late {
        let to = letter.to.0 as usize;
        cluster.nodes[to].handle_message(0, from, letter).unwrap();
        cluster.drain(to);
        assert_eq!(cluster.told[to].floor, None);
    }
    assert_eq!(cluster.read(2).0, Some(3));
    assert_eq!(cluster.nodes[0].latest().members, members(&[0, 1, 2]));
}

/// Nor does who is asked for something.
pub(crate) fn who_is_busy_does_not_forget() {
    let mut cluster = Cluster::<3>::new(3);
    cluster.change(0, Op::Do(Update::Delete));
    let ballot = cluster.disks[1].unwrap().accepted().ballot.unwrap();
    let forget = || message(1, Body::Forget { ballot });
    cluster.begin_read(1);
    cluster.nodes[1].handle_message(0, NodeId(0), forget()).unwrap();
    cluster.drain(1);
    assert_eq!(cluster.told[1].floor, None);
    cluster.settle();
    assert!(cluster.told[1].read.is_some());
    // Nor is one that is not proposed yet.
    cluster.change(0, Op::Do(Update::Delete));
    let ballot = cluster.disks[1].unwrap().accepted().ballot.unwrap();
    let mut other = cluster.nodes[1].clone();
    other.change(0, Op::Add(1)).unwrap();
    other.handle_message(0, NodeId(0), message(1, Body::Forget { ballot })).unwrap();
    while let Some(output) = other.poll_output() {
        assert!(!matches!(output, Output::Forget { .. }));
    }
    assert!(other.is_busy());
    let forget = message(1, Body::Forget { ballot });
    cluster.nodes[1].handle_message(0, NodeId(0), forget).unwrap();
    let busy = cluster.nodes[1].change(0, Op::Add(1)).map_err(|(error, _)| error);
    assert_eq!(busy, Err(ChangeError::Busy), "it is about to be dropped");
    cluster.drain(1);
    assert!(cluster.told[1].floor.is_some());
}

/// A change that deletes the value, and is made and forgotten while its node has no answer, is not
/// made again in the register that is begun anew.
pub(crate) fn p09_a_change_that_was_forgotten_is_not_made_again() {
    // The node hears of the new register by what it asks itself, or by what others ask of it.
    for is_told in [false, true] {
        let mut cluster = Cluster::<3>::new(3);
        cluster.change(0, Op::Add(1));
        cluster.begin(2, Op::Do(Update::Delete));
        for _ in 0..6 {
            cluster.deliver();
        }
        cluster.cut[2] = true;
        assert_eq!(cluster.settle(), 2, "that the others have accepted it is lost");
        cluster.cut[2] = false;
        cluster.nodes[0].forget(cluster.now_us).unwrap();
        cluster.drain(0);
        cluster.settle();
        let floors = [0, 1, 2].map(|node| cluster.told[node].floor.is_some());
        assert_eq!(floors, [true, true, false], "who is busy does not forget");

        for node in [0, 1] {
            let (all, floor) = (members(&[0, 1, 2]), cluster.told[node].floor);
            cluster.nodes[node] =
                Node::bootstrap(config(node as u64), all, floor, cluster.now_us).unwrap();
            cluster.drain(node);
        }
        cluster.cut[2] = true;
        assert_eq!(cluster.read(0).0, None);
        cluster.cut[2] = false;
        if is_told {
            assert_eq!(cluster.read(1).0, None);
            assert_eq!(cluster.nodes[2].latest().version, None);
        }
        while cluster.told[2].outcome.is_none() {
            cluster.wait_for(2);
        }
        assert_eq!(cluster.told[2].outcome, Some(Outcome::Unknown));
        assert_eq!(cluster.nodes[0].latest().version, None);
    }
}

//! What registers refuse, and the rules of their hosts.

use synod_consensus_core::{
    Ballot, Instance, NodeId, UnknownWrite,
    register::{ConfigError, MessageError, Outcome, Output, Record},
};

use super::{
    Accepted, Body, Cluster, Config, Node, Op, State, TIMEOUT_US, ballot, config, members, message,
    state,
};

const ALL: [u64; 3] = [0, 1, 2];

fn refused(node: &Node, from: u64, body: Body<u32, 4>, why: MessageError) {
    let mut after = node.clone();
    assert_eq!(after.handle_message(500, NodeId(from), message(0, body)), Err(why));
    assert_eq!(after, *node);
}

pub(crate) fn a_register_refuses_what_is_not_for_it() {
    let mut cluster = Cluster::<3>::new(3);
    let node = &mut cluster.nodes[0];
    let body = Body::Prepare { ballot: ballot(3, 1) };
    let mut elsewhere = message(0, body);
    elsewhere.instance = Instance { number: 2, ..elsewhere.instance };
    let before = node.clone();
    let wrong = node.handle_message(9, NodeId(1), elsewhere);
    assert_eq!(wrong, Err(MessageError::WrongInstance));
    let wrong = node.handle_message(9, NodeId(1), message(1, body));
    assert_eq!(wrong, Err(MessageError::WrongReceiver));
    assert_eq!(*node, before);
    let malformed = MessageError::Malformed;
    // Its own message, another's ballot, an answer to another.
    refused(node, 0, Body::Prepare { ballot: ballot(3, 0) }, malformed);
    refused(node, 2, body, malformed);
    let accept = |state| Body::Accept { ballot: ballot(3, 1), state };
    refused(node, 2, accept(state(ballot(3, 1), 1, &ALL)), malformed);
    refused(node, 1, Body::Accepted { ballot: ballot(1, 1) }, malformed);
    refused(node, 2, Body::Forget { ballot: ballot(1, 1) }, malformed);
    // A value that is younger than its ballot, a state without members.
    refused(node, 1, accept(state(ballot(4, 1), 1, &ALL)), malformed);
    let nobody = *Node::join(config(3), None, 0).unwrap().latest();
    refused(node, 1, accept(nobody), malformed);
    let never_made = State { version: None, ..state(ballot(3, 1), 1, &ALL) };
    refused(node, 1, accept(never_made), malformed);
    // A promise of less than was accepted, a rejection by less than was asked for.
    let mut cluster = Cluster::<3>::new(3);
    cluster.begin(0, Op::Add(1));
    let node = &cluster.nodes[0];
    let (mine, high) = (ballot(1, 0), ballot(2, 1));
    let promise = |ballot, version| {
        let state = state(version, 1, &ALL);
        Body::Promise { ballot: mine, accepted: Accepted { ballot, state } }
    };
    refused(node, 1, promise(Some(high), mine), malformed);
    refused(node, 1, promise(None, mine), malformed);
    refused(node, 1, Body::Rejected { ballot: mine, promised: mine }, malformed);
}

pub(crate) fn p01_a_ballot_of_a_forgotten_life_is_told() {
    let mut cluster = Cluster::<3>::new(3);
    cluster.begin(0, Op::Add(1));
    let node = &cluster.nodes[0];
    let (mine, later) = (ballot(1, 0), ballot(2, 0));
    let nothing = Accepted { ballot: None, state: *node.latest() };
    refused(
        node,
        1,
        Body::Promise { ballot: later, accepted: nothing },
        MessageError::ReusedBallot,
    );
    refused(node, 1, Body::Accepted { ballot: later }, MessageError::ReusedBallot);
    let promised = ballot(3, 1);
    let rejected = Body::Rejected { ballot: later, promised };
    refused(node, 1, rejected, MessageError::ReusedBallot);
    let accepted = Accepted { ballot: Some(mine), state: state(mine, 9, &ALL) };
    refused(node, 1, Body::Promise { ballot: mine, accepted }, MessageError::ReusedBallot);
}

pub(crate) fn p08_two_states_by_one_ballot_are_told() {
    let mut cluster = Cluster::<3>::new(3);
    let first = cluster.change(1, Op::Add(1));
    let node = &cluster.nodes[0];
    let other = Body::Accept { ballot: first, state: state(first, 9, &ALL) };
    refused(node, 1, other, MessageError::TwoValues);
    cluster.begin(0, Op::Add(2));
    let ballot = ballot(3, 0);
    let node = &cluster.nodes[0];
    let accepted = Accepted { ballot: Some(first), state: state(first, 9, &ALL) };
    refused(node, 2, Body::Promise { ballot, accepted }, MessageError::TwoValues);
}

pub(crate) fn p02_nothing_is_told_before_it_is_durable() {
    let mut node = Node::bootstrap(config(0), members(&ALL), None, 0).unwrap();
    node.handle_message(0, NodeId(1), message(0, Body::Query { life: ballot(1, 1), round: 3 }))
        .unwrap();
    let (low, high) = (ballot(1, 1), ballot(4, 2));
    node.handle_message(0, NodeId(1), message(0, Body::Prepare { ballot: low })).unwrap();
    let Some(Output::Write { id: 1, record }) = node.poll_output() else {
        panic!("a write is due")
    };
    assert_eq!(record.promised(), Some(low));
    assert_eq!(node.poll_output(), None);
    node.handle_message(0, NodeId(2), message(0, Body::Prepare { ballot: high })).unwrap();
    node.handle_message(0, NodeId(1), message(0, Body::Prepare { ballot: low })).unwrap();
    // That it comes too late may be told at once.
    let Some(Output::Send { to: NodeId(1), message: rejection }) = node.poll_output() else {
        panic!("a rejection is due")
    };
    assert_eq!(rejection.body, Body::Rejected { ballot: low, promised: high });
    assert_eq!(node.poll_output(), None, "one write at a time");
    node.handle_persisted(1).unwrap();
    assert!(matches!(node.poll_output(), Some(Output::Write { id: 2, .. })));
    assert_eq!(node.poll_output(), None);
    node.handle_persisted(2).unwrap();
    let mut sent = [None; 2];
    for slot in &mut sent {
        let Some(Output::Send { to, message }) = node.poll_output() else { panic!("an answer") };
        *slot = Some((to, message.cloned().body));
    }
    assert_eq!(node.poll_output(), None);
    let accepted = Accepted { ballot: None, state: *node.latest() };
    assert_eq!(sent[0], Some((NodeId(2), Body::Promise { ballot: high, accepted })));
    assert_eq!(
        sent[1],
        Some((NodeId(1), Body::Report { life: ballot(1, 1), round: 3, ballot: None }))
    );
}

/// Others are asked only when no later life can ask by the same ballot.
pub(crate) fn p01_a_ballot_is_durable_before_it_is_used() {
    let mut node = Node::bootstrap(config(0), members(&ALL), None, 0).unwrap();
    node.change(0, Op::Add(1)).unwrap();
    assert!(matches!(node.poll_output(), Some(Output::Write { id: 1, .. })));
    assert_eq!(node.poll_output(), None);
    assert_eq!(node.handle_persisted(0), Err(UnknownWrite));
    node.handle_persisted(1).unwrap();
    assert_eq!(node.handle_persisted(1), Err(UnknownWrite));
    assert!(matches!(node.poll_output(), Some(Output::Send { .. })));
    let nothing = Accepted { ballot: None, state: *node.latest() };
    let promise = Body::Promise { ballot: ballot(1, 0), accepted: nothing };
    node.handle_message(0, NodeId(1), message(0, promise)).unwrap();
    let Some(Output::Write { id: 2, record }) = node.poll_output() else { panic!("its own vote") };
    assert_eq!(record.accepted().ballot, Some(ballot(1, 0)));
    // The ballot is durable, so others may be asked while its own vote is being written.
    assert!(matches!(node.poll_output(), Some(Output::Send { to: NodeId(1), .. })));
    assert!(matches!(node.poll_output(), Some(Output::Send { to: NodeId(2), .. })));
    let accepted = Body::Accepted { ballot: ballot(1, 0) };
    node.handle_message(0, NodeId(1), message(0, accepted)).unwrap();
    assert_eq!(node.poll_output(), None, "its own vote is not durable");
    let mut by_others = node.clone();
    by_others.handle_message(0, NodeId(2), message(0, accepted)).unwrap();
    let changed = Output::Outcome(Outcome::Changed { version: ballot(1, 0) });
    assert_eq!(by_others.poll_output(), Some(changed));
    // The next one waits for that write, which has the promise of its ballot.
    by_others.change(0, Op::Add(2)).unwrap();
    assert_eq!(by_others.poll_output(), None);
    by_others.handle_persisted(2).unwrap();
    assert!(matches!(by_others.poll_output(), Some(Output::Write { id: 3, .. })));
    assert!(matches!(by_others.poll_output(), Some(Output::Send { .. })));
    node.handle_persisted(2).unwrap();
    assert_eq!(node.poll_output(), Some(changed));
}

pub(crate) fn p03_two_that_defeat_each_other_come_to_an_end() {
    let mut cluster = Cluster::<3>::new(3);
    for round in 1..20 {
        cluster.begin(0, Op::Add(1));
        cluster.begin(1, Op::Add(1));
        let mut steps = 0;
        while cluster.nodes[0].is_busy() || cluster.nodes[1].is_busy() {
            steps += 1;
            assert!(steps < 1_000, "no end of round {round}");
            for node in 0..2 {
                if cluster.nodes[node].poll_timeout().is_some_and(|at| at <= cluster.now_us) {
                    cluster.nodes[node].handle_timeout(cluster.now_us);
                    cluster.drain(node);
                }
            }
            for _ in 0..cluster.post.len() {
                cluster.deliver();
            }
            cluster.now_us += 100;
        }
    }
}

/// Under the same ballot, those who have not answered: for a promise at first, then to accept.
pub(crate) fn silence_is_asked_again() {
    let mut cluster = Cluster::<4>::new(4);
    for round in 1..3 {
        cluster.begin(0, Op::Add(1));
        cluster.cut = [false, false, true, true];
        cluster.settle();
        cluster.cut = [false; 4];
        cluster.now_us = cluster.nodes[0].poll_timeout().unwrap();
        cluster.nodes[0].handle_timeout(cluster.now_us);
        cluster.drain(0);
        let mut asked = cluster.post.iter().map(|(_, letter)| (letter.to.0, letter.body));
        for to in 2..4 {
            let (there, body) = asked.next().unwrap();
            let same = match body {
                Body::Prepare { ballot } => (1, ballot.round.get()),
                Body::Accept { ballot, .. } => (2, ballot.round.get()),
                other => panic!("{other:?}"),
            };
            assert_eq!((there, same), (to, (round, round)));
        }
        assert!(asked.next().is_none());
        cluster.settle();
        let version = ballot(round, 0);
        assert_eq!(cluster.told[0].outcome, Some(Outcome::Changed { version }));
    }
    // A timer that is late finds nothing to ask for.
    let before = cluster.nodes[0].canonical();
    cluster.nodes[0].handle_timeout(u64::MAX);
    assert!(cluster.nodes[0].poll_output().is_none());
    assert_eq!(cluster.nodes[0].canonical(), before);
}

/// Who is beaten waits from then on, whatever beats it.
pub(crate) fn who_is_beaten_waits() {
    let high = ballot(90, 2);
    for body in
        [Body::Prepare { ballot: high }, Body::Accept { ballot: high, state: state(high, 7, &ALL) }]
    {
        let mut cluster = Cluster::<3>::new(3);
        cluster.begin(0, Op::Add(1));
        cluster.nodes[0].handle_message(1_000_000, NodeId(2), message(0, body)).unwrap();
        let deadline_us = cluster.nodes[0].poll_timeout().unwrap();
        assert!(deadline_us > 1_000_000 && deadline_us <= 1_000_000 + 2 * TIMEOUT_US);
    }
}

/// The next ballot is above all that it has heard of, by a rejection or by a report.
pub(crate) fn who_is_beaten_tries_above() {
    let tried = |cluster: &mut Cluster<3>| {
        let asked = cluster.post.iter().find_map(|(_, letter)| match letter.body {
            Body::Prepare { ballot } => Some(ballot.round.get()),
            _ => None,
        });
        cluster.post.clear();
        asked
    };
    let mut cluster = Cluster::<3>::new(3);
    cluster.begin(0, Op::Add(1));
    assert_eq!(tried(&mut cluster), Some(1));
    for from in 1..3 {
        let body = Body::Rejected { ballot: ballot(1, 0), promised: ballot(90, 2) };
        cluster.nodes[0].handle_message(0, NodeId(from), message(0, body)).unwrap();
    }
    cluster.now_us = cluster.nodes[0].poll_timeout().unwrap();
    cluster.nodes[0].handle_timeout(cluster.now_us);
    cluster.drain(0);
    assert_eq!(tried(&mut cluster), Some(91));

    let mut cluster = Cluster::<3>::new(3);
    let life = cluster.change(0, Op::Add(1));
    cluster.begin_read(0);
    let Some(Body::Query { round, .. }) = cluster.post.front().map(|(_, letter)| letter.body)
    else {
        panic!("it asks")
    };
    cluster.post.clear();
    let body = Body::Report { life, round, ballot: Some(ballot(50, 2)) };
    cluster.nodes[0].handle_message(0, NodeId(2), message(0, body)).unwrap();
    cluster.drain(0);
    assert_eq!(tried(&mut cluster), Some(52), "whoever accepts promises the next one");
}

/// Two others have promised more. Gives for how long node 0 waits.
fn defeat(cluster: &mut Cluster<3>, ballot: Ballot) -> u64 {
    cluster.post.clear();
    for from in 1..3 {
        let promised = Ballot { proposer: NodeId(2), ..ballot };
        let body = Body::Rejected { ballot, promised };
        cluster.nodes[0].handle_message(cluster.now_us, NodeId(from), message(0, body)).unwrap();
    }
    let wait_us = cluster.nodes[0].poll_timeout().unwrap() - cluster.now_us;
    cluster.now_us += wait_us;
    cluster.nodes[0].handle_timeout(cluster.now_us);
    cluster.drain(0);
    wait_us
}

/// Waits grow with defeats, and begin anew with a success.
pub(crate) fn who_has_won_waits_as_at_first() {
    let mut cluster = Cluster::<3>::new(3);
    cluster.begin(0, Op::Add(1));
    let waits_us = (0..12).map(|_| {
        let promised = cluster.disks[0].unwrap().promised().unwrap();
        defeat(&mut cluster, promised)
    });
    assert!(waits_us.max().unwrap() > 8 * TIMEOUT_US);
    cluster.settle();
    assert!(!cluster.nodes[0].is_busy());
    cluster.begin(0, Op::Add(1));
    let proposed = cluster.disks[0].unwrap().accepted().ballot.unwrap();
    assert!(defeat(&mut cluster, proposed) < TIMEOUT_US);
}

pub(crate) fn p05_a_state_of_an_older_ballot() {
    let mut cluster = Cluster::<3>::new(3);
    let (low, high) = (ballot(1, 1), ballot(1, 2));
    let node = &mut cluster.nodes[0];
    node.handle_message(0, NodeId(2), message(0, Body::Prepare { ballot: high })).unwrap();
    let late = Body::Accept { ballot: low, state: state(low, 1, &ALL) };
    node.handle_message(0, NodeId(1), message(0, late)).unwrap();
    assert_eq!(node.latest().value, None);
    // Nor one that its acceptance of another has put behind.
    let next = Body::Accept { ballot: high, state: state(high, 2, &ALL) };
    node.handle_message(0, NodeId(2), message(0, next)).unwrap();
    let again = Body::Prepare { ballot: ballot(2, 1) };
    node.handle_message(0, NodeId(1), message(0, again)).unwrap();
    cluster.drain(0);
    assert!(cluster.post.iter().any(|(_, letter)| letter.body
        == Body::Rejected { ballot: ballot(2, 1), promised: ballot(2, 2) }));
}

pub(crate) fn the_last_round_is_the_end() {
    let mut cluster = Cluster::<3>::new(3);
    cluster.read(0);
    let last = ballot(u64::MAX, 2);
    let nobody_else = Body::Prepare { ballot: last };
    for node in 0..2 {
        let to = message(node, nobody_else);
        cluster.nodes[node as usize].handle_message(0, NodeId(2), to).unwrap();
        cluster.drain(node as usize);
    }
    cluster.post.clear();
    cluster.begin(0, Op::Add(1));
    assert_eq!(cluster.told[0].outcome, Some(Outcome::Exhausted));
    // Its proposer may still use it, and none after.
    let accept = Body::Accept { ballot: last, state: state(last, 7, &ALL) };
    for node in 0..2 {
        cluster.nodes[node as usize].handle_message(0, NodeId(2), message(node, accept)).unwrap();
        cluster.drain(node as usize);
    }
    assert_eq!(cluster.disks[0].unwrap().promised(), Some(last));
    cluster.post.clear();
    assert_eq!(cluster.read(0).0, Some(7), "what is agreed may be read");
    cluster.begin(1, Op::Add(1));
    assert_eq!(cluster.told[1].outcome, Some(Outcome::Exhausted));
    // But not by a life that has no ballot of its own.
    cluster.begin_read(1);
    cluster.settle();
    cluster.wait_for(1);
    assert_eq!(cluster.told[1].read, None);
}

pub(crate) fn records_and_settings_that_cannot_be_are_refused() {
    let refused = Node::bootstrap(Config { timeout_us: 0, ..config(0) }, members(&ALL), None, 0);
    assert_eq!(refused, Err(ConfigError));
    let (low, high) = (ballot(1, 0), ballot(2, 0));
    let of = |promised, ballot, version| {
        Record::new(promised, Accepted { ballot, state: state(version, 1, &ALL) })
    };
    assert!(of(Some(high), Some(high), low).is_ok());
    assert!(of(Some(low), Some(high), low).is_err(), "more accepted than promised");
    assert!(of(None, Some(high), low).is_err());
    assert!(of(Some(high), Some(low), high).is_err(), "a value younger than its ballot");
}

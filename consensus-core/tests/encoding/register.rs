//! Registers on the wire and on the disk.

use core::num::NonZeroU64;

use synod_consensus_core::{
    Ballot, Instance, NodeId,
    register::{
        Accepted, Body, Member, Membership, Message, Output, Part, Record, Register, State, Update,
    },
};

use super::golden;

type Value = [u8; 2];

fn ballot(round: u64, proposer: u64) -> Ballot {
    Ballot { round: NonZeroU64::new(round).unwrap(), proposer: NodeId(proposer) }
}

fn of_two() -> Membership<3> {
    Membership::new(&[NodeId(300), NodeId(9)]).unwrap()
}

fn state() -> State<Value, 3> {
    State { version: Some(ballot(2, 9)), value: Some(*b"hi"), members: of_two() }
}

pub(super) fn members_of_registers() {
    golden(&of_two(), &[2, 9, 0, 0xAC, 0x02, 0]);
    golden(&[Part::Stays, Part::Leaves, Part::Joins], &[0, 1, 2]);
    let decode = |bytes: &[u8]| postcard::from_bytes::<Membership<3>>(bytes);
    let leaving = decode(&[2, 8, 1, 9, 2]).unwrap();
    assert!(leaving.is_changing());
    let expected = [(8, Part::Leaves), (9, Part::Joins)];
    assert_eq!(leaving.as_slice(), expected.map(|(id, part)| Member { id: NodeId(id), part }));
    golden(&leaving, &[2, 8, 1, 9, 2]);
    assert!(decode(&[3, 1, 0, 2, 0, 3, 0]).is_ok());
    assert!(decode(&[4, 1, 0, 2, 0, 3, 0, 4, 0]).is_err(), "more than there is room for");
    assert!(decode(&[2, 9, 0, 8, 0]).is_err(), "not ascending");
    assert!(decode(&[2, 9, 0, 9, 0]).is_err(), "twice");
    assert!(decode(&[1, 9, 3]).is_err(), "no such part");
    assert!(decode(&[1, 9, 1]).is_err(), "nobody is left");
    assert!(decode(&[2, 8, 2, 9, 2]).is_err(), "nobody was there");
}

pub(super) fn records_of_registers() {
    golden(&state(), &[1, 2, 9, 1, b'h', b'i', 2, 9, 0, 0xAC, 0x02, 0]);
    let first: State<Value, 3> = State { version: None, value: None, members: of_two() };
    golden(&first, &[0, 0, 2, 9, 0, 0xAC, 0x02, 0]);
    let accepted = Accepted { ballot: Some(ballot(3, 9)), state: state() };
    let record = Record::new(Some(ballot(4, 9)), accepted).unwrap();
    let bytes = [1, 4, 9, 1, 3, 9, 1, 2, 9, 1, b'h', b'i', 2, 9, 0, 0xAC, 0x02, 0];
    golden(&record, &bytes);
    let decode = |bytes: &[u8]| postcard::from_bytes::<Record<u8, 3>>(bytes);
    assert!(decode(&[1, 4, 9, 1, 4, 9, 1, 4, 9, 0, 1, 9, 0]).is_ok());
    assert!(decode(&[1, 4, 9, 1, 5, 9, 1, 4, 9, 0, 1, 9, 0]).is_err(), "not promised");
    assert!(decode(&[0, 1, 1, 9, 1, 1, 9, 0, 1, 9, 0]).is_err(), "nothing promised");
    assert!(decode(&[1, 4, 9, 1, 3, 9, 1, 4, 9, 0, 1, 9, 0]).is_err(), "younger than its ballot");
    assert!(decode(&[1, 4, 9, 1, 4, 9, 1, 4, 9, 0, 0]).is_err(), "accepted by nobody");
    assert!(decode(&[1, 4, 9, 0, 0, 0, 0]).is_ok(), "what joins has promised only");
    assert!(decode(&[1, 4, 9, 1, 4, 9, 0, 1, 5, 1, 9, 0]).is_err(), "a value that nobody made");
}

/// A message about register 128 of cluster 7 to node 300 begins so.
fn body(body: Body<Value, 3>, bytes: &[u8]) {
    let instance = Instance { cluster: 7, number: 128 };
    let mut expected = [0; 32];
    expected[..5].copy_from_slice(&[7, 0x80, 1, 0xAC, 0x02]);
    expected[5..5 + bytes.len()].copy_from_slice(bytes);
    golden(&Message { instance, to: NodeId(300), body }, &expected[..5 + bytes.len()]);
}

pub(super) fn messages_of_registers() {
    let ballot = ballot(3, 8);
    body(Body::Prepare { ballot }, &[0, 3, 8]);
    let accepted = Accepted { ballot: None, state: state() };
    let bytes = [1, 3, 8, 0, 1, 2, 9, 1, b'h', b'i', 2, 9, 0, 0xAC, 0x02, 0];
    body(Body::Promise { ballot, accepted }, &bytes);
    let bytes = [2, 3, 8, 1, 2, 9, 1, b'h', b'i', 2, 9, 0, 0xAC, 0x02, 0];
    body(Body::Accept { ballot, state: state() }, &bytes);
    body(Body::Accepted { ballot }, &[3, 3, 8]);
    body(Body::Rejected { ballot, promised: self::ballot(4, 9) }, &[4, 3, 8, 4, 9]);
    body(Body::Query { life: ballot, round: 128 }, &[5, 3, 8, 0x80, 1]);
    body(Body::Report { life: ballot, round: 128, ballot: None }, &[6, 3, 8, 0x80, 1, 0]);
    let accepted = Some(ballot);
    body(Body::Report { life: ballot, round: 1, ballot: accepted }, &[6, 3, 8, 1, 1, 3, 8]);
    body(Body::Forget { ballot }, &[7, 3, 8]);
    let unknown = postcard::from_bytes::<Message<u8, 3>>(&[7, 1, 5, 8]);
    assert!(unknown.is_err(), "no such message");
}

/// Three members, with a value of no bytes, and the largest numbers.
pub(super) fn no_message_of_a_register_is_larger_than_it_says() {
    let ids = [0, 1, 2].map(|id| NodeId(u64::MAX - id));
    let ballot = ballot(u64::MAX, u64::MAX);
    let members = Membership::<3>::new(&ids).unwrap();
    let state = State { version: Some(ballot), value: Some(()), members };
    let accepted = Accepted { ballot: Some(ballot), state };
    let bodies = [
        Body::Prepare { ballot },
        Body::Promise { ballot, accepted },
        Body::Accept { ballot, state },
        Body::Accepted { ballot },
        Body::Rejected { ballot, promised: ballot },
        Body::Query { life: ballot, round: u64::MAX },
        Body::Report { life: ballot, round: u64::MAX, ballot: Some(ballot) },
        Body::Forget { ballot },
    ];
    let mut buffer = [0; 160];
    let largest = bodies.map(|body| {
        let instance = Instance { cluster: u64::MAX, number: u64::MAX };
        let message = Message { instance, to: NodeId(u64::MAX), body };
        postcard::to_slice(&message, &mut buffer).unwrap().len()
    });
    assert_eq!(largest.into_iter().max(), Some(Message::<(), 3>::MAX_OVERHEAD));
    let record = Record::new(Some(ballot), accepted).unwrap();
    let bytes = postcard::to_slice(&record, &mut buffer).unwrap();
    assert_eq!(bytes.len(), Record::<(), 3>::MAX_OVERHEAD);
}

/// What lends its value is encoded as what has it.
pub(super) fn what_a_register_lends_is_encoded_alike() {
    use synod_consensus_core::register::Config;

    let instance = Instance { cluster: 7, number: 1 };
    let config = Config::new(instance, NodeId(9), 1);
    let mut register = Register::<Update<Value>, 3>::bootstrap(config, of_two(), None, 0).unwrap();
    register.change(0, Update::Put(*b"hi")).unwrap();
    let mut seen = 0;
    let mut acks = Some(());
    loop {
        let mut buffers = [[0; 64]; 2];
        let [left, right] = &mut buffers;
        match register.poll_output() {
            Some(Output::Write { id, .. }) => register.handle_persisted(id).unwrap(),
            Some(Output::Send { message, .. }) => {
                let lent = postcard::to_slice(&message, left).map(|bytes| bytes.len());
                let owned = postcard::to_slice(&message.cloned(), right).map(|bytes| bytes.len());
                assert_eq!((lent, left), (owned, right));
                seen += 1;
            }
            _ if acks.take().is_some() => {
                let state = *register.latest();
                let accepted = Accepted { ballot: None, state };
                let promise = Body::Promise { ballot: ballot(1, 9), accepted };
                let message = Message { instance, to: NodeId(9), body: promise };
                register.handle_message(0, NodeId(300), message).unwrap();
            }
            _ => break,
        }
    }
    assert_eq!(seen, 2, "a prepare and an accept");
}

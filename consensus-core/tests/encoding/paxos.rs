//! Single-decree Paxos on the wire and on the disk.

use core::num::NonZeroU64;

use synod_consensus_core::{
    Ballot, Instance, NodeId, Proposal,
    paxos::{Body, Message, Record},
};

use super::golden;

fn ballot(round: u64, proposer: u64) -> Ballot {
    Ballot { round: NonZeroU64::new(round).unwrap(), proposer: NodeId(proposer) }
}

fn proposal(round: u64, proposer: u64, value: [u8; 2]) -> Proposal<[u8; 2]> {
    Proposal { ballot: ballot(round, proposer), value }
}

pub(super) fn paxos_records() {
    golden(&ballot(300, 7), &[0xAC, 0x02, 7]);
    golden(&proposal(2, 7, *b"hi"), &[2, 7, b'h', b'i']);
    let promised: Record<[u8; 2]> = Record::new(ballot(2, 7), None).unwrap();
    golden(&promised, &[2, 7, 0]);
    let accepted = Record::new(ballot(300, 9), Some(proposal(2, 7, *b"hi"))).unwrap();
    golden(&accepted, &[0xAC, 0x02, 9, 1, 2, 7, b'h', b'i']);
}

pub(super) fn records_that_no_acceptor_writes_are_refused() {
    let decode = |bytes: &[u8]| postcard::from_bytes::<Record<u8>>(bytes);
    assert!(decode(&[2, 7, 1, 2, 7, 0]).is_ok());
    // More accepted than promised: by the round, and by the proposer.
    assert!(decode(&[2, 7, 1, 3, 7, 0]).is_err());
    assert!(decode(&[2, 7, 1, 2, 8, 0]).is_err());
    // There is no round 0.
    assert!(decode(&[0, 7, 0]).is_err());
    assert!(decode(&[2, 7, 1, 0, 7, 0]).is_err());
}

/// A message about decision 128 of cluster 7 to node 300 begins so.
fn body(body: Body<[u8; 2]>, bytes: &[u8]) {
    let instance = Instance { cluster: 7, number: 128 };
    let mut expected = [0; 32];
    expected[..5].copy_from_slice(&[7, 0x80, 1, 0xAC, 0x02]);
    expected[5..5 + bytes.len()].copy_from_slice(bytes);
    golden(&Message { instance, to: NodeId(300), body }, &expected[..5 + bytes.len()]);
}

pub(super) fn paxos_messages() {
    body(Body::Prepare { ballot: ballot(3, 8) }, &[0, 3, 8]);
    body(Body::Promise { ballot: ballot(3, 8), accepted: None }, &[1, 3, 8, 0]);
    let accepted = Some(proposal(2, 9, *b"hi"));
    body(Body::Promise { ballot: ballot(3, 8), accepted }, &[1, 3, 8, 1, 2, 9, b'h', b'i']);
    body(Body::Accept(proposal(3, 8, *b"ho")), &[2, 3, 8, b'h', b'o']);
    body(Body::Accepted { ballot: ballot(3, 8) }, &[3, 3, 8]);
    let promised = ballot(4, 9);
    body(Body::Rejected { ballot: ballot(3, 8), promised }, &[4, 3, 8, 4, 9]);
    body(Body::Ask, &[5]);
    body(Body::Report(proposal(3, 8, *b"ho")), &[6, 3, 8, b'h', b'o']);
    let unknown = postcard::from_bytes::<Message<u8>>(&[7, 1, 5, 7]);
    assert!(unknown.is_err(), "no such message");
    // What lends its value is encoded as what has it.
    let value = *b"hi";
    let instance = Instance { cluster: 7, number: 1 };
    let body = Body::Accept(Proposal { ballot: ballot(3, 8), value: &value });
    let lent = Message { instance, to: NodeId(1), body };
    let mut buffers = [[0; 16]; 2];
    let [left, right] = &mut buffers;
    assert_eq!(postcard::to_slice(&lent, left), postcard::to_slice(&lent.cloned(), right));
}

/// The largest of each kind, and of records, with a value of no bytes.
pub(super) fn no_paxos_message_is_larger_than_it_says() {
    let ballot = ballot(u64::MAX, u64::MAX);
    let proposal = Proposal { ballot, value: () };
    let bodies = [
        Body::Prepare { ballot },
        Body::Promise { ballot, accepted: Some(proposal) },
        Body::Accept(proposal),
        Body::Accepted { ballot },
        Body::Rejected { ballot, promised: ballot },
        Body::Ask,
        Body::Report(proposal),
    ];
    let mut buffer = [0; 128];
    let largest = bodies.map(|body| {
        let instance = Instance { cluster: u64::MAX, number: u64::MAX };
        let message = Message { instance, to: NodeId(u64::MAX), body };
        postcard::to_slice(&message, &mut buffer).unwrap().len()
    });
    assert_eq!(largest.into_iter().max(), Some(Message::<()>::MAX_OVERHEAD));
    let record = Record::new(ballot, Some(proposal)).unwrap();
    let bytes = postcard::to_slice(&record, &mut buffer).unwrap();
    assert_eq!(bytes.len(), Record::<()>::MAX_OVERHEAD);
}

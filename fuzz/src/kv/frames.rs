//! Any bytes of a peer, in any parts, into frames; and any bodies of frames into a node.

use bytes::{Bytes, BytesMut};
use synod_consensus_core::{
    NodeId,
    raft::{Config, HeapLog, Role, replica::Output},
};
use synod_kv::{
    node::{
        Voter,
        outbox::Admission,
        reads::Reads,
        wire::{self, Hello, Incoming, MAX_FRAME_BYTES, Packet, Welcome},
    },
    state::State,
};

const PEER: NodeId = NodeId(2);

/// The first byte says how large the parts are. What follows is taken for frames, and then for the
/// bodies of frames, each behind its length.
pub fn check(bytes: &[u8]) {
    let Some((part_bytes, bytes)) = bytes.split_first() else { return };
    let whole = frames(bytes, bytes.len().max(1));
    assert_eq!(whole, frames(bytes, usize::from(*part_bytes) + 1));
    let mut node = Node::new();
    let mut rest = bytes;
    while let Some((len, behind)) = rest.split_first() {
        let (body, behind) = behind.split_at(usize::from(*len).min(behind.len()));
        node.take(body);
        rest = behind;
    }
}

/// The frames in some bytes, which arrive in parts, and whether what follows is none.
fn frames(bytes: &[u8], part_bytes: usize) -> (Vec<Bytes>, bool) {
    let mut buffer = BytesMut::new();
    let mut frames = Vec::new();
    for part in bytes.chunks(part_bytes) {
        buffer.extend_from_slice(part);
        loop {
            match wire::pop(&mut buffer, MAX_FRAME_BYTES) {
                Ok(Some(frame)) => {
                    let mut again = BytesMut::new();
                    wire::push_bytes(&mut again, &frame).expect("it was one");
                    assert_eq!(
                        wire::pop(&mut again, frame.len()).expect("it is one"),
                        Some(frame.clone())
                    );
                    frames.push(frame);
                }
                Ok(None) => break,
                Err(_) => return (frames, true),
            }
        }
    }
    (frames, false)
}

/// As much of a node as hears its peers.
struct Node {
    replica: Voter,
    now_us: u64,
    admission: Admission,
    reads: Reads,
    state: State,
}

impl Node {
    fn new() -> Self {
        let voters = [NodeId(1), PEER, NodeId(3)];
        let config = Config { max_entry_bytes: 4_096, ..Config::new(7, NodeId(1), 42) };
        let replica = Voter::bootstrap(config, &voters, 0, HeapLog::new()).expect("it is legal");
        let (admission, reads, state) = (Admission::default(), Reads::new(1), State::new());
        Self { replica, now_us: 0, admission, reads, state }
    }

    fn take(&mut self, body: &[u8]) {
        self.now_us += 10_000;
        let _ = (wire::decode::<Hello>(body), wire::decode::<Welcome>(body));
        let before = self.state.clone();
        if self.state.absorb(body).is_err() {
            assert!(self.state == before, "a refused chunk has changed the state");
        }
        match wire::decode::<Incoming>(body) {
            Ok(Packet::Raft(frame)) => {
                let (message, payloads) = frame.into_parts();
                let _ = self.replica.handle_message(self.now_us, PEER, &message, payloads);
            }
            Ok(Packet::Submit(mut submission)) => {
                let numbers = submission.commands.len();
                self.admission.admit(submission.term, &mut submission);
                assert!(submission.commands.len() <= numbers);
                assert!(submission.commands.is_sorted_by(|(one, _), (next, _)| one < next));
                let commands = submission.commands.len();
                self.admission.admit(submission.term, &mut submission);
                assert!(submission.commands.is_empty(), "{commands} commands were taken twice");
            }
            Ok(Packet::ReadIndex { .. }) => {
                let _ = self.replica.read(self.now_us);
            }
            Ok(Packet::ReadAt { request, index }) => self.reads.leader_answered(request, index),
            Err(_) => {}
        }
        self.replica.handle_timeout(self.now_us);
        while let Some(output) = self.replica.poll_output() {
            if let Output::Write(write) = output {
                let id = write.id;
                self.replica.handle_persisted(id).expect("it was polled");
            } else if let Output::Apply(entries) = output {
                let upto = entries.last();
                self.replica.handle_applied(upto).expect("it was polled");
            }
        }
        let status = self.replica.status();
        assert!(status.applied <= status.committed && status.committed <= status.last.index);
        assert!(
            status.leadership.role != Role::Leader || status.leadership.leader == Some(status.id)
        );
    }
}

//! Messages, and what is on a disk: plain data, which promises nothing but its form.

use serde::{Serialize, de::DeserializeOwned};
use synod_consensus_core::{
    NodeId,
    raft::{BallotBody, Body, Entry, HardState, LogId, Message, Never, Recovered, Said},
};

use super::Decoded;

/// What there is, as numbers.
type RawId = (u64, u64);
type RawHardState = (u64, Option<u64>);
type FiveBytes = (u8, u8, u8, u8, u8);

/// Reads numbers, and makes something of them.
fn read<R: DeserializeOwned, T>(bytes: &[u8], make: impl FnOnce(R) -> T) -> Option<(T, &[u8])> {
    let (raw, rest) = postcard::take_from_bytes(bytes).ok()?;
    Some((make(raw), rest))
}

fn id((term, index): RawId) -> LogId {
    LogId { term, index }
}

fn hard_state((term, vote): RawHardState) -> HardState {
    HardState { term, vote: vote.map(NodeId) }
}

impl Decoded for LogId {
    fn take(bytes: &[u8]) -> Option<(Self, &[u8])> {
        read(bytes, id)
    }
}

impl Decoded for HardState {
    fn take(bytes: &[u8]) -> Option<(Self, &[u8])> {
        read(bytes, hard_state)
    }
}

impl Decoded for Recovered {
    fn take(bytes: &[u8]) -> Option<(Self, &[u8])> {
        read(bytes, |(state, applied)| Self { hard_state: hard_state(state), applied })
    }
}

impl Decoded for Entry<[u8; 5]> {
    fn take(bytes: &[u8]) -> Option<(Self, &[u8])> {
        read(bytes, |(term, payload): (u64, Option<FiveBytes>)| Self {
            term,
            payload: payload.map(|(a, b, c, d, e)| [a, b, c, d, e]),
        })
    }
}

/// What only nodes of some rules say.
trait TakeSaid: Sized {
    fn take_said(bytes: &[u8]) -> Option<(Self, &[u8])>;
}

/// There is no such thing.
impl TakeSaid for Never {
    fn take_said(_: &[u8]) -> Option<(Self, &[u8])> {
        None
    }
}

impl TakeSaid for BallotBody {
    fn take_said(bytes: &[u8]) -> Option<(Self, &[u8])> {
        let (kind, bytes) = postcard::take_from_bytes::<u32>(bytes).ok()?;
        match kind {
            0 => read(bytes, |last| Self::Promise { last: id(last) }),
            1 => read(bytes, |prev| Self::Fetch { prev: id(prev) }),
            2 => read(bytes, |(prev, entries_term, count)| Self::Suffix {
                prev: id(prev),
                entries_term,
                count,
            }),
            3 => read(bytes, |(prev, hint)| Self::Differs { prev, hint: id(hint) }),
            4 => read(bytes, |round| Self::ReadIndex { round }),
            5 => read(bytes, |(round, last)| Self::ReadIndexReply { round, last }),
            _ => None,
        }
    }
}

impl<X: Said + TakeSaid + Serialize + DeserializeOwned> Decoded for Message<X> {
    fn take(bytes: &[u8]) -> Option<(Self, &[u8])> {
        let ((cluster, to, term, kind), rest) =
            postcard::take_from_bytes::<(u64, u64, u64, u32)>(bytes).ok()?;
        let (body, rest) = take_body(kind, rest)?;
        Some((Self { cluster, to: NodeId(to), term, body }, rest))
    }

    fn check_encoding(&self, encoded: &[u8]) {
        // With the number of payloads behind it, of at most five bytes.
        let behind = postcard::to_allocvec(&payloads_due(self)).expect("a number can be encoded");
        assert!(encoded.len() + behind.len() <= Message::MAX_BYTES);
    }
}

/// With how many payloads a message comes.
pub(super) fn payloads_due<X: Said>(message: &Message<X>) -> u32 {
    match message.body {
        Body::Append { count, .. } => count,
        Body::Ballot(said) => match said.ballot() {
            Some(BallotBody::Suffix { count, .. }) => count,
            _ => 0,
        },
        _ => 0,
    }
}

fn take_body<X: TakeSaid>(kind: u32, bytes: &[u8]) -> Option<(Body<X>, &[u8])> {
    match kind {
        0 => read(bytes, |last| Body::PreVote { last: id(last) }),
        1 => read(bytes, |(granted, asked)| Body::PreVoteReply { granted, asked }),
        2 => read(bytes, |last| Body::Vote { last: id(last) }),
        3 => read(bytes, |granted| Body::VoteReply { granted }),
        4 => read(bytes, |(prev, entries_term, count, commit, round)| Body::Append {
            prev: id(prev),
            entries_term,
            count,
            commit,
            round,
        }),
        5 => read(bytes, |commit| Body::Commit { commit }),
        6 => read(bytes, |(index, round)| Body::Matched { index, round }),
        7 => read(bytes, |(prev, hint, round)| Body::Mismatched { prev, hint: id(hint), round }),
        8 => read(bytes, |last| Body::Snapshot { last: id(last) }),
        9 => Some((Body::Outdated, bytes)),
        10 => X::take_said(bytes).map(|(said, rest)| (Body::Ballot(said), rest)),
        _ => None,
    }
}

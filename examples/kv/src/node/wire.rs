//! What nodes say to each other, and how it looks on a connection: frames, each with its length and
//! its checksum before it.

use std::io;

use bytes::{Buf, BufMut, Bytes, BytesMut};
use serde::{Deserialize, Serialize};
use synod_consensus_core::{
    Heap, NodeId,
    raft::{
        Never,
        replica::{Frame, OwnedFrame},
    },
};
use tokio::io::{AsyncRead, AsyncReadExt};

use crate::node::proposal::{MAX_MESSAGE_BYTES, Proposal};

/// Begins each connection, so that whatever else knocks is told apart at once.
pub const MAGIC: [u8; 8] = *b"synod-kv";

/// Of this protocol. Nodes of different versions do not talk to each other.
pub const VERSION: u16 = 1;

/// The largest body of a frame.
pub const MAX_FRAME_BYTES: usize = 0x48_0000;
const _: () = assert!(MAX_MESSAGE_BYTES < MAX_FRAME_BYTES);

/// The largest frame before it is known who speaks.
pub const MAX_HELLO_BYTES: usize = 256;

const HEADER_BYTES: usize = 8;

/// The first frame of a connection, from the node that opened it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// [`MAGIC`].
    pub magic: [u8; 8],
    /// [`VERSION`].
    pub version: u16,
    /// The cluster that it means.
    pub cluster: u64,
    /// A checksum of its voters and its engine: those with others would be another cluster.
    pub voters: u32,
    /// Who speaks.
    pub from: NodeId,
    /// Whom it wants to speak to.
    pub to: NodeId,
    /// What follows.
    pub purpose: Purpose,
}

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Purpose {
    /// Packets, until it ends.
    Packets,
    /// One snapshot: the message of Raft that offers it, its chunks, and an empty frame.
    Snapshot,
}

/// The only frame that comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Welcome {
    /// Go on.
    Come,
    /// These nodes do not belong together; this is who answered.
    Stranger {
        /// Its version of the protocol.
        version: u16,
        /// Its cluster.
        cluster: u64,
        /// Its name.
        id: NodeId,
    },
}

/// What nodes say to each other. `F` is a frame of their engine: borrowed by whom it leaves, owned by whom
/// it reaches.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Packet<F> {
    /// A message of Raft, or of Multi-Paxos.
    Raft(F),
    /// Commands for the leader to propose.
    Submit(Submission),
    /// From when on may reads be answered?
    ReadIndex {
        /// Names the question.
        request: u64,
    },
    /// From this index on.
    ReadAt {
        /// Names the question.
        request: u64,
        /// What must be applied before reads are answered.
        index: u64,
    },
}

/// A packet as it leaves.
pub type Outgoing<'a, X = Never> = Packet<Frame<'a, Proposal, X>>;

/// A packet as it arrives.
pub type Incoming<X = Never> = Packet<OwnedFrame<Proposal, Heap, X>>;

/// Commands of one node's clients, for the leader of one term.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submission {
    /// The term. Another leader must not take them.
    pub term: u64,
    /// The life of the node that sends them.
    pub life: u64,
    /// The numbers of the commands, in rising order, and the commands.
    pub commands: Vec<(u64, Bytes)>,
}

/// Appends a frame.
///
/// # Errors
///
/// If it cannot be encoded, or is too large. Nothing is appended then.
pub fn push(buffer: &mut BytesMut, body: &impl Serialize) -> io::Result<()> {
    push_with(buffer, |writer| postcard::to_io(body, writer).map(drop).map_err(io::Error::other))
}

/// Appends a frame of bytes that are encoded already.
///
/// # Errors
///
/// If it is too large. Nothing is appended then.
pub fn push_bytes(buffer: &mut BytesMut, body: &[u8]) -> io::Result<()> {
    push_with(buffer, |mut writer| io::Write::write_all(&mut writer, body))
}

fn push_with(
    buffer: &mut BytesMut,
    write: impl FnOnce(bytes::buf::Writer<&mut BytesMut>) -> io::Result<()>,
) -> io::Result<()> {
    let mut body = buffer.split_off(buffer.len());
    body.put_bytes(0, HEADER_BYTES);
    write((&mut body).writer())?;
    let (header, encoded) = body.split_at_mut(HEADER_BYTES);
    if encoded.len() > MAX_FRAME_BYTES {
        return Err(io::Error::other("a frame is too large"));
    }
    // Its length is below the limit, so the cast cannot cut it.
    #[allow(clippy::cast_possible_truncation)]
    let head = u64::from(crc32fast::hash(encoded)) << 32 | u64::from(encoded.len() as u32);
    header.copy_from_slice(&head.to_le_bytes());
    buffer.unsplit(body);
    Ok(())
}

/// Takes the first frame off a buffer, if all of it is there.
///
/// # Errors
///
/// If it is larger than `limit`, or its checksum is wrong. What follows makes no sense then.
pub fn pop(buffer: &mut BytesMut, limit: usize) -> io::Result<Option<Bytes>> {
    let Some(header) = buffer.first_chunk::<HEADER_BYTES>() else { return Ok(None) };
    let head = u64::from_le_bytes(*header);
    let (checksum, len) = (head >> 32, usize::try_from(head & 0xffff_ffff).unwrap_or(usize::MAX));
    if len > limit {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "a frame is too large"));
    }
    if buffer.len().saturating_sub(HEADER_BYTES) < len {
        return Ok(None);
    }
    buffer.advance(HEADER_BYTES);
    let body = buffer.split_to(len).freeze();
    if u64::from(crc32fast::hash(&body)) != checksum {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "a frame is not what was sent"));
    }
    Ok(Some(body))
}

/// Reads frames. Memory grows with what has arrived, not with what a header claims.
#[derive(Debug)]
pub struct FrameReader<R> {
    stream: R,
    buffer: BytesMut,
}

impl<R: AsyncRead + Unpin> FrameReader<R> {
    /// Reads from this.
    pub fn new(stream: R) -> Self {
        Self { stream, buffer: BytesMut::new() }
    }

    /// The stream; what was read of it is lost.
    pub fn into_inner(self) -> R {
        self.stream
    }

    /// The next frame; `None` when the connection has ended between two frames. It may be given up
    /// at any time, and called again.
    ///
    /// # Errors
    ///
    /// Those of the connection, and of [`pop`].
    pub async fn next(&mut self, limit: usize) -> io::Result<Option<Bytes>> {
        loop {
            if let Some(body) = pop(&mut self.buffer, limit)? {
                return Ok(Some(body));
            }
            self.buffer.reserve(0x4000);
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                let is_whole = self.buffer.is_empty();
                return if is_whole { Ok(None) } else { Err(io::ErrorKind::UnexpectedEof.into()) };
            }
        }
    }
}

/// Decodes the body of a frame.
///
/// # Errors
///
/// If it is not the encoding of such a value, or has bytes behind it.
pub fn decode<'a, T: Deserialize<'a>>(body: &'a [u8]) -> io::Result<T> {
    match postcard::take_from_bytes(body) {
        Ok((value, [])) => Ok(value),
        Ok(_) => Err(io::Error::new(io::ErrorKind::InvalidData, "a frame has too many bytes")),
        Err(error) => Err(io::Error::new(io::ErrorKind::InvalidData, error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn submission() -> Outgoing<'static> {
        let commands = vec![(3, Bytes::from("a")), (5, Bytes::from(vec![7; 300]))];
        Packet::Submit(Submission { term: 4, life: 9, commands })
    }

    #[test]
    fn frames_survive_any_cut() {
        let mut bytes = BytesMut::new();
        push(&mut bytes, &submission()).unwrap();
        push_bytes(&mut bytes, b"").unwrap();
        for cut in 0..bytes.len() {
            let mut buffer = BytesMut::from(&bytes[..cut]);
            let early = pop(&mut buffer, MAX_FRAME_BYTES).unwrap();
            assert_eq!(early.is_some(), cut >= bytes.len() - HEADER_BYTES);
            buffer.extend_from_slice(&bytes[cut..]);
            let body = early.or_else(|| pop(&mut buffer, MAX_FRAME_BYTES).unwrap()).unwrap();
            let Packet::Submit(got) = decode::<Incoming>(&body).unwrap() else { panic!() };
            assert_eq!(Packet::Submit(got), submission());
            assert_eq!(pop(&mut buffer, 0).unwrap(), Some(Bytes::new()));
            assert!(buffer.is_empty());
        }
    }

    #[test]
    fn what_is_not_a_frame_is_refused() {
        let mut bytes = BytesMut::new();
        push(&mut bytes, &submission()).unwrap();
        assert!(pop(&mut bytes.clone(), 100).is_err(), "larger than the limit");
        for place in 4..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[place] ^= 0x10;
            assert!(pop(&mut damaged, MAX_FRAME_BYTES).is_err(), "a bit at {place}");
        }
        let mut behind = bytes.split_off(HEADER_BYTES);
        behind.put_u8(0);
        assert!(decode::<Incoming>(&behind).is_err(), "a byte too many");
        assert!(decode::<Hello>(b"").is_err());
        let mut buffer = BytesMut::from(&b"as it was"[..]);
        assert!(push_bytes(&mut buffer, &vec![0; MAX_FRAME_BYTES + 1]).is_err());
        assert_eq!(buffer, "as it was");
    }
}

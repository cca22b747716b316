//! A client of etcd, as lean as it can be: gRPC by hand, with one stream at a time.
//!
//! The driver shares its processors with the nodes, so a client with a library's comfort would make
//! etcd look slower than it is. A unary call of gRPC that succeeds has a message in its answer, and
//! one that fails has none; that is all that has to be known of it.

use std::net::SocketAddr;

use anyhow::{Context, Result, bail, ensure};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::client::{KEY_BYTES, Key, VALUE_BYTES, Value};

// Kinds of frames, RFC 9113, section 6.
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GOAWAY: u8 = 7;
const WINDOW_UPDATE: u8 = 8;
const FRAME_HEADER_BYTES: usize = 9;

const ACK: u8 = 1;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

const PUT: &str = "/etcdserverpb.KV/Put";
const RANGE: &str = "/etcdserverpb.KV/Range";

/// A connection, and what has arrived.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    /// The stream of the last call, 0 if there was none.
    last_stream: u32,
    sent: Vec<u8>,
    received: Vec<u8>,
}

/// Whether the node is the leader, from its metrics.
pub async fn leads(node: SocketAddr) -> Result<bool> {
    let mut stream = TcpStream::connect(node).await?;
    stream.write_all(b"GET /metrics HTTP/1.0\r\n\r\n").await?;
    let mut text = String::new();
    stream.read_to_string(&mut text).await?;
    Ok(text.contains("\netcd_server_is_leader 1\n"))
}

impl Connection {
    pub async fn open(node: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(node).await?;
        stream.set_nodelay(true)?;
        let mut sent = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
        push_frame(&mut sent, SETTINGS, 0, 0, &[]);
        // More than the answers of a run have, so that the window of the connection never moves.
        push_frame(&mut sent, WINDOW_UPDATE, 0, 0, &0x7FFE_0000_u32.to_be_bytes());
        Ok(Self { stream, last_stream: 0, sent, received: Vec::with_capacity(4_096) })
    }

    pub async fn put(&mut self, key: &Key, value: &Value) -> Result<()> {
        let mut request = [0; 2 + KEY_BYTES + 2 + VALUE_BYTES];
        request[..2].copy_from_slice(&[0x0A, KEY_BYTES as u8]);
        request[2..][..KEY_BYTES].copy_from_slice(key);
        request[2 + KEY_BYTES..][..2].copy_from_slice(&[0x12, VALUE_BYTES as u8]);
        request[4 + KEY_BYTES..].copy_from_slice(value);
        self.call(PUT, &request).await.context("Put")?;
        Ok(())
    }

    pub async fn range(&mut self, key: &Key) -> Result<()> {
        let mut request = [0; 2 + KEY_BYTES];
        request[..2].copy_from_slice(&[0x0A, KEY_BYTES as u8]);
        request[2..].copy_from_slice(key);
        let bytes = self.call(RANGE, &request).await.context("Range")?;
        ensure!(bytes > KEY_BYTES + VALUE_BYTES, "Range: the key is not there");
        Ok(())
    }

    /// Makes a call, and tells how many bytes its answer has.
    async fn call(&mut self, path: &str, request: &[u8]) -> Result<usize> {
        let is_first = self.last_stream == 0;
        self.last_stream = if is_first { 1 } else { self.last_stream + 2 };
        let id = self.last_stream;
        push_frame(&mut self.sent, HEADERS, END_HEADERS, id, &header_block(path, is_first));
        let len = u32::try_from(request.len())?.to_be_bytes();
        let message = [&[0], &len[..], request].concat();
        push_frame(&mut self.sent, DATA, END_STREAM, id, &message);

        let mut answer_bytes = 0;
        loop {
            if !self.sent.is_empty() {
                self.stream.write_all(&self.sent).await?;
                self.sent.clear();
            }
            if self.stream.read_buf(&mut self.received).await? == 0 {
                bail!("the node hung up");
            }
            let mut at = 0;
            let mut is_over = false;
            while let Some((kind, flags, payload)) = frame(&self.received[at..]) {
                at += FRAME_HEADER_BYTES + payload.len();
                match kind {
                    DATA => answer_bytes += payload.len(),
                    HEADERS => is_over |= flags & END_STREAM != 0,
                    SETTINGS if flags & ACK == 0 => {
                        push_frame(&mut self.sent, SETTINGS, ACK, 0, &[]);
                    }
                    PING if flags & ACK == 0 => push_frame(&mut self.sent, PING, ACK, 0, payload),
                    RST_STREAM | GOAWAY => bail!("the node ended the call"),
                    _ => {}
                }
            }
            self.received.drain(..at);
            if is_over {
                // What is still to be said goes with the next call.
                ensure!(answer_bytes > 0, "the call failed");
                return Ok(answer_bytes);
            }
        }
    }
}

/// The header fields of a call, by RFC 7541. The first call has the node remember those that never
/// change; the last of them is the entry 62.
fn header_block(path: &str, is_first: bool) -> Vec<u8> {
    const POST: u8 = 0x83;
    const SCHEME_HTTP: u8 = 0x86;
    const REMEMBER: u8 = 0x40;
    const AUTHORITY: u8 = 1;
    const PATH: u8 = 4;
    const CONTENT_TYPE: u8 = 31;
    const NEW_NAME: u8 = 0;
    let mut block = vec![POST, SCHEME_HTTP, PATH];
    push_text(&mut block, path);
    if !is_first {
        block.extend([0x80 | 64, 0x80 | 63, 0x80 | 62]);
        return block;
    }
    block.push(REMEMBER | AUTHORITY);
    push_text(&mut block, "localhost");
    block.push(REMEMBER | CONTENT_TYPE);
    push_text(&mut block, "application/grpc");
    block.push(REMEMBER | NEW_NAME);
    push_text(&mut block, "te");
    push_text(&mut block, "trailers");
    block
}

/// Text of less than 127 bytes.
fn push_text(block: &mut Vec<u8>, text: &str) {
    block.push(text.len() as u8);
    block.extend_from_slice(text.as_bytes());
}

fn push_frame(to: &mut Vec<u8>, kind: u8, flags: u8, stream: u32, payload: &[u8]) {
    to.extend_from_slice(&(payload.len() as u32).to_be_bytes()[1..]);
    to.extend([kind, flags]);
    to.extend_from_slice(&stream.to_be_bytes());
    to.extend_from_slice(payload);
}

/// The kind, the flags and the payload of the first frame, if it is all there.
fn frame(bytes: &[u8]) -> Option<(u8, u8, &[u8])> {
    let (header, rest) = bytes.split_at_checked(FRAME_HEADER_BYTES)?;
    let len = u32::from_be_bytes([0, header[0], header[1], header[2]]);
    Some((header[3], header[4], rest.get(..usize::try_from(len).ok()?)?))
}

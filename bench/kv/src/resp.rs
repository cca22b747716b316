//! A client of the Redis protocol, as lean as it can be.

use std::net::SocketAddr;

use anyhow::{Result, bail, ensure};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::client::{Key, VALUE_BYTES, Value};

/// A connection, and what has arrived.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    sent: Vec<u8>,
    received: Vec<u8>,
}

/// Whether the node is the leader.
pub async fn leads(node: SocketAddr) -> Result<bool> {
    let mut connection = Connection::open(node).await?;
    let text = connection.request(&[b"INFO"]).await?;
    Ok(text.windows(13).any(|line| line == b"\nrole:leader\r"))
}

impl Connection {
    pub async fn open(node: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(node).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, sent: Vec::new(), received: Vec::with_capacity(4_096) })
    }

    pub async fn set(&mut self, key: &Key, value: &Value) -> Result<()> {
        let reply = self.request(&[b"SET", key, value]).await?;
        ensure!(reply == b"+OK\r\n", "SET: {}", String::from_utf8_lossy(reply));
        Ok(())
    }

    pub async fn get(&mut self, key: &Key) -> Result<()> {
        let reply = self.request(&[b"GET", key]).await?;
        let is_value = reply.starts_with(b"$64\r\n") && reply.len() == 5 + VALUE_BYTES + 2;
        ensure!(is_value, "GET: {}", String::from_utf8_lossy(reply));
        Ok(())
    }

    async fn request(&mut self, words: &[&[u8]]) -> Result<&[u8]> {
        self.sent.clear();
        self.sent.extend_from_slice(format!("*{}\r\n", words.len()).as_bytes());
        for word in words {
            self.sent.extend_from_slice(format!("${}\r\n", word.len()).as_bytes());
            self.sent.extend_from_slice(word);
            self.sent.extend_from_slice(b"\r\n");
        }
        self.stream.write_all(&self.sent).await?;
        self.received.clear();
        loop {
            if self.stream.read_buf(&mut self.received).await? == 0 {
                bail!("the node hung up");
            }
            if is_whole(&self.received)? {
                return Ok(&self.received);
            }
        }
    }
}

/// Whether these bytes are a reply: a line, or a length and so many bytes.
fn is_whole(reply: &[u8]) -> Result<bool> {
    let Some(end) = reply.windows(2).position(|pair| pair == b"\r\n") else { return Ok(false) };
    match reply {
        [b'$', b'-', ..] => Ok(true),
        [b'$', ..] => {
            Ok(reply.len() >= end + 2 + str::from_utf8(&reply[1..end])?.parse::<usize>()? + 2)
        }
        _ => Ok(true),
    }
}

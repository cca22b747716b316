//! One connection of a client, to either system.

use std::{
    net::SocketAddr,
    path::PathBuf,
    process::{Command, Stdio},
    sync::Arc,
};

use anyhow::{Context, Result};

use crate::{etcd, resp};

pub const KEY_BYTES: usize = 16;
pub const VALUE_BYTES: usize = 64;
pub type Key = [u8; KEY_BYTES];
pub type Value = [u8; VALUE_BYTES];

/// What is measured.
#[derive(Clone, Debug)]
pub enum System {
    /// The program `synod-kv`.
    Synod(PathBuf),
    /// Debian's etcd.
    Etcd,
}

impl System {
    pub fn name(&self) -> &'static str {
        match self {
            Self::Synod(_) => "synod-kv",
            Self::Etcd => "etcd",
        }
    }

    /// The first line of what the program says of itself.
    pub fn version(&self) -> Result<String> {
        let program = match self {
            Self::Synod(path) => path.as_os_str(),
            Self::Etcd => "etcd".as_ref(),
        };
        let output = Command::new(program).arg("--version").stderr(Stdio::null()).output();
        let output = output.with_context(|| program.display().to_string())?;
        let text = String::from_utf8_lossy(&output.stdout);
        Ok(text.lines().next().unwrap_or(self.name()).to_owned())
    }

    /// Whether the node at this address is the leader.
    pub async fn leads(&self, node: SocketAddr) -> Result<bool> {
        match self {
            Self::Synod(_) => resp::leads(node).await,
            Self::Etcd => etcd::leads(node).await,
        }
    }
}

/// A connection with one request on its way at a time.
#[derive(Debug)]
pub enum Client {
    Synod(resp::Connection),
    Etcd(etcd::Connection),
}

impl Client {
    pub async fn connect(system: &System, node: SocketAddr) -> Result<Self> {
        Ok(match system {
            System::Synod(_) => Self::Synod(resp::Connection::open(node).await?),
            System::Etcd => Self::Etcd(etcd::Connection::open(node).await?),
        })
    }

    pub async fn put(&mut self, key: &Key, value: &Value) -> Result<()> {
        match self {
            Self::Synod(connection) => connection.set(key, value).await,
            Self::Etcd(connection) => connection.put(key, value).await,
        }
    }

    /// Reads a key that exists, linearizably.
    pub async fn get(&mut self, key: &Key) -> Result<()> {
        match self {
            Self::Synod(connection) => connection.get(key).await,
            Self::Etcd(connection) => connection.range(key).await,
        }
    }
}

/// Connects, and writes: that a node takes writes.
pub async fn try_write(system: Arc<System>, node: SocketAddr) -> Result<()> {
    let mut client = Client::connect(&system, node).await?;
    client.put(b"a key of no load", &[b'-'; VALUE_BYTES]).await?;
    client.get(b"a key of no load").await
}

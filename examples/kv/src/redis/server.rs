//! What the connections of one node share.

use std::{
    sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed},
    time::Instant,
};

use crate::redis::limits::Limits;

/// What the connections of one node share, and count.
#[derive(Debug)]
pub struct Server {
    /// The bounds of each of them, and of all together.
    pub limits: Limits,
    /// Where clients connect.
    pub tcp_port: u16,
    started: Instant,
    connected: AtomicU64,
    held_bytes: AtomicUsize,
    pub(crate) accepted: AtomicU64,
    pub(crate) rejected: AtomicU64,
    pub(crate) commands: AtomicU64,
    pub(crate) writes: AtomicU64,
    pub(crate) reads: AtomicU64,
}

impl Server {
    /// Nobody has connected yet.
    #[must_use]
    pub fn new(limits: Limits, tcp_port: u16) -> Self {
        Self {
            limits,
            tcp_port,
            started: Instant::now(),
            connected: AtomicU64::new(0),
            held_bytes: AtomicUsize::new(0),
            accepted: AtomicU64::new(0),
            rejected: AtomicU64::new(0),
            commands: AtomicU64::new(0),
            writes: AtomicU64::new(0),
            reads: AtomicU64::new(0),
        }
    }

    /// How many clients are connected.
    #[must_use]
    pub fn connected(&self) -> u64 {
        self.connected.load(Relaxed)
    }

    /// How many bytes their connections hold, beside the first of each.
    #[must_use]
    pub fn held_bytes(&self) -> usize {
        self.held_bytes.load(Relaxed)
    }

    pub(crate) fn uptime_s(&self) -> u64 {
        self.started.elapsed().as_secs()
    }

    /// A place for one more connection, with its number; `None` if there are too many.
    pub(crate) fn admit(&self) -> Option<Place<'_>> {
        let id = self.accepted.fetch_add(1, Relaxed).saturating_add(1);
        let place = Place { server: self, id, held_bytes: 0 };
        let others = self.connected.fetch_add(1, Relaxed);
        if others >= self.limits.connections {
            self.rejected.fetch_add(1, Relaxed);
            return None;
        }
        Some(place)
    }
}

/// The place of one connection, which is given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Place<'a> {
    server: &'a Server,
    pub(crate) id: u64,
    held_bytes: usize,
}

impl Place<'_> {
    /// What a connection may hold in any case.
    const FREE_BYTES: usize = 64 << 10;

    /// Says how much memory the connection holds, and finds out whether that is too much for all.
    pub(crate) fn hold(&mut self, bytes: usize) -> bool {
        let bytes = bytes.saturating_sub(Self::FREE_BYTES);
        let before = core::mem::replace(&mut self.held_bytes, bytes);
        if bytes <= before {
            self.server.held_bytes.fetch_sub(before.saturating_sub(bytes), Relaxed);
            return true;
        }
        let more = bytes.saturating_sub(before);
        let others = self.server.held_bytes.fetch_add(more, Relaxed);
        others.saturating_add(more) <= self.server.limits.total_bytes
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.hold(0);
        self.server.connected.fetch_sub(1, Relaxed);
    }
}

//! Operations of the registry.

use core::fmt::Write;

use synod_failure_detect::{Full, HeartbeatError, Level};

use super::{Peers, PhiNormal};
use crate::text::Buffer;

operations! {
    "Registry::new" => fn(max_late_us: u64) -> Peers {
        Peers::new(max_late_us)
    }
    "Registry::insert" => fn(peers: &mut Peers, id: u16, peer: PhiNormal) -> Result<Option<PhiNormal>, Full> {
        peers.insert(id, peer).map_err(|(full, _)| full)
    }
    "Registry::remove" => fn(peers: &mut Peers, id: u16) -> Option<PhiNormal> {
        peers.remove(id)
    }
    "Registry::get" => fn(peers: &'static Peers, id: u16) -> Option<&'static PhiNormal> {
        peers.get(id)
    }
    "Registry::iter" => fn(peers: &Peers) -> u16 {
        peers.iter().fold(0, |all, (id, _)| all ^ id)
    }
    "Registry::len" => fn(peers: &Peers) -> usize {
        peers.len()
    }
    "Registry::is_empty" => fn(peers: &Peers) -> bool {
        peers.is_empty()
    }
    "Registry::heartbeat" => fn(
        peers: &mut Peers, now_us: u64, id: u16, sequence: u64
    ) -> Result<(), HeartbeatError> {
        peers.heartbeat(now_us, id, sequence)
    }
    "Registry::handle_timeout" => fn(peers: &mut Peers, now_us: u64) {
        peers.handle_timeout(now_us);
    }
    "Registry::handle_pause" => fn(peers: &mut Peers, now_us: u64) {
        peers.handle_pause(now_us);
    }
    "Registry::poll_timeout" => fn(peers: &Peers) -> Option<u64> {
        peers.poll_timeout()
    }
    "Registry::poll_output" => fn(peers: &mut Peers) -> Option<(u16, Level)> {
        peers.poll_output()
    }
    "HeartbeatError as Display" => fn(
        error: HeartbeatError, buffer: &mut Buffer
    ) -> core::fmt::Result {
        write!(buffer, "{error}")
    }
}

//! What `INFO` says.

use std::{
    fmt::{self, Write},
    fs, process,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
};

use synod_consensus_core::raft::{PeerStatus, Replication, Role};

use crate::{
    node::status::{Peer, Status},
    redis::server::Server,
};

/// The version of Redis whose commands these are.
pub(crate) const REDIS_VERSION: &str = "7.0.0";

type Section = fn(&mut String, &Server, &Status) -> fmt::Result;

const SECTIONS: [(&str, Section); 6] = [
    ("Server", write_server),
    ("Clients", write_clients),
    ("Memory", write_memory),
    ("Stats", write_stats),
    ("Synod", write_synod),
    ("Keyspace", write_keyspace),
];

/// The sections of these names, in small letters; all of them if there is none.
#[must_use]
pub(crate) fn text(server: &Server, status: &Status, names: &[String]) -> String {
    let is_all = names.iter().any(|name| ["all", "default", "everything"].contains(&name.as_str()));
    let mut text = String::new();
    for (name, write) in SECTIONS {
        if names.is_empty() || is_all || names.contains(&name.to_ascii_lowercase()) {
            let blank = if text.is_empty() { "" } else { "\r\n" };
            text.push_str(&format!("{blank}# {name}\r\n"));
            // A string takes all that it is given.
            let _ = write(&mut text, server, status);
        }
    }
    text
}

fn write_server(text: &mut String, server: &Server, status: &Status) -> fmt::Result {
    write!(text, "server:synod-kv\r\nversion:{}\r\n", env!("CARGO_PKG_VERSION"))?;
    write!(text, "redis_version:{REDIS_VERSION}\r\nprocess_id:{}\r\n", process::id())?;
    write!(text, "run_id:{:016x}\r\ntcp_port:{}\r\n", status.life, server.tcp_port)?;
    write!(text, "uptime_in_seconds:{}\r\n", server.uptime_s())
}

fn write_clients(text: &mut String, server: &Server, _: &Status) -> fmt::Result {
    write!(text, "connected_clients:{}\r\n", server.connected())?;
    write!(text, "maxclients:{}\r\n", server.limits.connections)
}

fn write_memory(text: &mut String, _: &Server, _: &Status) -> fmt::Result {
    write!(text, "used_memory_rss:{}\r\n", resident_bytes())
}

fn write_stats(text: &mut String, server: &Server, _: &Status) -> fmt::Result {
    let count = |counter: &AtomicU64| counter.load(Relaxed);
    write!(text, "total_connections_received:{}\r\n", count(&server.accepted))?;
    write!(text, "rejected_connections:{}\r\n", count(&server.rejected))?;
    write!(text, "total_commands_processed:{}\r\n", count(&server.commands))?;
    write!(
        text,
        "total_writes:{}\r\ntotal_reads:{}\r\n",
        count(&server.writes),
        count(&server.reads)
    )
}

fn write_synod(text: &mut String, _: &Server, status: &Status) -> fmt::Result {
    let raft = &status.raft;
    let role = match raft.leadership.role {
        Role::Leader => "leader",
        Role::Candidate => "candidate",
        Role::PreCandidate => "pre_candidate",
        Role::Follower => "follower",
    };
    let leader = raft.leadership.leader.map_or_else(|| "none".to_owned(), |id| id.0.to_string());
    write!(text, "node_id:{}\r\nrole:{role}\r\n", raft.id.0)?;
    write!(text, "term:{}\r\nleader:{leader}\r\n", raft.leadership.term)?;
    write!(text, "last_index:{}\r\ndurable_index:{}\r\n", raft.last.index, raft.durable)?;
    write!(text, "commit_index:{}\r\napplied_index:{}\r\n", raft.committed, raft.applied)?;
    write!(text, "snapshot_index:{}\r\n", status.snapshot)?;
    write!(text, "waiting_writes:{}\r\n", status.waiting_writes)?;
    write!(text, "waiting_reads:{}\r\n", status.waiting_reads)?;
    write!(text, "disk_commits:{}\r\n", status.commits)?;
    for Peer { id, connected, progress } in &status.peers {
        write!(text, "peer_{id}:")?;
        if let Some(PeerStatus { replication, matched, .. }) = progress {
            let state = match replication {
                Replication::Probing => "probe",
                Replication::Pipelining => "replicate",
                Replication::Snapshot => "snapshot",
            };
            let lag = raft.last.index.saturating_sub(*matched);
            write!(text, "state={state},matched={matched},lag={lag},")?;
        }
        write!(text, "connected={}\r\n", u8::from(*connected))?;
    }
    Ok(())
}

fn write_keyspace(text: &mut String, _: &Server, status: &Status) -> fmt::Result {
    write!(text, "db0:keys={},expires={}\r\n", status.keys, status.expires)
}

/// How much memory the process has, where the system tells; else 0.
fn resident_bytes() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    kib.map_or(0, |kib| kib.saturating_mul(1_024))
}

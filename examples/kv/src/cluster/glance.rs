//! What a node's `INFO` tells, read by the tools around it.

use std::{collections::BTreeMap, io, net::SocketAddr, str::FromStr, time::Duration};

use crate::cluster::remote::{Answer, Remote};

/// What a node says of itself. What it left out is zero, or nobody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Glance {
    /// Its number.
    pub id: u64,
    /// What it is in its term, such as `leader`.
    pub role: String,
    /// Its term.
    pub term: u64,
    /// Who leads, as far as it knows.
    pub leader: Option<u64>,
    /// The last one that it knows to be committed.
    pub commit_index: u64,
    /// The last one that it has applied.
    pub applied_index: u64,
    /// Writes that it has answered since its start.
    pub writes: u64,
    /// Reads that it has answered since its start.
    pub reads: u64,
    /// What it takes of the machine's memory.
    pub memory_bytes: u64,
    /// Connections of clients.
    pub clients: u64,
    /// How many keys it has.
    pub keys: u64,
    /// Its peers, as it sees them.
    pub peers: BTreeMap<u64, PeerGlance>,
}

/// What a node says of a peer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct PeerGlance {
    /// How many entries the peer lacks. Only a leader knows.
    pub lag: u64,
    /// Whether there is a connection.
    pub connected: bool,
}

impl Glance {
    /// Reads what `INFO` answered; nothing if that is not a node of Synod.
    #[must_use]
    pub(super) fn parse(text: &str) -> Option<Self> {
        let fields: BTreeMap<&str, &str> =
            text.lines().filter_map(|line| line.trim_end().split_once(':')).collect();
        if fields.get("server") != Some(&"synod-kv") {
            return None;
        }
        let number = |name: &str| number(&fields, name);
        Some(Self {
            id: fields.get("node_id")?.parse().ok()?,
            role: fields.get("role").copied().unwrap_or("unknown").to_owned(),
            term: number("term"),
            leader: fields.get("leader").and_then(|leader| leader.parse().ok()),
            commit_index: number("commit_index"),
            applied_index: number("applied_index"),
            writes: number("total_writes"),
            reads: number("total_reads"),
            memory_bytes: number("used_memory_rss"),
            clients: number("connected_clients"),
            keys: fields.get("db0").map_or(0, |db| self::number(&pairs(db), "keys")),
            peers: fields.iter().filter_map(|(name, value)| peer(name, value)).collect(),
        })
    }

    /// Whether it leads.
    #[must_use]
    pub(super) fn leads(&self) -> bool {
        self.role == "leader"
    }

    /// Asks a node.
    ///
    /// # Errors
    ///
    /// If it does not answer in time, or is no node of Synod.
    pub(super) async fn ask(remote: &mut Remote, patience: Duration) -> io::Result<Self> {
        match remote.call(&["INFO"], patience).await? {
            Answer::BulkString(text) => Self::parse(&String::from_utf8_lossy(&text)),
            _ => None,
        }
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "not a node of synod-kv"))
    }

    /// Connects to a node and asks it.
    ///
    /// # Errors
    ///
    /// If it does not answer in time, or is no node of Synod.
    pub(super) async fn at(address: SocketAddr, patience: Duration) -> io::Result<Self> {
        Self::ask(&mut Remote::connect(address, patience).await?, patience).await
    }
}

/// The leader that a majority follows, if one does, and how many that are. A node that has not
/// answered follows nobody.
#[must_use]
pub(super) fn majority(nodes: &[Option<Glance>]) -> Option<(u64, usize)> {
    let known = nodes.iter().flatten();
    let leader = known.clone().filter(|node| node.leads()).max_by_key(|node| node.term)?;
    let follows = |node: &&Glance| node.term == leader.term && node.leader == Some(leader.id);
    let followers = known.filter(follows).count();
    let voters = leader.peers.len().saturating_add(1).max(nodes.len());
    (followers > voters / 2).then_some((leader.id, followers))
}

fn peer(name: &str, value: &str) -> Option<(u64, PeerGlance)> {
    let id = name.strip_prefix("peer_")?.parse().ok()?;
    let fields = pairs(value);
    let connected = fields.get("connected") == Some(&"1");
    Some((id, PeerGlance { lag: number(&fields, "lag"), connected }))
}

fn pairs(value: &str) -> BTreeMap<&str, &str> {
    value.split(',').filter_map(|pair| pair.split_once('=')).collect()
}

fn number<T: FromStr + Default>(fields: &BTreeMap<&str, &str>, name: &str) -> T {
    fields.get(name).and_then(|value| value.parse().ok()).unwrap_or_default()
}

#[cfg(test)]
pub(crate) mod tests {
    use std::sync::atomic::Ordering::Relaxed;

    use synod_consensus_core::{
        NodeId,
        raft::{Leadership, LogId, PeerStatus, Replication, Role, Status as RaftStatus},
    };

    use super::*;
    use crate::{
        node::status::{Peer, Status},
        redis::{info, limits::Limits, server::Server},
    };

    fn peer(id: u64, replication: Replication, matched: u64) -> Peer {
        let id = NodeId(id);
        let (next, in_flight, active) = (matched, 0, true);
        let progress = PeerStatus { id, replication, matched, next, in_flight, active };
        let connected = replication == Replication::Pipelining;
        Peer { id, connected, progress: Some(progress) }
    }

    /// What a leader says.
    pub(crate) fn sample() -> String {
        let server = Server::new(Limits::default(), 7002);
        server.writes.store(5_000, Relaxed);
        server.reads.store(4_000, Relaxed);
        let status = Status {
            raft: RaftStatus {
                id: NodeId(2),
                leadership: Leadership { role: Role::Leader, term: 7, leader: Some(NodeId(2)) },
                vote: Some(NodeId(2)),
                last: LogId { term: 7, index: 5_010 },
                durable: 5_009,
                committed: 5_008,
                applied: 5_007,
            },
            peers: vec![
                peer(1, Replication::Pipelining, 5_008),
                peer(3, Replication::Probing, 4_000),
            ],
            life: 0x5f1c,
            snapshot: 0,
            waiting_writes: 1,
            waiting_reads: 0,
            commits: 900,
            keys: 12,
            expires: 1,
        };
        info::text(&server, &status, &[])
    }

    #[test]
    fn info_is_understood() {
        let node = Glance::parse(&sample()).unwrap();
        assert_eq!((node.id, node.term, node.leader, node.keys), (2, 7, Some(2), 12));
        assert_eq!((node.commit_index, node.applied_index), (5008, 5007));
        assert_eq!((node.writes, node.reads, node.clients), (5000, 4000, 0));
        assert!(node.leads());
        assert_eq!(node.peers[&1], PeerGlance { lag: 2, connected: true });
        assert_eq!(node.peers[&3], PeerGlance { lag: 1010, connected: false });
        assert_eq!(node.peers.len(), 2);
    }

    #[test]
    fn garbage_is_nobody() {
        assert_eq!(Glance::parse(""), None);
        assert_eq!(Glance::parse("redis_version:7.0.15\r\nrole:master\r\n"), None);
        let sample = sample();
        for end in 0..sample.len() {
            let _ = Glance::parse(&sample[end..]);
            let _ = Glance::parse(&sample[..end]);
        }
        let odd = "server:synod-kv\nnode_id:1\nterm:-4\nleader:none\npeer_x:lag=1\npeer_9:,,=\n:\n";
        let node = Glance::parse(odd).unwrap();
        assert_eq!((node.id, node.term, node.leader), (1, 0, None));
        assert_eq!(node.peers[&9], PeerGlance::default());
    }

    #[test]
    fn a_majority_must_follow_in_the_same_term() {
        let leader = Glance::parse(&sample()).unwrap();
        let follower = Glance { id: 1, role: "follower".into(), ..leader.clone() };
        let behind = Glance { term: 6, ..follower.clone() };
        let deposed = Glance { id: 3, term: 6, leader: Some(3), ..leader.clone() };
        let some = |node: &Glance| Some(node.clone());
        assert_eq!(majority(&[some(&follower), some(&leader), None]), Some((2, 2)));
        assert_eq!(majority(&[some(&behind), some(&leader), None]), None);
        assert_eq!(majority(&[some(&follower), some(&leader), some(&deposed)]), Some((2, 2)));
        assert_eq!(majority(&[some(&follower), None, some(&deposed)]), None);
        // Two of its three voters were not asked.
        assert_eq!(majority(&[some(&leader)]), None);
    }
}

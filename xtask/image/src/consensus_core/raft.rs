//! A voter, by each rule of elections.

/// What is the same for all rules: the operations of `Raft<5, 4, $rule>`.
macro_rules! voter {
    ($rule:ty) => {
        use synod_consensus_core::{
            Canonical, Members, NodeId,
            raft::{
                AppliedError, Config, Election, LogId, Message, MessageError, Output, PeerStatus,
                PersistedError, ProposeError, Raft, ReadError, ReadToken, Recovered, StartError,
                Status,
            },
        };

        use crate::consensus_core::Log;

        type Rule = $rule;
        type Node = Raft<5, 4, Rule>;
        type Said = <Rule as Election>::Said;
        type Voters = Members<5, <Rule as Election>::System>;

        operations! {
            "Raft::bootstrap_with" => fn(
                config: Config, voters: &Voters, now_us: u64, log: &Log
            ) -> Result<Node, StartError> {
                Node::bootstrap_with(config, voters.clone(), now_us, log)
            }
            "Raft::recover_with" => fn(
                config: Config, voters: &Voters, now_us: u64, recovered: Recovered, log: &Log
            ) -> Result<Node, StartError> {
                Node::recover_with(config, voters.clone(), now_us, recovered, log)
            }
            "Raft::handle_message" => fn(
                node: &mut Node, now_us: u64, from: NodeId, message: &Message<Said>, log: &Log
            ) -> Result<(), MessageError> {
                node.handle_message(now_us, from, message, log)
            }
            "Raft::handle_timeout" => fn(node: &mut Node, now_us: u64, log: &Log) {
                node.handle_timeout(now_us, log);
            }
            "Raft::handle_persisted" => fn(
                node: &mut Node, write_id: u64, log: &Log
            ) -> Result<(), PersistedError> {
                node.handle_persisted(write_id, log)
            }
            "Raft::handle_applied" => fn(node: &mut Node, upto: u64) -> Result<(), AppliedError> {
                node.handle_applied(upto)
            }
            "Raft::poll_timeout" => fn(node: &Node) -> Option<u64> {
                node.poll_timeout()
            }
            "Raft::poll_output" => fn(node: &mut Node, log: &Log) -> Option<Output<Said>> {
                node.poll_output(log)
            }
            "Raft::propose" => fn(
                node: &mut Node, now_us: u64, bytes: usize, log: &Log
            ) -> Result<LogId, ProposeError> {
                node.propose(now_us, bytes, log)
            }
            "Raft::propose_batch" => fn(
                node: &mut Node, now_us: u64, count: u64, largest_bytes: usize, log: &Log
            ) -> Result<LogId, ProposeError> {
                node.propose_batch(now_us, count, largest_bytes, log)
            }
            "Raft::read" => fn(node: &mut Node, now_us: u64) -> Result<ReadToken, ReadError> {
                node.read(now_us)
            }
            "Raft::leader" => fn(node: &Node) -> Option<NodeId> {
                node.leader()
            }
            "Raft::status" => fn(node: &Node) -> Status {
                node.status()
            }
            "Raft::peers" => fn(node: &Node, visit: fn(PeerStatus)) {
                for peer in node.peers() {
                    visit(peer);
                }
            }
            "Raft::voters" => fn(node: &Node) -> &[NodeId] {
                node.voters()
            }
            "Raft::canonical" => fn(node: &Node) -> Canonical<Node> {
                node.canonical()
            }
        }
    };
}

/// What only majorities have.
macro_rules! starts_by_majority {
    () => {
        operations! {
            "Raft::bootstrap" => fn(
                config: Config, voters: &[NodeId], now_us: u64, log: &Log
            ) -> Result<Node, StartError> {
                Node::bootstrap(config, voters, now_us, log)
            }
            "Raft::recover" => fn(
                config: Config, voters: &[NodeId], now_us: u64, recovered: Recovered, log: &Log
            ) -> Result<Node, StartError> {
                Node::recover(config, voters, now_us, recovered, log)
            }
        }
    };
}

mod by_votes {
    voter!(synod_consensus_core::raft::ByVotes);
    starts_by_majority!();
}

mod by_ballots {
    voter!(synod_consensus_core::raft::ByBallots);
    starts_by_majority!();
}

mod by_thresholds {
    voter!(crate::consensus_core::ByThresholds);
}

//! A voter with its log, by each rule of elections.

/// What is the same for all rules: the operations of `Replica<Ring, 5, 4, $rule>`.
macro_rules! replica {
    ($rule:ty) => {
        use core::hash::{Hash, Hasher};

        use synod_capacity::Inline;
        use synod_consensus_core::{
            Members, NodeId,
            raft::{
                AppliedError, Config, Election, Entries, Entry, LogId, Message, PersistedError,
                ProposeError, Raft, ReadError, ReadToken, Recovered, StartError, Status,
                replica::{CompactError, Frame, FrameError, Output, OwnedFrame, Replica},
            },
        };

        use crate::{
            consensus_core::logs::{Payload, Ring},
            wire::{decode, encode},
        };

        type Rule = $rule;
        type Node = Replica<Ring, 5, 4, Rule>;
        type Said = <Rule as Election>::Said;
        type Received = OwnedFrame<Payload, Inline<8>, Said>;
        type Voters = Members<5, <Rule as Election>::System>;

        operations! {
            "Replica::bootstrap_with" => fn(
                config: Config, voters: &Voters, now_us: u64, log: Ring
            ) -> Result<Node, StartError> {
                Node::bootstrap_with(config, voters.clone(), now_us, log)
            }
            "Replica::recover_with" => fn(
                config: Config, voters: &Voters, now_us: u64, recovered: Recovered, log: Ring
            ) -> Result<Node, StartError> {
                Node::recover_with(config, voters.clone(), now_us, recovered, log)
            }
            "Replica::raft" => fn(node: &Node) -> &Raft<5, 4, Rule> {
                node.raft()
            }
            "Replica::log" => fn(node: &Node) -> &Ring {
                node.log()
            }
            "Replica as PartialEq" => fn(a: &Node, b: &Node) -> bool {
                a == b
            }
            "Replica as Hash" => fn(node: &Node, hasher: &mut &mut dyn Hasher) {
                node.hash(hasher);
            }
            "Replica::handle_message" => fn(
                node: &mut Node, now_us: u64, from: NodeId, received: Received
            ) -> Result<(), FrameError> {
                let (message, payloads) = received.into_parts();
                node.handle_message(now_us, from, &message, payloads)
            }
            "Replica::handle_timeout" => fn(node: &mut Node, now_us: u64) {
                node.handle_timeout(now_us);
            }
            "Replica::poll_timeout" => fn(node: &Node) -> Option<u64> {
                node.poll_timeout()
            }
            "Replica::handle_persisted" => fn(
                node: &mut Node, write_id: u64
            ) -> Result<(), PersistedError> {
                node.handle_persisted(write_id)
            }
            "Replica::handle_applied" => fn(node: &mut Node, upto: u64) -> Result<(), AppliedError> {
                node.handle_applied(upto)
            }
            "Replica::poll_output" => fn(node: &mut Node) -> Option<Output<'_, Payload, Said>> {
                node.poll_output()
            }
            "Replica::propose" => fn(
                node: &mut Node, now_us: u64, payload: Payload
            ) -> Result<LogId, (ProposeError, Payload)> {
                node.propose(now_us, payload)
            }
            "Replica::propose_batch" => fn(
                node: &mut Node, now_us: u64, payloads: &[Payload]
            ) -> Result<LogId, ProposeError> {
                node.propose_batch(now_us, payloads.iter().copied())
            }
            "Replica::read" => fn(node: &mut Node, now_us: u64) -> Result<ReadToken, ReadError> {
                node.read(now_us)
            }
            "Replica::compact" => fn(node: &mut Node, upto: u64) -> Result<LogId, CompactError> {
                node.compact(upto)
            }
            "Replica::compactable" => fn(node: &Node) -> Option<LogId> {
                node.compactable()
            }
            "Replica::status" => fn(node: &Node) -> Status {
                node.status()
            }
            "Replica::leader" => fn(node: &Node) -> Option<NodeId> {
                node.leader()
            }
            "Frame as Serialize" => fn(
                message: &Message<Said>, front: &[Entry<Payload>], buffer: &mut [u8]
            ) -> Option<usize> {
                encode(&Frame { message, entries: Entries::new(1, front, &[]) }, buffer)
            }
            "OwnedFrame as Deserialize" => fn(bytes: &[u8]) -> Option<Received> {
                decode(bytes)
            }
            "OwnedFrame::message" => fn(received: &Received) -> &Message<Said> {
                received.message()
            }
            "OwnedFrame::payloads" => fn(received: &Received) -> &[Option<Payload>] {
                received.payloads()
            }
            "OwnedFrame::into_parts" => fn(received: Received) -> (Message<Said>, Option<Option<Payload>>) {
                let (message, mut payloads) = received.into_parts();
                (message, payloads.next())
            }
        }
    };
}

/// What only majorities have.
macro_rules! starts_by_majority {
    () => {
        operations! {
            "Replica::bootstrap" => fn(
                config: Config, voters: &[NodeId], now_us: u64, log: Ring
            ) -> Result<Node, StartError> {
                Node::bootstrap(config, voters, now_us, log)
            }
            "Replica::recover" => fn(
                config: Config, voters: &[NodeId], now_us: u64, recovered: Recovered, log: Ring
            ) -> Result<Node, StartError> {
                Node::recover(config, voters, now_us, recovered, log)
            }
        }
    };
}

mod by_votes {
    replica!(synod_consensus_core::raft::ByVotes);
    starts_by_majority!();
}

mod by_ballots {
    replica!(synod_consensus_core::raft::ByBallots);
    starts_by_majority!();
}

mod by_thresholds {
    replica!(crate::consensus_core::ByThresholds);
}

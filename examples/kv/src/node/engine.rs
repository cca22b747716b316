//! By which rule a cluster elects its leader.

use std::fmt;

use clap::ValueEnum;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use synod_consensus_core::raft::{BallotBody, Election, Never, Said};
use synod_quorum::Majority;

/// By which rule a cluster elects its leader: the same for all its nodes, from the first start on,
/// because a term of one is none of the other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
pub enum Engine {
    /// Raft: whoever has an up-to-date log and a majority of votes
    #[default]
    Raft,
    /// Multi-Paxos: whoever reaches a majority, and completes its log from it
    Paxos,
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Raft => "raft",
            Self::Paxos => "paxos",
        })
    }
}

/// What only nodes of one engine say, and can send.
pub trait Word: Said + Serialize + DeserializeOwned + Send + Sync + 'static {
    /// That engine.
    const ENGINE: Engine;
}

impl Word for Never {
    const ENGINE: Engine = Engine::Raft;
}

impl Word for BallotBody {
    const ENGINE: Engine = Engine::Paxos;
}

/// A rule of elections by majority.
pub trait Rule: Election<System = Majority, Said: Word> {}

impl<E: Election<System = Majority, Said: Word>> Rule for E {}

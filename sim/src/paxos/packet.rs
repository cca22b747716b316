//! What travels between nodes, as text for people.

use alloc::{format, string::String};

use synod_consensus_core::{
    Ballot, Proposal,
    paxos::{Body, Message},
};

use super::node::Value;
use crate::nodes::place;

/// A message for people: ballots as `round.node`, and of a value what suffices to tell it.
pub(super) fn brief(message: &Message<Value>) -> String {
    let name = |ballot: Ballot| format!("{}.{}", ballot.round, place(ballot.proposer));
    let told = |Proposal { ballot, value }| format!("{} {:04x}", name(ballot), value >> 48);
    let said = match message.body {
        Body::Prepare { ballot } => format!("prepare {}", name(ballot)),
        Body::Promise { ballot, accepted: None } => format!("promise {}", name(ballot)),
        Body::Promise { ballot, accepted: Some(proposal) } => {
            format!("promise {}, had {}", name(ballot), told(proposal))
        }
        Body::Accept(proposal) => format!("accept {}", told(proposal)),
        Body::Accepted { ballot } => format!("accepted {}", name(ballot)),
        Body::Rejected { ballot, promised } => {
            format!("rejected {} for {}", name(ballot), name(promised))
        }
        Body::Ask => String::from("ask"),
        Body::Report(proposal) => format!("report {}", told(proposal)),
    };
    format!("#{} {said}", message.instance.number)
}

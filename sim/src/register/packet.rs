//! What travels between nodes, as text for people.

use alloc::{format, string::String};

use synod_consensus_core::{
    Ballot,
    register::{Body, Message, Part, State},
};

use super::op::Value;
use crate::nodes::place;

/// A message for people: ballots as `round.node`, values as the change that made them.
pub(super) fn brief<const N: usize>(message: &Message<Value, N>) -> String {
    let said = match message.body {
        Body::Prepare { ballot } => format!("prepare {}", name(Some(ballot))),
        Body::Promise { ballot, accepted } => {
            let had = (name(accepted.ballot), told(&accepted.state));
            format!("promise {}, had {} {}", name(Some(ballot)), had.0, had.1)
        }
        Body::Accept { ballot, state } => {
            format!("accept {} {}", name(Some(ballot)), told(&state))
        }
        Body::Accepted { ballot } => format!("accepted {}", name(Some(ballot))),
        Body::Rejected { ballot, promised } => {
            format!("rejected {} for {}", name(Some(ballot)), name(Some(promised)))
        }
        Body::Query { life, round } => format!("query {} {round}", name(Some(life))),
        Body::Report { life, round, ballot } => {
            format!("report {} {round}: {}", name(Some(life)), name(ballot))
        }
        Body::Forget { ballot } => format!("forget {}", name(Some(ballot))),
    };
    format!("#{} {said}", message.instance.number)
}

fn name(ballot: Option<Ballot>) -> String {
    ballot.map_or_else(|| String::from("-"), |it| format!("{}.{}", it.round, place(it.proposer)))
}

/// A state for people: its version, its change, and its members, of whom `+` joins and `-` leaves.
pub(super) fn told<const N: usize>(state: &State<Value, N>) -> String {
    let mut text = format!("v{}", name(state.version));
    if let Some(value) = state.value {
        text += &format!("={}", value.tag);
    }
    text += " of ";
    for member in state.members.as_slice() {
        text += match member.part {
            Part::Stays => "",
            Part::Leaves => "-",
            Part::Joins => "+",
        };
        text += &format!("{}", place(member.id));
    }
    text
}

//! Who agrees, and under which ballots.

use core::fmt::{self, Write};

use synod_consensus_core::{Ballot, Members, MembersError, NodeId, Proposal};
use synod_quorum::{Coterie, Flexible, Majority, Threshold, Weighted};

use crate::{
    dropped::Dropped,
    text::Buffer,
    wire::{decode, encode},
};

pub type Value = [u8; 16];
/// Three that decide on keys, by majority.
pub type Three = Members<3>;
/// Five, with a threshold for each phase.
pub type Five = Members<5, Flexible<Threshold>>;
/// Up to seven, of whom some weigh more.
pub type Seven = Members<7, Coterie<Weighted<7>>>;
/// As many as there can be.
type Most = Members<64>;

operations! {
    "Members::majority" => fn(ids: &[NodeId]) -> Result<Three, MembersError> {
        Three::majority(ids)
    }
    "Members::majority (64)" => fn(ids: &[NodeId]) -> Result<Most, MembersError> {
        Most::majority(ids)
    }
    "Members::new" => fn(ids: &[NodeId], system: Majority) -> Result<Three, MembersError> {
        Three::new(ids, system)
    }
    "Members::new (thresholds)" => fn(
        ids: &[NodeId], system: Flexible<Threshold>
    ) -> Result<Five, MembersError> {
        Five::new(ids, system)
    }
    "Members::new (weights)" => fn(
        ids: &[NodeId], system: Coterie<Weighted<7>>
    ) -> Result<Seven, MembersError> {
        Seven::new(ids, system)
    }
    "Members::as_slice" => fn(members: &Five) -> &[NodeId] {
        members.as_slice()
    }
    "Members::system" => fn(members: &Five) -> &Flexible<Threshold> {
        members.system()
    }
    "MembersError as Display" => fn(error: MembersError, buffer: &mut Buffer) -> fmt::Result {
        write!(buffer, "{error}")
    }
    "Ballot as Display" => fn(ballot: Ballot, buffer: &mut Buffer) -> fmt::Result {
        write!(buffer, "{ballot}")
    }
    "Ballot as Serialize" => fn(ballot: Ballot, buffer: &mut [u8]) -> Option<usize> {
        encode(&ballot, buffer)
    }
    "Ballot as Deserialize" => fn(bytes: &[u8]) -> Option<Ballot> {
        decode(bytes)
    }
    "Proposal::as_ref" => fn(proposal: &Proposal<Value>) -> Proposal<&Value> {
        proposal.as_ref()
    }
    "Proposal::cloned" => fn(proposal: Proposal<&Dropped>) -> Proposal<Dropped> {
        proposal.cloned()
    }
    "Proposal as Serialize" => fn(proposal: &Proposal<Value>, buffer: &mut [u8]) -> Option<usize> {
        encode(proposal, buffer)
    }
    "Proposal as Deserialize" => fn(bytes: &[u8]) -> Option<Proposal<Value>> {
        decode(bytes)
    }
}

//! Agreement on one value: who remembers it, who brings it about, who finds it out. What they say
//! and write is in the module.

pub mod host;
mod values;

use synod_consensus_core::{
    Ballot, Canonical, Instance, NodeId, Proposal, UnknownWrite,
    paxos::{
        Acceptor, AcceptorOutput, Config, ConfigError, Learner, LearnerOutput, Message,
        MessageError, Phase, Proposer, ProposerOutput, Record,
    },
};
use synod_quorum::{Coterie, Flexible, Threshold, Weighted};

use super::members::{Five, Seven, Three, Value};
use crate::dropped::Dropped;

pub type Remembering = Acceptor<Value>;
pub type Proposing = Proposer<Value, 3>;
type Counting = Proposer<u32, 5, Flexible<Threshold>>;
type Weighing = Proposer<Dropped, 7, Coterie<Weighted<7>>>;
pub type Learning = Learner<Value, 3>;
type Recounting = Learner<u32, 5, Flexible<Threshold>>;
type Reweighing = Learner<Dropped, 7, Coterie<Weighted<7>>>;

operations! {
    "Acceptor::bootstrap" => fn(instance: Instance, id: NodeId) -> Remembering {
        Remembering::bootstrap(instance, id)
    }
    "Acceptor::recover" => fn(instance: Instance, id: NodeId, record: Record<Value>) -> Remembering {
        Remembering::recover(instance, id, record)
    }
    "Acceptor::handle_message" => fn(
        acceptor: &mut Remembering, from: NodeId, message: Message<Value>
    ) -> Result<(), MessageError> {
        acceptor.handle_message(from, message)
    }
    "Acceptor::handle_message (dropping)" => fn(
        acceptor: &mut Acceptor<Dropped>, from: NodeId, message: Message<Dropped>
    ) -> Result<(), MessageError> {
        acceptor.handle_message(from, message)
    }
    "Acceptor::handle_persisted" => fn(acceptor: &mut Remembering, id: u64) -> Result<(), UnknownWrite> {
        acceptor.handle_persisted(id)
    }
    "Acceptor::poll_output" => fn(acceptor: &mut Remembering) -> Option<AcceptorOutput<'_, Value>> {
        acceptor.poll_output()
    }
    "Acceptor::promised" => fn(acceptor: &Remembering) -> Option<Ballot> {
        acceptor.promised()
    }
    "Acceptor::accepted" => fn(acceptor: &Remembering) -> Option<&Proposal<Value>> {
        acceptor.accepted()
    }
    "Acceptor::canonical" => fn(acceptor: &Acceptor<Dropped>) -> Canonical<Acceptor<Dropped>> {
        acceptor.canonical()
    }
}

operations! {
    "Proposer::bootstrap" => fn(
        config: Config, acceptors: Three, now_us: u64, value: Value
    ) -> Result<Proposing, ConfigError> {
        Proposing::bootstrap(config, acceptors, now_us, value)
    }
    "Proposer::recover" => fn(
        config: Config, acceptors: Three, now_us: u64, reserved: u64, value: Value
    ) -> Result<Proposing, ConfigError> {
        Proposing::recover(config, acceptors, now_us, reserved, value)
    }
    "Proposer::recover (thresholds)" => fn(
        config: Config, acceptors: Five, now_us: u64, reserved: u64, value: u32
    ) -> Result<Counting, ConfigError> {
        Counting::recover(config, acceptors, now_us, reserved, value)
    }
    "Proposer::recover (weights, dropping)" => fn(
        config: Config, acceptors: Seven, now_us: u64, reserved: u64, value: Dropped
    ) -> Result<Weighing, ConfigError> {
        Weighing::recover(config, acceptors, now_us, reserved, value)
    }
    "Proposer::handle_message" => fn(
        proposer: &mut Proposing, now_us: u64, from: NodeId, message: Message<Value>
    ) -> Result<(), MessageError> {
        proposer.handle_message(now_us, from, message)
    }
    "Proposer::handle_message (thresholds)" => fn(
        proposer: &mut Counting, now_us: u64, from: NodeId, message: Message<u32>
    ) -> Result<(), MessageError> {
        proposer.handle_message(now_us, from, message)
    }
    "Proposer::handle_message (weights, dropping)" => fn(
        proposer: &mut Weighing, now_us: u64, from: NodeId, message: Message<Dropped>
    ) -> Result<(), MessageError> {
        proposer.handle_message(now_us, from, message)
    }
    "Proposer::handle_timeout" => fn(proposer: &mut Proposing, now_us: u64) {
        proposer.handle_timeout(now_us);
    }
    "Proposer::handle_timeout (weights, dropping)" => fn(proposer: &mut Weighing, now_us: u64) {
        proposer.handle_timeout(now_us);
    }
    "Proposer::poll_timeout" => fn(proposer: &Proposing) -> Option<u64> {
        proposer.poll_timeout()
    }
    "Proposer::handle_persisted" => fn(proposer: &mut Proposing, id: u64) -> Result<(), UnknownWrite> {
        proposer.handle_persisted(id)
    }
    "Proposer::poll_output" => fn(proposer: &mut Proposing) -> Option<ProposerOutput<'_, Value>> {
        proposer.poll_output()
    }
    "Proposer::poll_output (thresholds)" => fn(
        proposer: &mut Counting
    ) -> Option<ProposerOutput<'_, u32>> {
        proposer.poll_output()
    }
    "Proposer::phase" => fn(proposer: &Proposing) -> Phase {
        proposer.phase()
    }
    "Proposer::ballot" => fn(proposer: &Proposing) -> Option<Ballot> {
        proposer.ballot()
    }
    "Proposer::chosen" => fn(proposer: &Proposing) -> Option<&Value> {
        proposer.chosen()
    }
    "Proposer::into_chosen" => fn(proposer: Proposing) -> Result<Value, Value> {
        proposer.into_chosen()
    }
    "Proposer::into_chosen (dropping)" => fn(proposer: Weighing) -> Result<Dropped, Dropped> {
        proposer.into_chosen()
    }
    "Proposer::canonical" => fn(proposer: &Weighing) -> Canonical<Weighing> {
        proposer.canonical()
    }
}

operations! {
    "Learner::new" => fn(
        config: Config, acceptors: Three, now_us: u64
    ) -> Result<Learning, ConfigError> {
        Learning::new(config, acceptors, now_us)
    }
    "Learner::new (weights, dropping)" => fn(
        config: Config, acceptors: Seven, now_us: u64
    ) -> Result<Reweighing, ConfigError> {
        Reweighing::new(config, acceptors, now_us)
    }
    "Learner::handle_message" => fn(
        learner: &mut Learning, now_us: u64, from: NodeId, message: Message<Value>
    ) -> Result<(), MessageError> {
        learner.handle_message(now_us, from, message)
    }
    "Learner::handle_message (thresholds)" => fn(
        learner: &mut Recounting, now_us: u64, from: NodeId, message: Message<u32>
    ) -> Result<(), MessageError> {
        learner.handle_message(now_us, from, message)
    }
    "Learner::handle_message (weights, dropping)" => fn(
        learner: &mut Reweighing, now_us: u64, from: NodeId, message: Message<Dropped>
    ) -> Result<(), MessageError> {
        learner.handle_message(now_us, from, message)
    }
    "Learner::handle_timeout" => fn(learner: &mut Learning, now_us: u64) {
        learner.handle_timeout(now_us);
    }
    "Learner::poll_timeout" => fn(learner: &Learning) -> Option<u64> {
        learner.poll_timeout()
    }
    "Learner::poll_output" => fn(learner: &mut Learning) -> Option<LearnerOutput<'_, Value>> {
        learner.poll_output()
    }
    "Learner::poll_output (weights)" => fn(
        learner: &mut Reweighing
    ) -> Option<LearnerOutput<'_, Dropped>> {
        learner.poll_output()
    }
    "Learner::chosen" => fn(learner: &Learning) -> Option<&Value> {
        learner.chosen()
    }
    "Learner::into_chosen" => fn(learner: Learning) -> Option<Value> {
        learner.into_chosen()
    }
    "Learner::into_chosen (dropping)" => fn(learner: Reweighing) -> Option<Dropped> {
        learner.into_chosen()
    }
    "Learner::canonical" => fn(learner: &Reweighing) -> Canonical<Reweighing> {
        learner.canonical()
    }
}

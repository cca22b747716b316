//! What the machines of a node want after a call.

use alloc::{format, vec::Vec};

use synod_consensus_core::{
    NodeId,
    paxos::{AcceptorOutput, LearnerOutput, Message, Phase, ProposerOutput, Record},
};

use super::{
    mark::Mark,
    node::{Hosted, Value, What, Write},
    packet,
    world::{System, World, accepted_under},
};
use crate::{
    diary::Mood,
    fault::Fault,
    nodes::place,
    packet::Packet,
    violation::{Verdict, ensure, fail},
};

/// What a machine wants, apart from it.
pub(super) enum Order {
    Write { id: u64, what: What },
    Send { to: NodeId, message: Message<Value>, bytes: Vec<u8> },
    Chosen { value: Value, by_proposer: bool },
    Exhausted,
}

/// The most bytes of a value.
const VALUE: usize = 10;
/// The most bytes of a message, as its documentation says.
const MESSAGE: usize = Message::<Value>::MAX_OVERHEAD + VALUE;
/// The most bytes of a record, as its documentation says.
const RECORD: usize = Record::<Value>::MAX_OVERHEAD + VALUE;

impl<S: System, const N: usize> World<S, N> {
    /// Does what the machines of a decision want after a call, and checks it. The process may be
    /// dead then.
    pub(super) fn drain(&mut self, at: usize, number: u64) -> Verdict {
        self.check_acceptor(at, number)?;
        loop {
            let Some(hosted) = self.nodes[at].hosted.get_mut(&number) else { return Ok(()) };
            let Some(order) = poll(at, hosted)? else { break };
            if self.engine.dies_here() {
                return self.crash(at);
            }
            match order {
                Order::Write { id, what } => {
                    self.engine.trace.note(id);
                    self.engine.write(at, Write { number, id, what });
                }
                Order::Send { to, message, bytes } => {
                    ensure!(to == message.to, "true message", at, "{message:?} to {to}");
                    self.check_sent(at, &message)?;
                    let to = place(to);
                    let [arrives_us, _] = self.engine.send(at, to, Packet(bytes));
                    self.engine.arrow((at, to), arrives_us, || packet::brief(&message));
                }
                Order::Chosen { value, by_proposer } => {
                    self.told(at, number, value, by_proposer)?;
                }
                Order::Exhausted => {
                    let near = self.engine.plan.has(Fault::Maxima);
                    ensure!(near, "rounds are left", at, "of {number}");
                    self.marks.hit(Mark::Exhausted);
                }
            }
            if self.engine.dies_here() {
                return self.crash(at);
            }
        }
        if let Some(hosted) = self.nodes[at].hosted.get(&number) {
            let known = hosted.chosen().map(|chosen| chosen.is_some());
            ensure!(known == hosted.told, "what is chosen is told once", at, "{hosted:?}");
        }
        self.set_timer(at);
        Ok(())
    }

    /// A machine says what is chosen.
    fn told(&mut self, at: usize, number: u64, value: Value, by_proposer: bool) -> Verdict {
        self.engine.diarise(at, Mood::Leads, || format!("#{number} is {:04x}", value >> 48));
        let Some(decision) = self.decisions.get_mut(&number) else { return Ok(()) };
        let is_first = !decision.ledger.is_told();
        decision.ledger.tell(at, value)?;
        self.engine.trace.note(value);
        let part = &decision.parts[at];
        self.marks.hit_if(is_first && by_proposer, Mark::Chosen);
        self.marks.hit_if(!by_proposer, Mark::Learned);
        self.marks.hit_if(by_proposer && part.proposes != Some(value), Mark::Other);
        let Some(hosted) = self.nodes[at].hosted.get_mut(&number) else { return Ok(()) };
        let which = usize::from(by_proposer);
        let before = core::mem::replace(&mut hosted.told[which], true);
        let right = !before && hosted.chosen()[which] == Some(value);
        ensure!(right, "what is chosen is told once", at, "{number}: {value}, {hosted:?}");
        Ok(())
    }

    /// What an acceptor has promised and accepted only grows, and it accepts nothing below what it
    /// has promised.
    fn check_acceptor(&mut self, at: usize, number: u64) -> Verdict {
        let Some(hosted) = self.nodes[at].hosted.get_mut(&number) else { return Ok(()) };
        let Some(acceptor) = &hosted.acceptor else { return Ok(()) };
        let [promised, accepted] = [acceptor.promised(), accepted_under(acceptor)];
        let before = hosted.before;
        let grows = before[0] <= promised && before[1] <= accepted && accepted <= promised;
        ensure!(grows, "promises grow", at, "{acceptor:?} after {before:?}");
        let kept = before[1] == accepted || before[0] <= accepted;
        ensure!(kept, "nothing below a promise", at, "{acceptor:?} after {before:?}");
        hosted.before = [promised, accepted];
        Ok(())
    }

    /// A proposer has been told that its ballot comes too late.
    pub(super) fn mark_beaten(&mut self, at: usize, number: u64) {
        let hosted = self.nodes[at].hosted.get(&number);
        let proposer = hosted.and_then(|hosted| hosted.proposer.as_ref());
        if proposer.is_some_and(|proposer| proposer.phase() == Phase::Waiting) {
            self.marks.hit(Mark::Waited);
            self.engine.diarise(at, Mood::Stands, || format!("#{number} waits"));
        }
    }
}

/// The next thing that a machine of a decision wants.
pub(super) fn poll<S: System, const N: usize>(
    at: usize,
    hosted: &mut Hosted<S, N>,
) -> Verdict<Option<Order>> {
    if let Some(output) = hosted.acceptor.as_mut().and_then(|acceptor| acceptor.poll_output()) {
        return Ok(Some(match output {
            AcceptorOutput::Write { id, record } => {
                let Ok(bytes) = postcard::to_slice(record, &mut [0; RECORD]).map(|it| it.to_vec())
                else {
                    fail!("a record fits", at, "{record:?}");
                };
                Order::Write { id, what: What::Record(bytes) }
            }
            AcceptorOutput::Send { to, message } => send(at, to, &message)?,
        }));
    }
    if let Some(output) = hosted.proposer.as_mut().and_then(|proposer| proposer.poll_output()) {
        return Ok(Some(match output {
            ProposerOutput::Write { id, reserved } => {
                Order::Write { id, what: What::Reserved(reserved) }
            }
            ProposerOutput::Send { to, message } => send(at, to, &message)?,
            ProposerOutput::Chosen(&value) => Order::Chosen { value, by_proposer: true },
            ProposerOutput::Exhausted => Order::Exhausted,
        }));
    }
    let output = hosted.learner.as_mut().and_then(|learner| learner.poll_output());
    Ok(match output {
        Some(LearnerOutput::Send { to, message }) => Some(send(at, to, &message)?),
        Some(LearnerOutput::Chosen(&value)) => Some(Order::Chosen { value, by_proposer: false }),
        None => None,
    })
}

/// A message, encoded as it was lent.
fn send(at: usize, to: NodeId, message: &Message<&Value>) -> Verdict<Order> {
    let Ok(bytes) = postcard::to_slice(message, &mut [0; MESSAGE]).map(|bytes| bytes.to_vec())
    else {
        fail!("a message fits", at, "{message:?}");
    };
    Ok(Order::Send { to, message: message.cloned(), bytes })
}

//! What a register wants after a call.

use alloc::{format, vec::Vec};

use synod_consensus_core::{
    Ballot, NodeId,
    register::{Body, Message, Outcome, Output, ReadToken, Record, State},
};

use super::{
    mark::Mark,
    node::{Hosted, Kept, Write},
    op::Value,
    packet,
    story::nth,
    world::World,
};
use crate::{
    diary::Mood,
    nodes::place,
    packet::Packet,
    violation::{Verdict, ensure, fail},
};

/// What a register wants, apart from it.
pub(super) enum Order<const N: usize> {
    Write { id: u64, record: Record<Value, N>, bytes: Vec<u8> },
    Send { to: NodeId, message: Message<Value, N>, bytes: Vec<u8> },
    Outcome(End<N>),
    Read { token: ReadToken, state: State<Value, N> },
    Forget { floor: Ballot },
}

/// What became of what a node wanted.
#[derive(Clone, Copy, Debug)]
pub(super) enum End<const N: usize> {
    Changed(Ballot),
    Kept(State<Value, N>),
    Reconfigured,
    Unknown,
    Exhausted,
}

impl<const N: usize> World<N> {
    /// Does what a register wants after a call, and checks it. The process may be dead then, or the
    /// register forgotten.
    pub(super) fn drain(&mut self, at: usize, number: u64) -> Verdict {
        while let Some(hosted) = self.nodes[at].hosted.get_mut(&number) {
            let Some(order) = poll(at, hosted)? else { break };
            if self.engine.dies_here() {
                return self.crash(at);
            }
            match order {
                Order::Write { id, record, bytes } => {
                    self.engine.trace.note(id);
                    let life = hosted.life;
                    self.check_polled(at, number, record)?;
                    let what = Kept::Record(bytes);
                    self.engine.write(at, Write { number, life, id, what });
                }
                Order::Send { to, message, bytes } => {
                    ensure!(to == message.to, "true message", at, "{message:?} to {to}");
                    self.check_sent(at, &message)?;
                    let to = place(to);
                    let [arrives_us, _] = self.engine.send(at, to, Packet(bytes));
                    self.engine.arrow((at, to), arrives_us, || packet::brief(&message));
                }
                Order::Outcome(end) => self.end(at, number, end)?,
                Order::Read { token, state } => self.answer(at, number, token, &state)?,
                Order::Forget { floor } => self.forget(at, number, floor)?,
            }
            if self.engine.dies_here() {
                return self.crash(at);
            }
        }
        if let Some(hosted) = self.nodes[at].hosted.get_mut(&number) {
            let is_so = hosted.register.is_busy() == hosted.asked.is_some();
            ensure!(is_so, "what is under way is told", at, "{hosted:?}");
            let members = &hosted.register.latest().members;
            if hosted.waits && !members.as_slice().is_empty() {
                hosted.waits = false;
                self.marks.hit(Mark::Joined);
            }
        }
        self.set_timer(at);
        Ok(())
    }

    /// A record that is to be written: promises grow, and nothing is accepted below one. What it has
    /// of its own is proposed.
    fn check_polled(&mut self, at: usize, number: u64, record: Record<Value, N>) -> Verdict {
        let Some(hosted) = self.nodes[at].hosted.get_mut(&number) else { return Ok(()) };
        if let Some(before) = hosted.polled {
            ensure!(grows(&before, &record), "promises grow", at, "{record:?} over {before:?}");
        }
        let accepted = *record.accepted();
        let before = hosted.polled.and_then(|record| record.accepted().ballot);
        let is_own = |it: &Ballot| place(it.proposer) == at && Some(*it) > before;
        if let Some(ballot) = accepted.ballot.filter(is_own) {
            self.note_proposal(at, number, (ballot, accepted.state))?;
        }
        if let Some(hosted) = self.nodes[at].hosted.get_mut(&number) {
            hosted.polled = Some(record);
        }
        Ok(())
    }

    /// A node has a state of its own.
    pub(super) fn note_proposal(
        &mut self,
        at: usize,
        number: u64,
        (ballot, state): (Ballot, State<Value, N>),
    ) -> Verdict {
        let has_promised = self.disk(at, number)?.and_then(|record| record.promised());
        let story = &mut self.stories[nth(number)];
        let Some(hosted) = self.nodes[at].hosted.get_mut(&number) else { return Ok(()) };
        let asked = ((at, has_promised), (ballot, state));
        if story.ledger.propose(asked.0, hosted, asked.1, &mut self.marks)? {
            hosted.known.insert(ballot);
            self.engine.tempt(at);
        }
        Ok(())
    }

    /// Something that a node wanted is at its end.
    fn end(&mut self, at: usize, number: u64, end: End<N>) -> Verdict {
        self.engine.diarise(at, Mood::Leads, || format!("#{number} {end:?}"));
        let Some(hosted) = self.nodes[at].hosted.get_mut(&number) else { return Ok(()) };
        let Some(asked) = hosted.asked.take() else {
            fail!("an outcome is told once", at, "{end:?}: {hosted:?}");
        };
        self.tell_end(at, number, &asked, end)
    }
}

/// Whether one record may be written over another.
pub(super) fn grows<const N: usize>(before: &Record<Value, N>, after: &Record<Value, N>) -> bool {
    let (from, to) = (before.accepted(), after.accepted());
    before.promised() <= after.promised()
        && from.ballot <= to.ballot
        && to.ballot <= after.promised()
        && (from.ballot != to.ballot || from.state == to.state)
        && (from.ballot == to.ballot || before.promised() <= to.ballot)
}

/// The most bytes of what is encoded here, of nine members.
const BUFFER: usize = 256;

/// The next thing that a register wants.
pub(super) fn poll<const N: usize>(at: usize, hosted: &mut Hosted<N>) -> Verdict<Option<Order<N>>> {
    let Some(output) = hosted.register.poll_output() else { return Ok(None) };
    Ok(Some(match output {
        Output::Write { id, record } => {
            let most = Record::<Value, N>::MAX_OVERHEAD + Value::MAX_BYTES;
            let Ok(bytes) = postcard::to_slice(record, &mut [0; BUFFER]).map(|it| it.to_vec())
            else {
                fail!("a record fits", at, "{record:?}");
            };
            ensure!(bytes.len() <= most, "a record fits", at, "{record:?}");
            Order::Write { id, record: *record, bytes }
        }
        Output::Send { to, message } => {
            let most = Message::<Value, N>::MAX_OVERHEAD + Value::MAX_BYTES;
            let Ok(bytes) = postcard::to_slice(&message, &mut [0; BUFFER]).map(|it| it.to_vec())
            else {
                fail!("a message fits", at, "{message:?}");
            };
            ensure!(bytes.len() <= most, "a message fits", at, "{message:?}");
            Order::Send { to, message: message.cloned(), bytes }
        }
        Output::Outcome(outcome) => Order::Outcome(match outcome {
            Outcome::Changed { version } => End::Changed(version),
            Outcome::Kept(state) => End::Kept(state.cloned()),
            Outcome::Reconfigured => End::Reconfigured,
            Outcome::Unknown => End::Unknown,
            Outcome::Exhausted => End::Exhausted,
        }),
        Output::Read { token, state } => Order::Read { token, state: state.cloned() },
        Output::Forget { floor } => Order::Forget { floor },
    }))
}

/// The ballot of a proposal that comes too late, if that is what is said.
pub(super) const fn rejected<const N: usize>(message: &Message<Value, N>) -> Option<Ballot> {
    match message.body {
        Body::Rejected { ballot, .. } => Some(ballot),
        _ => None,
    }
}

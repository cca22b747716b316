//! A member and its disk.

use synod_consensus_core::{
    Ballot, NodeId,
    register::{
        Body, Config, Membership, Outcome, Output, ReadToken, ReconfigureError, Record, Register,
    },
};

use super::{
    CAPACITY,
    oracle::{Op, Oracle, Since},
    wire::{Held, Letter, Wire},
};
use crate::consensus_core::wire::INSTANCE;

type Node = Register<Op, CAPACITY>;
type Written = Record<u64, CAPACITY>;

/// More than there is to say after any call: an answer of each kind, a question to each, and so on
/// for each thing that is begun on the way.
const MOST_OUTPUTS: usize = 40;

/// A register, its disk, and what its clients wait for.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) id: NodeId,
    register: Node,
    timeout_us: u64,
    /// With whom it begins; nobody if it is to join.
    first: Option<Membership<CAPACITY>>,
    /// Below which an earlier life has forgotten all.
    floor: Option<Ballot>,
    disk: Option<Written>,
    write: Option<(u64, Written)>,
    last_write: u64,
    /// The latest time that it believed.
    clock_us: u64,
    starts: u64,
    changing: Option<(Op, Since)>,
    reading: Vec<(ReadToken, Since)>,
}

/// An output without what it lends.
#[derive(Debug)]
enum Said {
    Write(u64, Written),
    Send(NodeId, Letter),
    Changed(Ballot),
    Kept(Held),
    Done,
    Unknown,
    Read(ReadToken, Held),
    Forget(Ballot),
}

impl Said {
    fn new(output: Output<'_, u64, CAPACITY>) -> Self {
        match output {
            Output::Write { id, record } => Self::Write(id, *record),
            Output::Send { to, message } => Self::Send(to, message.cloned()),
            Output::Outcome(Outcome::Changed { version }) => Self::Changed(version),
            Output::Outcome(Outcome::Kept(state)) => Self::Kept(state.cloned()),
            Output::Outcome(Outcome::Reconfigured) => Self::Done,
            Output::Outcome(Outcome::Unknown | Outcome::Exhausted) => Self::Unknown,
            Output::Read { token, state } => Self::Read(token, state.cloned()),
            Output::Forget { floor } => Self::Forget(floor),
        }
    }
}

impl Member {
    pub(super) fn new(id: NodeId, first: Option<Membership<CAPACITY>>, timeout_us: u64) -> Self {
        Self {
            id,
            register: begin(config(id, timeout_us, 0), first, None, 0),
            timeout_us,
            first,
            floor: None,
            disk: None,
            write: None,
            last_write: 0,
            clock_us: 0,
            starts: 0,
            changing: None,
            reading: Vec::new(),
        }
    }

    pub(super) fn deadline_us(&self) -> Option<u64> {
        self.register.poll_timeout()
    }

    /// Whether no client waits for anything.
    pub(super) const fn is_done(&self) -> bool {
        self.changing.is_none() && self.reading.is_empty()
    }

    pub(super) fn is_member(&self) -> bool {
        self.register.latest().members.contains(self.id)
    }

    /// Hands a message over. Gives whether it was taken, and whether that changed anything.
    pub(super) fn hear(&mut self, now_us: u64, from: NodeId, message: Letter) -> (bool, bool) {
        let before = self.register.clone();
        let taken = self.register.handle_message(now_us, from, message).is_ok();
        let changed = self.register.canonical() != before.canonical();
        if taken {
            self.clock_us = self.clock_us.max(now_us);
        } else {
            assert_eq!(self.register, before, "a refusal leaves no trace");
        }
        self.check_deadline(before.poll_timeout());
        (taken, changed)
    }

    /// The time comes, or another one.
    pub(super) fn time(&mut self, now_us: u64) {
        let (before, deadline_us) = (self.register.canonical(), self.deadline_us());
        self.clock_us = self.clock_us.max(now_us);
        self.register.handle_timeout(now_us);
        if deadline_us.is_none_or(|deadline_us| self.clock_us < deadline_us) {
            assert_eq!((self.register.canonical(), self.deadline_us()), (before, deadline_us));
        }
        self.check_deadline(deadline_us);
    }

    fn check_deadline(&self, before_us: Option<u64>) {
        let deadline_us = self.deadline_us();
        if deadline_us.is_some() && deadline_us != before_us {
            let latest_us = self.clock_us.saturating_add(self.timeout_us.saturating_mul(64));
            assert!(deadline_us >= Some(self.clock_us) && deadline_us <= Some(latest_us));
        }
    }

    /// Asks for what may be refused. Gives what it was not.
    fn ask<T, E>(
        &mut self,
        now_us: u64,
        call: impl FnOnce(&mut Node) -> Result<T, E>,
    ) -> Result<T, E> {
        let before = self.register.clone();
        let asked = call(&mut self.register);
        if asked.is_ok() {
            self.clock_us = self.clock_us.max(now_us);
        } else {
            assert_eq!(self.register, before, "a refusal leaves no trace");
        }
        asked
    }

    pub(super) fn change(&mut self, now_us: u64, op: Op, since: Since) {
        let is_busy = self.register.is_busy();
        match self.ask(now_us, |register| register.change(now_us, op)) {
            Ok(()) => {
                assert!(!is_busy && self.register.is_busy());
                self.changing = Some((op, since));
            }
            Err((_, back)) => assert!(back == op && (is_busy || !self.is_member())),
        }
    }

    pub(super) fn read(&mut self, now_us: u64, since: Since) {
        if let Ok(token) = self.ask(now_us, |register| register.read(now_us)) {
            assert!(self.reading.last().is_none_or(|(last, _)| *last <= token));
            self.reading.push((token, since));
        }
    }

    pub(super) fn reconfigure(&mut self, now_us: u64, members: &[NodeId]) {
        let is_busy = self.register.is_busy();
        let asked = self.ask(now_us, |register| register.reconfigure(now_us, members));
        match asked {
            Ok(()) => assert!(!is_busy && !members.is_empty()),
            Err(ReconfigureError::Change(_)) => assert!(is_busy || !self.is_member()),
            Err(_) => {}
        }
    }

    pub(super) fn forget(&mut self, now_us: u64) {
        let _ = self.ask(now_us, |register| register.forget(now_us));
    }

    pub(super) fn cancel(&mut self) {
        let is_busy = self.register.is_busy();
        let cancelled = self.register.cancel();
        assert_eq!(cancelled.is_some(), is_busy);
        if is_busy {
            self.changing = None;
        }
    }

    /// The write that is on its way is durable.
    pub(super) fn persist(&mut self, oracle: &mut Oracle) {
        if let Some((id, _)) = self.write {
            self.sync(oracle);
            self.register.handle_persisted(id).expect("a write that was polled");
        }
    }

    /// Reports a write that is not on its way.
    pub(super) fn report(&mut self, id: u64) {
        if self.write.is_none_or(|(outstanding, _)| outstanding != id) {
            let before = self.register.clone();
            assert!(self.register.handle_persisted(id).is_err());
            assert_eq!(self.register, before);
        }
    }

    fn sync(&mut self, oracle: &mut Oracle) {
        if let Some((_, record)) = self.write.take() {
            let bytes = postcard::to_allocvec(&record).expect("a record can be encoded");
            assert_eq!(postcard::from_bytes(&bytes), Ok(record), "it can be read again");
            oracle.hold(&record.accepted().state);
            self.disk = Some(record);
        }
    }

    /// The power fails, after the write or before it.
    pub(super) fn crash(&mut self, written: bool, now_us: u64, oracle: &mut Oracle) {
        if written {
            self.sync(oracle);
        }
        self.start(now_us);
    }

    /// It starts with what is on the disk.
    fn start(&mut self, now_us: u64) {
        self.starts += 1;
        let config = config(self.id, self.timeout_us, self.starts);
        self.register = match self.disk {
            Some(record) => Node::recover(config, record, now_us).expect("a timeout"),
            None => begin(config, self.first, self.floor, now_us),
        };
        (self.write, self.last_write, self.clock_us) = (None, 0, now_us);
        self.changing = None;
        self.reading.clear();
    }

    /// Does what the register says, and checks that it may say so.
    pub(super) fn drain(&mut self, wire: &mut Wire, oracle: &mut Oracle) {
        for _ in 0..=MOST_OUTPUTS {
            let Some(output) = self.register.poll_output() else {
                assert!(self.register.poll_output().is_none());
                assert!(self.changing.is_none() || self.register.is_busy());
                return;
            };
            match Said::new(output) {
                Said::Write(id, record) => self.write(id, record),
                Said::Send(to, message) => {
                    self.check_message(to, &message, oracle);
                    assert_ne!(to, self.id);
                    wire.send(self.id, to, message);
                }
                Said::Changed(version) => {
                    let (op, since) = self.changing.take().expect("a change");
                    oracle.make(op, version, since);
                }
                Said::Kept(state) => {
                    if let Some((op, since)) = self.changing.take() {
                        assert_eq!(op, Op::Look);
                        oracle.see(&state, since);
                    }
                }
                Said::Done => assert!(self.changing.is_none()),
                Said::Unknown => self.changing = None,
                Said::Read(token, state) => {
                    let answered = self.reading.iter().filter(|(asked, _)| *asked <= token);
                    answered.for_each(|(_, since)| oracle.see(&state, *since));
                    self.reading.retain(|(asked, _)| *asked > token);
                }
                Said::Forget(floor) => self.drop_all(floor, oracle),
            }
        }
        panic!("there is no end to what it wants");
    }

    fn write(&mut self, id: u64, record: Written) {
        assert!(self.write.is_none(), "one at a time");
        assert_eq!(id, self.last_write + 1);
        assert_eq!(Record::new(record.promised(), *record.accepted()), Ok(record));
        assert_eq!(record.accepted().state, *self.register.latest());
        if let Some(disk) = self.disk {
            assert!(disk.promised() <= record.promised());
            assert!(disk.accepted().ballot <= record.accepted().ballot);
        }
        self.last_write = id;
        self.write = Some((id, record));
    }

    /// The register is forgotten: its floor is made durable, and it begins anew when it is asked.
    fn drop_all(&mut self, floor: Ballot, oracle: &mut Oracle) {
        let latest = *self.register.latest();
        assert_eq!(latest.value, None, "what has a value is kept");
        assert!(self.disk.is_none_or(|disk| disk.promised() <= Some(floor)));
        oracle.is_forgotten = true;
        self.floor = self.floor.max(Some(floor));
        let is_known = !latest.members.as_slice().is_empty();
        self.first = is_known.then_some(latest.members);
        self.disk = None;
        self.start(self.clock_us);
    }

    /// Nothing is said that is not durable.
    fn check_message(&self, to: NodeId, message: &Letter, oracle: &mut Oracle) {
        let promised = self.disk.and_then(|disk| disk.promised());
        let accepted = self.disk.map(|disk| *disk.accepted());
        let accepted_ballot = accepted.and_then(|accepted| accepted.ballot);
        let bytes = postcard::to_allocvec(message).expect("a message can be encoded");
        assert!(bytes.len() <= Letter::MAX_OVERHEAD + 10);
        assert_eq!(postcard::from_bytes(&bytes).as_ref(), Ok(message));
        match message.body {
            Body::Prepare { ballot } | Body::Query { life: ballot, .. } => {
                assert!(ballot.proposer == self.id && promised >= Some(ballot));
            }
            Body::Accept { ballot, state } => {
                assert!(ballot.proposer == self.id && promised >= Some(ballot));
                oracle.propose(ballot, state);
            }
            Body::Promise { ballot, accepted: said } => {
                assert_eq!((promised, accepted), (Some(ballot), Some(said)));
                assert_eq!(to, ballot.proposer);
            }
            Body::Accepted { ballot } => {
                assert_eq!(accepted_ballot, Some(ballot));
                assert_eq!(to, ballot.proposer);
            }
            Body::Rejected { ballot, promised } => {
                assert!(promised > ballot);
                assert_eq!(to, ballot.proposer);
            }
            Body::Report { life, ballot, .. } => {
                assert_eq!((to, ballot), (life.proposer, accepted_ballot));
            }
            Body::Forget { ballot } => {
                assert_eq!(accepted_ballot, Some(ballot));
                assert_eq!(self.register.latest().value, None);
            }
        }
    }
}

fn config(id: NodeId, timeout_us: u64, seed: u64) -> Config {
    Config { timeout_us, ..Config::new(INSTANCE, id, seed) }
}

fn begin(
    config: Config,
    first: Option<Membership<CAPACITY>>,
    floor: Option<Ballot>,
    now_us: u64,
) -> Node {
    match first {
        Some(members) => Node::bootstrap(config, members, floor, now_us),
        None => Node::join(config, floor, now_us),
    }
    .expect("a timeout")
}

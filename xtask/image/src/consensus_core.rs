//! `synod-consensus-core`: what a program would use of it, and the size of its types. The
//! operations are in the modules.

mod logs;
mod members;
mod paxos;
mod raft;
mod register;
mod replica;
mod storage_kit;
mod values;

use core::hint::black_box;

use serde::{Serialize, de::DeserializeOwned};
use synod_consensus_core::{
    Ballot, Inline, NodeId, multi_paxos,
    paxos::Record,
    raft::{
        BallotBody, Body, ByBallots, ByVotes, Config, Election, LogId, Message, Output, Raft,
        Recovered, Replica, RingLog, TermLog,
        replica::{Output as Lent, OwnedFrame},
    },
    register::{Membership, Register, Update},
};
use synod_quorum::{Flexible, Majority, Threshold};

use self::{
    members::{Three, Value},
    paxos::{Learning, Proposing, Remembering, host},
    register::{Keeping, host as keeper},
};
use crate::wire::{decode, encode};

/// A node of up to five voters, and four messages on their way to each.
type Node<E = ByVotes> = Raft<5, 4, E>;

/// What three boards with a few settings would have.
type Small<E = ByVotes> = Replica<RingLog<[u8; 5], 64>, 3, 4, E>;

/// Multi-Paxos with a threshold for each phase.
type ByThresholds = ByBallots<Flexible<Threshold, Threshold>>;

/// A log of which nothing is known to the optimizer.
pub struct Log {
    snapshot: LogId,
    terms: [u64; 16],
    len: usize,
    size: usize,
    stop_sign: Option<u64>,
}

impl TermLog for Log {
    fn snapshot(&self) -> LogId {
        self.snapshot
    }

    fn last_index(&self) -> u64 {
        self.snapshot.index.saturating_add(self.len as u64)
    }

    fn term(&self, index: u64) -> Option<u64> {
        match index.checked_sub(self.snapshot.index)? {
            0 => Some(self.snapshot.term),
            behind => {
                let place = usize::try_from(behind).ok()?.checked_sub(1)?;
                self.terms.get(..self.len)?.get(place).copied()
            }
        }
    }

    fn size(&self, _: u64) -> usize {
        self.size
    }

    fn stop_sign(&self) -> Option<u64> {
        self.stop_sign
    }

    fn room(&self) -> u64 {
        self.terms.len().saturating_sub(self.len) as u64
    }
}

/// A call into a node: the verb, two numbers, and bytes.
type Call<'bytes> = (u8, u64, u64, &'bytes [u8]);
/// What a node begins with.
type Start<'host> = (&'host Config, &'host [NodeId], Recovered);

/// All that a host does with a node.
#[inline(always)]
fn work<const VOTERS: usize, const WINDOW: usize, E: Election<System = Majority>>(
    node: &mut Raft<VOTERS, WINDOW, E>,
    log: &Log,
    start: Start<'_>,
    (verb, now_us, number, _): Call<'_>,
    message: &Message<E::Said>,
) -> Option<Output<E::Said>> {
    match verb {
        0 => node.handle_message(now_us, NodeId(number), message, log).ok()?,
        1 => node.handle_timeout(now_us, log),
        2 => node.handle_persisted(number, log).ok()?,
        3 => node.handle_applied(number).ok()?,
        4 => drop(node.propose(now_us, 4, log).ok()?),
        5 => drop(node.read(now_us).ok()?),
        6 => *node = Raft::bootstrap(*start.0, start.1, now_us, log).ok()?,
        7 => *node = Raft::recover(*start.0, start.1, now_us, start.2, log).ok()?,
        8 => drop(black_box(node.poll_timeout())),
        9 => drop(black_box(node.status())),
        _ => {}
    }
    node.poll_output(log)
}

/// The same, with messages in postcard.
#[inline(always)]
fn exchange<E: Election<System = Majority, Said: Serialize + DeserializeOwned>>(
    node: &mut Node<E>,
    log: &Log,
    start: Start<'_>,
    call: Call<'_>,
    output: &mut [u8],
) -> Option<usize> {
    let message = decode(call.3)?;
    match work(node, log, start, call, &message)? {
        Output::Send { message, .. } => encode(&message, output),
        _ => None,
    }
}

/// All that a host does with a replica.
#[inline(always)]
fn serve<E: Election<System = Majority, Said: Serialize + DeserializeOwned>>(
    node: &mut Small<E>,
    start: Start<'_>,
    (verb, now_us, number, bytes): Call<'_>,
    output: &mut [u8],
) -> Option<usize> {
    match verb {
        0 => {
            let frame: OwnedFrame<[u8; 5], Inline<8>, E::Said> = decode(bytes)?;
            let (message, payloads) = frame.into_parts();
            node.handle_message(now_us, NodeId(number), &message, payloads).ok()?;
        }
        1 => node.handle_timeout(now_us),
        2 => node.handle_persisted(number).ok()?,
        3 => node.handle_applied(number).ok()?,
        4 => drop(node.propose(now_us, bytes.try_into().ok()?).ok()?),
        5 => drop(node.read(now_us).ok()?),
        6 => *node = Small::bootstrap(*start.0, start.1, now_us, RingLog::new()).ok()?,
        7 => drop(node.compact(number).ok()?),
        8 => drop(black_box(node.poll_timeout())),
        _ => {}
    }
    match node.poll_output()? {
        Lent::Send { frame, .. } => encode(&frame, output),
        other => {
            let _ = black_box(other);
            None
        }
    }
}

configurations! {
    "a Raft voter of 3: all calls" => fn(
        node: &mut Raft<3, 4>, log: &Log, start: Start<'_>, call: Call<'_>, message: &Message
    ) -> Option<Output> {
        work(node, log, start, call, message)
    }
    "a Raft voter of 5: all calls, and messages in postcard" => fn(
        node: &mut Node, log: &Log, start: Start<'_>, call: Call<'_>, output: &mut [u8]
    ) -> Option<usize> {
        exchange(node, log, start, call, output)
    }
    "a Raft replica of 3 with a ring of 64 settings of 5 bytes, and frames in postcard" => fn(
        node: &mut Small, start: Start<'_>, call: Call<'_>, output: &mut [u8]
    ) -> Option<usize> {
        serve(node, start, call, output)
    }
}

configurations! {
    "a Multi-Paxos voter of 3: all calls" => fn(
        node: &mut Raft<3, 4, ByBallots>, log: &Log, start: Start<'_>, call: Call<'_>,
        message: &Message<BallotBody>
    ) -> Option<Output<BallotBody>> {
        work(node, log, start, call, message)
    }
    "a Multi-Paxos voter of 5: all calls, and messages in postcard" => fn(
        node: &mut Node<ByBallots>, log: &Log, start: Start<'_>, call: Call<'_>,
        output: &mut [u8]
    ) -> Option<usize> {
        exchange(node, log, start, call, output)
    }
    "a Multi-Paxos replica of 3 with a ring of 64 settings of 5 bytes, and frames in postcard" => fn(
        node: &mut Small<ByBallots>, start: Start<'_>, call: Call<'_>, output: &mut [u8]
    ) -> Option<usize> {
        serve(node, start, call, output)
    }
}

configurations! {
    "a Paxos acceptor of 16 bytes: all calls" => fn(
        acceptor: &mut Remembering, start: &host::Start<'_>, call: host::Call<'_>
    ) {
        let _ = black_box(host::remember(acceptor, start, call));
    }
    "a Paxos acceptor of 16 bytes, and a proposer of 3: all calls" => fn(
        node: &mut host::Node, start: &host::Start<'_>, call: host::Call<'_>
    ) {
        let _ = black_box(host::remember(&mut node.acceptor, start, call));
        let _ = black_box(host::propose(&mut node.proposer, start, call));
    }
    "a Paxos acceptor of 16 bytes, a proposer and a learner of 3: all calls" => fn(
        node: &mut host::Node, start: &host::Start<'_>, call: host::Call<'_>
    ) {
        let _ = black_box(host::remember(&mut node.acceptor, start, call));
        let _ = black_box(host::propose(&mut node.proposer, start, call));
        let _ = black_box(host::learn(&mut node.learner, start, call));
    }
    "a Paxos acceptor of 16 bytes, a proposer and a learner of 3: all calls, and messages and records in postcard" => fn(
        node: &mut host::Node, start: &host::Start<'_>, call: (u8, u64, u64),
        input: (&[u8], &[u8]), output: &mut [u8]
    ) -> [Option<usize>; 3] {
        host::serve(node, start, call, input, output)
    }
}

configurations! {
    "a CASPaxos register of 3 with 16 bytes: all calls" => fn(
        node: &'static mut Keeping, start: keeper::Start<'_>, call: keeper::Call<'_>,
        message: &keeper::Letter, record: &keeper::Written
    ) -> Option<keeper::Effect> {
        keeper::work(node, start, call, message, record)
    }
    "a CASPaxos register of 3 with 16 bytes: all calls, and messages and records in postcard" => fn(
        node: &mut Keeping, start: keeper::Start<'_>, call: keeper::Call<'_>,
        input: (&[u8], &[u8]), output: &mut [u8]
    ) -> Option<usize> {
        keeper::serve(node, start, call, input, output)
    }
}

sizes! {
    "Raft<3, 4>" => Raft<3, 4>,
    "Raft<5, 4>" => Node,
    "Raft<5, 16>" => Raft<5, 16>,
    "Replica<RingLog<[u8; 5], 64>, 3, 4>" => Small,
    "MultiPaxos<3, 4>" => multi_paxos::MultiPaxos<3, 4>,
    "MultiPaxos<5, 4>" => multi_paxos::MultiPaxos<5, 4>,
    "multi_paxos::Replica<RingLog<[u8; 5], 64>, 3, 4>" => multi_paxos::Replica<RingLog<[u8; 5], 64>, 3, 4>,
    "Message" => Message,
    "Message<BallotBody>" => Message<BallotBody>,
    "Body" => Body,
    "Output" => Output,
    "Output<BallotBody>" => Output<BallotBody>,
    "Acceptor<[u8; 16]>" => Remembering,
    "Proposer<[u8; 16], 3>" => Proposing,
    "Learner<[u8; 16], 3>" => Learning,
    "Members<3>" => Three,
    "Ballot" => Ballot,
    "paxos::Message<[u8; 16]>" => host::Letter,
    "paxos::Record<[u8; 16]>" => Record<Value>,
    "Register<Update<[u8; 16]>, 3>" => Keeping,
    "Register<Update<[u8; 16]>, 5>" => Register<Update<Value>, 5>,
    "Membership<3>" => Membership<3>,
    "register::Message<[u8; 16], 3>" => keeper::Letter,
    "register::Record<[u8; 16], 3>" => keeper::Written,
}

//! How a node begins, and what it refuses to begin with.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects)] // A test may panic.

use synod_consensus_core::{
    MembersError, NodeId,
    raft::{Config, ConfigError, HardState, LogId, Message, Raft, Recovered, StartError, TermLog},
};

type Node = Raft<5, 2>;

/// A log that is what a test says.
#[derive(Clone, Copy)]
struct Log {
    snapshot: LogId,
    last_index: u64,
    /// The terms of the snapshot and of the last entry, as the log tells them.
    terms: (Option<u64>, Option<u64>),
}

impl TermLog for Log {
    fn snapshot(&self) -> LogId {
        self.snapshot
    }

    fn last_index(&self) -> u64 {
        self.last_index
    }

    fn term(&self, index: u64) -> Option<u64> {
        if index == self.last_index { self.terms.1 } else { self.terms.0 }
    }

    fn size(&self, _: u64) -> usize {
        0
    }

    fn room(&self) -> u64 {
        u64::MAX
    }
}

const EMPTY: Log = Log { snapshot: LogId::START, last_index: 0, terms: (Some(0), Some(0)) };
const SOME: Log =
    Log { snapshot: LogId { term: 2, index: 7 }, last_index: 9, terms: (Some(2), Some(4)) };
const VOTERS: [NodeId; 3] = [NodeId(30), NodeId(10), NodeId(20)];

fn config() -> Config {
    Config::new(1, NodeId(10), 0)
}

fn recover(recovered: Recovered, log: Log) -> Result<Node, StartError> {
    Node::recover(config(), &VOTERS, 0, recovered, &log)
}

fn with(term: u64, vote: Option<u64>, applied: u64) -> Recovered {
    Recovered { hard_state: HardState { term, vote: vote.map(NodeId) }, applied }
}

#[test]
fn a_first_start_wants_an_empty_log() {
    let node = Node::bootstrap(config(), &VOTERS, 0, &EMPTY).unwrap();
    assert_eq!(node.voters(), [NodeId(10), NodeId(20), NodeId(30)]);
    assert!(format!("{node:?}").contains("voters: {NodeId(10), NodeId(20), NodeId(30)}"));
    assert_eq!(node.peers().count(), 0, "who does not lead sends to nobody");
    assert_eq!(Node::bootstrap(config(), &VOTERS, 0, &SOME).err(), Some(StartError::NotEmpty));
    let compacted = Log { last_index: 7, ..SOME };
    let refused = Node::bootstrap(config(), &VOTERS, 0, &compacted).err();
    assert_eq!(refused, Some(StartError::NotEmpty));
}

#[test]
fn a_restart_goes_on_where_it_was() {
    let node = recover(with(5, Some(30), 8), SOME).unwrap();
    let status = node.status();
    assert_eq!((status.leadership.term, status.vote), (5, Some(NodeId(30))));
    assert_eq!((status.last, status.durable), (LogId { term: 4, index: 9 }, 9));
    assert_eq!((status.committed, status.applied), (8, 8));
    // Both ends of what may have been applied.
    assert!(recover(with(4, None, 7), SOME).is_ok());
    assert!(recover(with(4, None, 9), SOME).is_ok());
}

#[test]
fn what_does_not_fit_together_is_refused() {
    assert_eq!(recover(with(3, None, 7), SOME).err(), Some(StartError::TermLost));
    assert_eq!(recover(with(4, Some(40), 7), SOME).err(), Some(StartError::StrangeVote));
    assert_eq!(recover(with(4, None, 6), SOME).err(), Some(StartError::AppliedOutside));
    assert_eq!(recover(with(4, None, 10), SOME).err(), Some(StartError::AppliedOutside));
    let bad = [
        Log { terms: (Some(2), None), ..SOME },
        Log { terms: (Some(3), Some(4)), ..SOME },
        Log { terms: (None, Some(4)), ..SOME },
        Log { terms: (Some(2), Some(1)), ..SOME },
        Log { terms: (Some(2), Some(0)), ..SOME },
        Log { last_index: 6, ..SOME },
        Log { last_index: u64::MAX, ..SOME },
        Log { snapshot: LogId { term: 0, index: 7 }, terms: (Some(0), Some(4)), ..SOME },
    ];
    for log in bad {
        assert_eq!(recover(with(9, None, 7), log).err(), Some(StartError::BadLog));
    }
}

#[test]
fn voters_are_some_and_different_and_this_one_among_them() {
    let start = |voters: &[NodeId]| Node::bootstrap(config(), voters, 0, &EMPTY).err();
    assert_eq!(start(&VOTERS[1..]), None);
    assert_eq!(start(&[NodeId(20)]), Some(StartError::NotVoter));
    assert_eq!(start(&[]), Some(StartError::Voters(MembersError::None)));
    let twice = [NodeId(20), NodeId(10), NodeId(20)];
    assert_eq!(start(&twice), Some(StartError::Voters(MembersError::Twice)));
    let six = [1, 2, 3, 4, 5, 10].map(NodeId);
    assert_eq!(start(&six), Some(StartError::Voters(MembersError::TooMany)));
}

#[test]
fn settings_that_cannot_work_are_refused() {
    assert_eq!(config().check(), Ok(()));
    let refused = |config: Config| {
        let started = Node::bootstrap(config, &VOTERS, 0, &EMPTY).err();
        assert_eq!(started, config.check().err().map(StartError::Config));
        config.check().err()
    };
    let timeouts = Some(ConfigError::Timeouts);
    assert_eq!(refused(Config { heartbeat_us: 0, ..config() }), timeouts);
    assert_eq!(refused(Config { heartbeat_us: 75_001, ..config() }), timeouts);
    assert_eq!(refused(Config { heartbeat_us: 75_000, ..config() }), None);
    let window = Some(ConfigError::Window);
    assert_eq!(refused(Config { window_entries: 0, ..config() }), window);
    assert_eq!(refused(Config { window_bytes: 0, ..config() }), window);
    // The formula.
    let max_message_bytes = Message::MAX_BYTES + Message::MAX_ENTRY_OVERHEAD + 100;
    let smallest = Config { max_entry_bytes: 100, max_message_bytes, ..config() };
    assert_eq!(refused(smallest), None);
    let smaller = Config { max_message_bytes: max_message_bytes - 1, ..smallest };
    assert_eq!(refused(smaller), Some(ConfigError::MessageTooSmall));
    let huge = Config { max_entry_bytes: usize::MAX, ..smallest };
    assert_eq!(refused(huge), Some(ConfigError::MessageTooSmall));
}

/// The memory that a node takes, which the compiler holds it to.
#[test]
fn memory_is_a_formula() {
    assert_eq!(Raft::<3, 4>::MAX_BYTES, 640 + 3 * (112 + 4 * 16));
    assert_eq!(Raft::<64, 16>::MAX_BYTES, 640 + 64 * (112 + 16 * 16));
    // And it is not idle.
    assert!(size_of::<Raft<64, 16>>() * 10 / 9 > Raft::<64, 16>::MAX_BYTES);
}

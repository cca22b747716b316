//! What a batch of runs must have seen, or it has not tested what it should.

use crate::mark::marks;

marks! {
    optional: [Stuck],
    /// Entries that another leader's replaced.
    Truncated "conflicting entries truncated",
    /// Some entries of a message were there already.
    Overlap "append with entries known in part",
    /// A snapshot replaced a log.
    Installed "snapshot installed",
    /// A snapshot arrived whose entries were known.
    SnapshotKnown "snapshot of what is known",
    /// A follower sent a hint where logs may meet.
    Mismatched "logs did not meet",
    /// A pre-vote was refused.
    PreVoteRefused "pre-vote refused",
    /// A vote was refused.
    VoteRefused "vote refused",
    /// Somebody was told that its term is over.
    Outdated "outdated term answered",
    /// A leader no longer heard a quorum.
    LostQuorum "leader without a quorum stepped down",
    /// A leader saw a later term.
    Deposed "leader deposed by a later term",
    /// A candidate did not win.
    LostElection "candidate gave up",
    /// The log of a follower, or of who would lead, had no room.
    LogFull "log full at a follower or candidate",
    /// A log was full of what nobody could commit.
    Stuck "log stuck full, enlarged by hand",
    /// A proposal had no room.
    ProposalFull "proposal refused, log full",
    /// A proposal was too large.
    TooLarge "proposal refused, too large",
    /// A proposal was made to a node that does not lead.
    NotLeader "proposal refused, not leader",
    /// A compare-and-set found what its client expected.
    Swapped "compare-and-set succeeded",
    /// A compare-and-set found something else.
    NotSwapped "compare-and-set failed",
    /// A proposal lost its place.
    Superseded "proposal superseded",
    /// The fate of a proposal cannot be told.
    FateUnknown "fate of a proposal unknown",
    /// A read was too early for a new leader.
    ReadNotReady "read refused, not ready",
    /// A read was answered without an entry.
    ReadAnswered "read answered",
    /// A read of a term that was over was never answered.
    ReadLost "read lost with its term",
    /// A read joined another one's round.
    ReadShared "reads shared a round",
    /// A follower answered a read of its own.
    ReadHere "read answered by a follower",
    /// A candidate was sent entries that it lacked.
    Fetched "candidate sent what it lacked",
    /// A candidate completed its log.
    Completed "candidate completed its log",
    /// Where a candidate's log and the best one meet was not where they were thought to.
    Differed "candidate's log differed",
    /// A candidate was sent a snapshot, as the entries that it lacked were dropped.
    FetchedSnapshot "candidate sent the snapshot",
    /// Progress though the only node that reached the others lacked entries that they had.
    Constrained "progress in a constrained election",
    /// A stop sign was proposed.
    StopProposed "stop sign proposed",
    /// A node has applied a stop sign.
    StopApplied "stop sign applied",
    /// A stop sign lost its place, and its log went on.
    StopSuperseded "stop sign superseded",
    /// A proposal was made behind a stop sign.
    Stopped "proposal refused, stop sign",
    /// A read was confirmed at a node that had applied a stop sign.
    ReadBehind "read confirmed behind a stop sign",
    /// Who stays began the next configuration from its own log.
    BeganAnew "next configuration begun by who stays",
    /// A new member was given what the next configuration begins with.
    Joined "next configuration begun by who is new",
    /// The commit index went without entries.
    CommitAlone "commit told alone",
    /// A node started for the first time twice, since nothing of the first time was durable.
    BootstrapAgain "bootstrapped again",
    /// A node came back with entries that are not committed.
    RecoveredTail "recovered with uncommitted entries",
    /// A node came back with a state later than its snapshot.
    RecoveredState "recovered with a later state",
    /// A torn write left its hard state.
    TornHalf "torn write kept its first fields",
    /// A leader compacted its log beyond the end of another node's, which can only be sent the snapshot.
    Compacted "log compacted while a follower needed it",
    /// A completion that was not to be expected was refused.
    BogusRefused "bogus completion refused",
    /// A hostile message was refused.
    HostileRefused "hostile message refused",
    /// No index was left.
    Exhausted "indices exhausted",
    /// No term was left.
    LastTerm "last term reached",
    /// Progress in the star around a hub.
    Hub "progress around a hub (quorum-loss)",
    /// Progress in a row.
    Chain "progress in a chain",
    /// Progress without one node.
    Single "progress without an isolated node",
    /// Progress without one node's messages.
    Mute "progress with a node that is not heard",
    /// Progress though one node does not hear.
    Deaf "progress with a node that does not hear",
    /// Progress with a link down.
    Link "progress with one link down",
}

impl Mark {
    /// Whether it is to be seen where each voter has a vote.
    #[must_use]
    pub const fn is_of_votes(self) -> bool {
        !matches!(
            self,
            Self::ReadHere
                | Self::Fetched
                | Self::Completed
                | Self::Differed
                | Self::FetchedSnapshot
                | Self::Constrained
                | Self::StopProposed
                | Self::StopApplied
                | Self::StopSuperseded
                | Self::Stopped
                | Self::ReadBehind
                | Self::BeganAnew
                | Self::Joined
        )
    }

    /// Whether it is to be seen where terms are ballots.
    #[must_use]
    pub const fn is_of_ballots(self) -> bool {
        !matches!(self, Self::VoteRefused)
    }
}

//! What a batch of runs must have seen, or it has not tested what it should.

use crate::mark::marks;

marks! {
    optional: [],
    /// A proposer was the first to say what is chosen.
    Chosen "value chosen",
    /// A learner found out.
    Learned "value learned",
    /// What a proposer brought about is not its own value.
    Other "proposer brought about another's value",
    /// A value is chosen whose proposer is down.
    Orphan "value chosen while its proposer is down",
    /// A value is chosen by fewer than a majority.
    Few "value chosen by fewer than a majority",
    /// A value is chosen without the acceptor of the node that proposes.
    Without "value chosen without its proposer's acceptor",
    /// What is chosen was accepted by a quorum of another ballot, too.
    Twice "value chosen under two ballots",
    /// Some have accepted what is not chosen.
    Split "another value accepted, and not chosen",
    /// Three or more nodes have asked for the same to be accepted or something else.
    Crowd "proposals of three nodes or more",
    /// A ballot came too late.
    Rejected "ballot rejected",
    /// A proposer was beaten, and waits.
    Waited "proposer beaten, waits",
    /// A quorum has promised, but what it had accepted comes first.
    Found "accepted value found in phase 1",
    /// A quorum had accepted different values.
    FoundTwo "two accepted values found in phase 1",
    /// A proposer's message repeats an earlier one.
    Again "asked again",
    /// An acceptor came back with a promise alone.
    BackPromised "acceptor recovered with a promise",
    /// An acceptor came back with what it had accepted.
    BackAccepted "acceptor recovered with a value",
    /// An acceptor started for the first time twice, as nothing of the first time was durable.
    BootstrapAgain "acceptor bootstrapped again",
    /// A proposer came back behind what it had reserved.
    BackReserved "proposer recovered behind its rounds",
    /// A proposer came back with another value.
    Changed "proposer came back with another value",
    /// A proposer came back as a learner.
    GaveUp "proposer came back as a learner",
    /// A node that knew came back and had to ask again.
    AskedAgain "node that knew came back without knowing",
    /// A learner could not tell for long, and its node proposed.
    Nudged "learner stuck, its node proposed",
    /// A message was for a machine that is not there any more, or not yet.
    Nobody "message for a machine that is not there",
    /// A message was about a decision whose acceptors were forgotten.
    Forgotten "message about what was forgotten",
    /// A completion that was not to be expected was refused.
    BogusRefused "bogus completion refused",
    /// A hostile message was refused.
    HostileRefused "hostile message refused",
    /// A message with wrong bits could be read, and was refused.
    GarbledRefused "garbled message refused",
    /// A message with wrong bits could be read, and a machine that was thrown away took it.
    GarbledTaken "garbled message taken by a copy",
    /// No round was left.
    Exhausted "rounds exhausted",
    /// A choice in the star around a hub.
    Hub "choice around a hub (quorum-loss)",
    /// A choice in a row.
    Chain "choice in a chain",
    /// A choice without one node.
    Single "choice without an isolated node",
    /// A choice without one node's messages.
    Mute "choice with a node that is not heard",
    /// A choice though one node does not hear.
    Deaf "choice with a node that does not hear",
    /// A choice with a link down.
    Link "choice with one link down",
}

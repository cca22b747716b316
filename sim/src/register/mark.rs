//! What a batch of runs must have seen, or it has not tested what it should.

use crate::mark::marks;

marks! {
    optional: [],
    /// A change was made.
    Made "change made",
    /// A change was made without phase 1.
    OneTrip "change proposed without phase 1",
    /// A change was found to be made under an earlier ballot.
    MadeBefore "change made under a ballot before the last",
    /// A change has kept what was there.
    Kept "change kept what was there",
    /// A change that named a version was made.
    PutIf "change of a named version made",
    /// A change that named a version came too late.
    PutIfKept "change of a named version kept",
    /// There is no value any more.
    Deleted "value deleted",
    /// Nobody can tell what became of a change.
    Unknown "outcome unknown",
    /// Nobody can tell what became of a change of members.
    MembersUnknown "outcome of members unknown",
    /// A change was cancelled before it was proposed.
    CancelledEarly "cancelled before it was proposed",
    /// A change was cancelled, and may have been made.
    CancelledLate "cancelled, and may be made",
    /// A change was made that had been given up.
    MadeInSpite "made after its node had given it up",
    /// A read was answered.
    Read "read answered",
    /// Reads were answered by one round.
    Shared "reads answered together",
    /// Something is chosen whose proposer is down.
    Orphan "chosen while its proposer is down",
    /// Something is chosen without its proposer's disk.
    Without "chosen without its proposer's disk",
    /// A quorum has promised, but what it had accepted comes first.
    Found "accepted state found in phase 1",
    /// A ballot came too late.
    Rejected "ballot rejected",
    /// Two majorities agreed on new members.
    Joint "chosen by two majorities",
    /// A change of members was finished by who did not ask for it.
    SettledByOther "members settled by another",
    /// Members are those asked for.
    Reconfigured "members are those asked for",
    /// A node that joined has heard of others.
    Joined "node joined",
    /// A node has left that knows of it.
    Left "node knows that it has left",
    /// A call was refused, as the node is no member.
    NotMember "call refused, node is no member",
    /// A call was refused, as another is under way.
    Busy "call refused, another is under way",
    /// A register was forgotten on a node.
    Forgotten "register forgotten",
    /// It was not, as it has a value.
    NotForgotten "register not forgotten, as it has a value",
    /// It was begun anew behind a floor.
    Anew "register begun anew behind a floor",
    /// A node that had left dropped its record, as others forgot the register.
    Dropped "node that had left joins anew",
    /// A value was put where one had been forgotten.
    MadeAnew "change made after the register was forgotten",
    /// A node came back with a record.
    Back "node recovered with a record",
    /// A node started for the first time twice, as nothing of the first time was durable.
    BootstrapAgain "node bootstrapped again",
    /// The same, but as one that joins.
    JoinInstead "node joins that had been bootstrapped",
    /// A message was for a register that is about to be dropped.
    Nobody "message for a register that is dropped",
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
    /// A change in the star around a hub.
    Hub "change around a hub (quorum-loss)",
    /// A change in a row.
    Chain "change in a chain",
    /// A change without one node.
    Single "change without an isolated node",
    /// A change without one node's messages.
    Mute "change with a node that is not heard",
    /// A change though one node does not hear.
    Deaf "change with a node that does not hear",
    /// A change with a link down.
    Link "change with one link down",
}

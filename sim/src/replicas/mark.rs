//! What a batch of runs must have seen, or it has not tested what it should.

use crate::mark::marks;

marks! {
    optional: [Late, Full],
    /// A change was made.
    Changed "change made",
    /// A change would have lost against a later write.
    Stale "change refused, stale",
    /// A change had to wait for a bound.
    Unreserved "change refused, no bound yet",
    /// A count had to wait for earlier ones of its replica.
    Gap "count refused, earlier ones are missing",
    /// A message brought news.
    News "message with news",
    /// A message brought nothing new.
    Known "message with nothing new",
    /// A message was of an earlier start of either side.
    StaleMessage "message of an earlier start refused",
    /// A change was lost with its replica, which had not told anybody.
    Lost "change lost in a crash",
    /// A replica came back without all that it had said.
    Forgot "replica came back with an older state",
    /// A gap in the events of a replica was closed.
    Closed "gap closed",
    /// A late message brought back what was lost after its gap was closed.
    Late "event came back too late",
    /// An old backup was restored.
    Restored "backup restored",
    /// A replica was told that it is outdated.
    Outdated "replica told that it is outdated",
    /// Tombstones were collected.
    Collected "tombstones collected",
    /// A state or a message had no room.
    Full "message refused, no room",
    /// A hostile message was refused.
    HostileRefused "hostile message refused",
    /// The changes that were made were compared with what all say in the end.
    Compared "end compared with the history",
}

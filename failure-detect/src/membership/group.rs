//! What the members of a group agree on before they are built.

use core::{fmt, hash::Hash};

use synod_capacity::Capacity;

/// The types and the capacities of a group, named once.
///
/// All members have the same.
///
/// ```
/// use synod_failure_detect::Inline;
/// use synod_failure_detect::membership::{Group, Membership};
///
/// /// Up to 16 boards besides this one, in frames of up to 8 pieces of news.
/// struct Boards;
///
/// impl Group for Boards {
///     type Id = u16;
///     type Metadata = [u8; 4];
///     type Broadcast = u32;
///     // Bytes, as postcard encodes them.
///     const MAX_ID: usize = 3;
///     const MAX_METADATA: usize = 4;
///     const MAX_BROADCAST: usize = 5;
///     type Members = Inline<16>;
///     type Broadcasts = Inline<2>;
///     type News = Inline<8>;
/// }
///
/// type Neighbours = Membership<Boards>;
/// ```
pub trait Group {
    /// What a message is sent to: an id that your transport can turn into an address, or an
    /// address. Its `Hash` must be the same on every member, or they compare all that they know
    /// again and again: no arrays of numbers wider than a byte where byte orders differ.
    type Id: Copy + Ord + Hash + fmt::Debug;

    /// What each member tells all others of itself. `()` is nothing.
    type Metadata: Clone + PartialEq + fmt::Debug;

    /// What a member can tell all others now and then. `()` if they need not.
    type Broadcast: Clone + fmt::Debug;

    /// The most bytes that an id takes, encoded by postcard: 1 for a `u8`, 3 for a `u16`, 5 for a
    /// `u32`, 10 for a `u64`, `N` for `[u8; N]`, a sum for a struct, and one more than its largest
    /// variant for an enum. If it is too small, messages are larger than they should be.
    const MAX_ID: usize;

    /// The most bytes that the metadata of a member take, encoded.
    const MAX_METADATA: usize;

    /// The most bytes that a broadcast takes, encoded.
    const MAX_BROADCAST: usize;

    /// How many others are remembered: at least as many as can be alive at once. Who is dead or has
    /// left gives way to a living one, the longest gone first.
    type Members: Capacity;

    /// How many broadcasts are under way here at once, own and others'. Where there is no room,
    /// another's is told to the host nevertheless, and sent on instead of the one that was sent
    /// most. Own ones do not give way before they were sent: while they take all the room,
    /// another's is left for the next time that it comes.
    type Broadcasts: Capacity;

    /// How many pieces of news go with a message, at most; what fits its bytes is a limit of its
    /// own. At least 2.
    type News: Capacity;
}

//! What the members of a group agree on before they are built.

use core::{fmt, hash::Hash};

use synod_capacity::Capacity;

/// The types and the capacities of a group, named once.
///
/// All members have the same. A member takes 48 bytes with `u16` ids and four bytes of metadata.
///
/// ```
/// use synod_failure_detect::{Group, Inline, Membership};
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
    /// What a message is sent to: an id that your transport can turn into an address, or an address.
    type Id: Copy + Ord + Hash + fmt::Debug;

    /// What each member tells all others of itself. `()` is nothing.
    type Metadata: Clone + PartialEq + fmt::Debug;

    /// What a member can tell all others now and then. `()` if they need not.
    type Broadcast: Clone + fmt::Debug;

    /// The most bytes that an id takes, encoded: 3 for a `u16`.
    const MAX_ID: usize;

    /// The most bytes that the metadata of a member take, encoded.
    const MAX_METADATA: usize;

    /// The most bytes that a broadcast takes, encoded.
    const MAX_BROADCAST: usize;

    /// How many others are remembered, the dead included until they are forgotten.
    type Members: Capacity;

    /// How many broadcasts are under way at once.
    type Broadcasts: Capacity;

    /// How many pieces of news go with a message, at most; what fits its bytes is a limit of its own.
    /// At least 2.
    type News: Capacity;
}

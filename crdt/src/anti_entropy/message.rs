//! What replicas say to each other.

/// A message of an [`AntiEntropy`](crate::AntiEntropy) machine.
///
/// `Id` is that of replicas, `C` is a causal context and `D` a delta: one that goes out borrows
/// them from the state, and one that came in owns them, decoded into capacities of the host's
/// choice. From peers of one configuration come at most `max_message / (max_id + 2)` ranges, and at
/// most `max_message / (max_row + 1)` rows. With 64 bytes, ids of 3 and rows of 3 that is a
/// `Message<u16, CausalContext<u16, Inline<12>>, Causal<u16, T, Inline<12>, Inline<16>>>`. A larger
/// one does not decode, and comes again and again.
///
/// It does not name its sender: your frames do, and carry a checksum, beside `max_message` bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Message<Id, C, D> {
    /// The group of replicas of the sender.
    pub cluster: u64,
    /// For whom it is.
    pub to: Id,
    /// Which start of the sender it is from, counted by the host.
    pub boot: u32,
    /// Which start of the receiver it is for; 0 if the sender has never heard of it.
    pub to_boot: u32,
    /// How many changes of its state the sender has noted since that start.
    pub changes: u64,
    /// Whether the receiver, once it has taken this in, has all that the sender knows.
    pub is_level: bool,
    /// What it says.
    pub body: Body<C, D>,
}

/// What a [`Message`] says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Body<C, D> {
    /// A part of what the sender knows, as they meet.
    Greeting {
        /// To be acknowledged.
        number: u32,
        /// Whether it is the last part.
        is_last: bool,
        /// The events.
        known: C,
    },
    /// A part of the sender's state.
    Delta {
        /// To be acknowledged.
        number: u32,
        /// The part.
        delta: D,
    },
    /// What was said under a number is taken in.
    Ack {
        /// The number; 0 for what came from, or was for, an earlier start, and was not taken in.
        number: u32,
        /// The latest event of the receiver that the sender knows.
        yours: u64,
    },
    /// There is no room for what was said under a number.
    Refusal {
        /// The number.
        number: u32,
    },
}

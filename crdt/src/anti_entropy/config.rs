//! What a machine is for, and within which sizes.

use core::fmt;

use synod_capacity::Full;

use super::size::Sizes;

/// What an [`AntiEntropy`](crate::AntiEntropy) machine is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct AntiEntropyConfig<Id> {
    /// Names the group of replicas that share this state: a message of another one is refused. It
    /// is in each message, where one below 128 takes a byte.
    pub cluster: u64,
    /// The id under which this replica writes.
    pub me: Id,
    /// Which start of this replica it is: larger than at any earlier start, and not 0. It must not
    /// be a part of what is restored from a backup. Of two starts with the same number, peers take
    /// the second to know what the first did; with a smaller one, it is told
    /// ([`Output::Superseded`](crate::Output::Superseded)).
    pub boot: u32,
    /// The most bytes that a message may take.
    pub max_message: usize,
    /// The most bytes that an id takes, encoded: 3 for a `u16`.
    pub max_id: usize,
    /// The most bytes that a row takes, encoded. Each kind says so: with elements of at most 3
    /// bytes, which a `u16` takes, it is [`AwSet::<u16>::max_row(3)`](crate::AwSet::max_row). Each
    /// row is taken to be as large as that, so where most are smaller, messages are not filled.
    pub max_row: usize,
    /// After how many microseconds without an acknowledgement a message is repeated, at first. It
    /// then takes twice as long each time, up to 64 times, until something is heard of the peer.
    pub resend_us: u64,
}

impl<Id> AntiEntropyConfig<Id> {
    /// The least `max_message` with which a machine can be made.
    #[must_use]
    pub fn least_message(&self) -> usize {
        Sizes::new(self.cluster, self.max_message, self.max_id, self.max_row).needed()
    }
}

/// Why a machine cannot be made so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum ConfigError {
    /// A message must be allowed this many bytes, for one event of any replica and its row.
    TooSmall {
        /// The least `max_message`.
        needed: usize,
    },
    /// `boot` is 0. Count from 1.
    ZeroBoot,
    /// A peer is listed twice, or is this replica.
    Duplicate,
    /// The peers do not fit. Use a larger capacity.
    Peers(Full),
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooSmall { needed } => write!(f, "messages need {needed} bytes"),
            Self::ZeroBoot => f.write_str("starts count from 1"),
            Self::Duplicate => f.write_str("a peer is listed twice"),
            Self::Peers(full) => write!(f, "peers: {full}"),
        }
    }
}

impl core::error::Error for ConfigError {}

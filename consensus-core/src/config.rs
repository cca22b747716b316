//! What a machine of Paxos is told once.

use core::fmt;

use crate::{Instance, NodeId};

/// How a proposer, a learner or a register behaves.
///
/// ```
/// use synod_consensus_core::{Instance, NodeId, paxos::Config};
///
/// let instance = Instance { cluster: 7, number: 1 };
/// let config = Config { timeout_us: 500_000, ..Config::new(instance, NodeId(1), 0x5eed) };
/// assert_eq!(config.check(), Ok(()));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Config {
    /// Which decision or register it is about.
    pub instance: Instance,
    /// Names this node.
    pub id: NodeId,
    /// Where chance comes from, together with the id: use a new one for each start, such as a count
    /// of starts. Only how long to wait rests on it, nothing that must be right.
    pub seed: u64,
    /// How long to wait for answers before asking again, in microseconds. Choose at least a round
    /// trip and a write of an acceptor.
    pub timeout_us: u64,
}

impl Config {
    /// The setting of a local network: asking again after 100 ms.
    #[must_use]
    pub const fn new(instance: Instance, id: NodeId, seed: u64) -> Self {
        Self { instance, id, seed, timeout_us: 100_000 }
    }

    /// Whether a machine can live with it.
    ///
    /// # Errors
    ///
    /// [`ConfigError`].
    pub const fn check(&self) -> Result<(), ConfigError> {
        if self.timeout_us == 0 { Err(ConfigError) } else { Ok(()) }
    }
}

/// The timeout is 0, so questions would be repeated without a pause. Choose at least a round trip.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct ConfigError;

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the timeout is 0")
    }
}

impl core::error::Error for ConfigError {}

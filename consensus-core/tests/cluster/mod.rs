//! A cluster in a few kilobytes: nodes with their logs and disks, and a network that a test drives
//! by hand.

pub(crate) mod log;
pub(crate) mod network;
pub(crate) mod node;

pub(crate) use log::MemoryLog;
pub(crate) use network::Cluster;
pub(crate) use node::Node;

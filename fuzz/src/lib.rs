//! What the fuzz targets check: naive models, and the code that holds the crates against them.
//!
//! A target is one line that calls into here. Each model is as simple as it can be, shares no code
//! with what it checks, and is compared after every step, so that a finding points at the step that
//! went wrong. A panic is a finding.
#![forbid(unsafe_code)]

pub mod capacity;
pub mod clocks;
pub mod consensus_core;
pub mod crdt;
pub mod failure_detect;
pub mod hashring;
pub mod kv;
pub mod quorum;
pub mod sim;

mod edge;
mod fingerprint;
mod refusal;

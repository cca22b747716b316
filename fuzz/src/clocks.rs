//! Models and checks of `synod-clocks`.

pub mod causal_context;
pub mod ceiling;
pub mod decoding;
pub mod hybrid_clock;
pub mod jump_guard;
pub mod lamport_clock;
pub mod siblings;
pub mod tick_widener;
pub mod vector_clock;
pub mod version_vector;

mod relation;
mod replica;

use arbitrary::Arbitrary;

/// Calls on one of the types that track cause and effect.
#[derive(Arbitrary, Debug)]
pub enum OperationsScenario {
    /// Version vectors against maps.
    VersionVector(Vec<version_vector::Step>),
    /// Causal contexts against sets of events.
    CausalContext(Vec<causal_context::Step>),
    /// Siblings against a map of live writes.
    Siblings(Vec<siblings::Step>),
    /// Vector clocks against arrays.
    VectorClock(Vec<vector_clock::Step>),
}

impl OperationsScenario {
    /// Plays the calls, and compares after each.
    pub fn check(&self) {
        match self {
            Self::VersionVector(steps) => version_vector::check(steps),
            Self::CausalContext(steps) => causal_context::check(steps),
            Self::Siblings(steps) => siblings::check(steps),
            Self::VectorClock(steps) => vector_clock::check(steps),
        }
    }
}

/// Calls on one of the types that count, or follow time.
#[derive(Arbitrary, Debug)]
pub enum TimeScenario {
    /// A hybrid clock against the algorithm of the paper.
    HybridClock(hybrid_clock::Scenario),
    /// A jump guard against wide arithmetic.
    JumpGuard(jump_guard::Scenario),
    /// A ceiling, with a disk and crashes.
    Ceiling(ceiling::Scenario),
    /// A tick widener against exact arithmetic.
    TickWidener(tick_widener::Scenario),
    /// A Lamport clock against wide arithmetic.
    LamportClock(lamport_clock::Scenario),
}

impl TimeScenario {
    /// Plays the calls, and compares after each.
    pub fn check(&self) {
        match self {
            Self::HybridClock(scenario) => scenario.check(),
            Self::JumpGuard(scenario) => scenario.check(),
            Self::Ceiling(scenario) => scenario.check(),
            Self::TickWidener(scenario) => scenario.check(),
            Self::LamportClock(scenario) => scenario.check(),
        }
    }
}

//! Models and checks of `synod-quorum`.

pub mod decoding;
pub mod hostile;
pub mod node_set;
pub mod pair;
pub mod single;

mod bare;
mod decisions;
mod definition;
mod family;
mod intersection;
mod live_sets;
mod opaque;
mod questions;
mod recipe;
mod selection;
mod votes;
mod weights;

use arbitrary::Arbitrary;

/// Questions to families of quorums, whose answers follow from a definition.
#[derive(Arbitrary, Debug)]
pub enum DecisionsScenario {
    /// Sets of nodes against sets of numbers.
    NodeSet(Vec<node_set::Step>),
    /// One family in one word.
    Narrow(single::Scenario),
    /// One family in two words.
    Wide(single::Scenario),
    /// Two families in one word, and the systems that are made of them.
    NarrowPair(pair::Scenario),
    /// Two families in two words, and the systems that are made of them.
    WidePair(pair::Scenario),
    /// Families that keep no promise, in one word.
    NarrowHostile(hostile::Scenario),
    /// Families that keep no promise, in two words.
    WideHostile(hostile::Scenario),
}

impl DecisionsScenario {
    /// Asks the questions, and compares the answers.
    pub fn check(&self) {
        match self {
            Self::NodeSet(steps) => node_set::check(steps),
            Self::Narrow(scenario) => scenario.check::<1>(),
            Self::Wide(scenario) => scenario.check::<2>(),
            Self::NarrowPair(scenario) => scenario.check::<1>(),
            Self::WidePair(scenario) => scenario.check::<2>(),
            Self::NarrowHostile(scenario) => scenario.check::<1>(),
            Self::WideHostile(scenario) => scenario.check::<2>(),
        }
    }
}

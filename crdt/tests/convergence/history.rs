//! What may happen to a group of replicas.

use proptest::{collection, prelude::*, sample::Index};

use crate::{event::Change, subject::Subject};

pub(crate) const REPLICAS: usize = 4;

/// The ids of the replicas, so that the order of ids is not that of positions.
pub(crate) const IDS: [u8; REPLICAS] = [90, 7, 200, 1];

#[derive(Clone, Debug)]
pub(crate) enum Step<O> {
    /// A change at a replica, and its delta on its way.
    Write { at: usize, change: Change<O> },
    /// A whole state, taken at once.
    Merge { from: usize, to: usize },
    /// A whole state on its way.
    Send { from: usize },
    /// Something that is on its way, perhaps since long ago, perhaps delivered before, by whomever.
    Deliver { message: Index, to: usize },
}

pub(crate) fn steps<T: Subject>(most: usize) -> impl Strategy<Value = Vec<Step<T::Op>>> {
    let replica = 0..REPLICAS;
    let write = (replica.clone(), T::changes()).prop_map(|(at, change)| Step::Write { at, change });
    let merge = (replica.clone(), replica.clone()).prop_map(|(from, to)| Step::Merge { from, to });
    let send = replica.clone().prop_map(|from| Step::Send { from });
    let deliver = (any::<Index>(), replica);
    let deliver = deliver.prop_map(|(message, to)| Step::Deliver { message, to });
    collection::vec(prop_oneof![8 => write, 4 => merge, 1 => send, 8 => deliver], 0..most)
}

/// Puts `items` into an order that `picks` says.
pub(crate) fn shuffle<I>(items: &mut [I], picks: &[Index]) {
    for (at, pick) in (1..items.len()).zip(picks.iter().cycle()) {
        items.swap(at, pick.index(at + 1));
    }
}

/// Runs `law` on many inputs of `strategy`.
pub(crate) fn check<S: Strategy>(strategy: S, law: impl Fn(S::Value)) {
    use proptest::test_runner::{Config, TestRunner};

    let mut config = Config { failure_persistence: None, ..Config::default() };
    if cfg!(debug_assertions) && std::env::var_os("PROPTEST_CASES").is_none() {
        // Ten times as slow without optimisation, which the long runs have.
        config.cases = 24;
    }
    let outcome = TestRunner::new(config).run(&strategy, |input| {
        law(input);
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}

//! One search, and what came of it.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use stateright::{Checker, Expectation, HasDiscoveries, Model};

use crate::world::{System, World};

/// What a search has found.
#[derive(Clone, Debug)]
pub struct Found {
    /// How many different states there are.
    pub states: usize,
    /// How many steps lead from one of them to one of them.
    pub steps: usize,
    /// How many states the longest of the shortest ways to a state has. (With more than one thread
    /// it is not exact: some ways are a few steps longer than they must be.)
    pub depth: usize,
    /// How many different steps machines have made.
    pub machine_steps: usize,
    /// How long it took.
    pub time: Duration,
    /// Whether every state within the bounds was visited.
    pub complete: bool,
    /// The properties that do not hold, or were never seen though they should be sometimes: the
    /// steps that lead there, if there are any.
    pub failures: BTreeMap<&'static str, Vec<String>>,
}

impl Found {
    /// Whether all was visited, and is as it should be.
    pub fn holds(&self) -> bool {
        self.complete && self.failures.is_empty()
    }
}

/// Visits all states, or some until this property is seen not to hold.
pub(crate) fn search<S: System>(system: S, threads: usize, until: Option<&'static str>) -> Found {
    let start = Instant::now();
    let finish = match until {
        Some(property) => HasDiscoveries::AnyOf([property].into()),
        None => HasDiscoveries::AllFailures,
    };
    let checker = World::new(system).checker().threads(threads).finish_when(finish);
    let checker = checker.spawn_bfs().join();
    let time = start.elapsed();
    let (world, discoveries) = (checker.model(), checker.discoveries());
    let mut failures = BTreeMap::new();
    let mut all_failed = true;
    for property in world.properties() {
        let way = discoveries.get(property.name).map(|path| {
            let actions = path.clone().into_actions();
            actions.iter().map(|action| world.format_action(action)).collect()
        });
        let seen = way.is_some();
        if (property.expectation == Expectation::Sometimes) != seen {
            failures.insert(property.name, way.unwrap_or_default());
        }
        all_failed &= seen || property.expectation == Expectation::Sometimes;
    }
    // What ends a search early is asked for, or that nothing holds that must hold.
    let ended_early = all_failed || until.is_some_and(|property| failures.contains_key(property));
    Found {
        states: checker.unique_state_count(),
        steps: checker.state_count(),
        depth: checker.max_depth(),
        machine_steps: world.machine_steps(),
        time,
        complete: checker.is_done() && !ended_early,
        failures,
    }
}

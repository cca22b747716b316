//! The quick scopes: all is visited, and is as it should be.

use synod_models::{FULL, QUICK, named};

fn holds(scope: &str, states: usize) {
    let found = named(QUICK, scope).expect("a scope").search(2);
    assert!(found.holds(), "{found:#?}");
    // Whoever changes what a machine does sees it here, and measures README.md anew.
    assert_eq!(found.states, states);
}

#[test]
fn decree_crashes() {
    holds("decree-crashes", 1_186_353);
}

#[test]
fn decree_learner() {
    holds("decree-learner", 228_412);
}

#[test]
fn raft_elections() {
    holds("raft-elections", 117_064);
}

#[test]
fn raft_votes() {
    holds("raft-votes", 1_688_510);
}

#[test]
fn raft_replication() {
    holds("raft-replication", 140_716);
}

#[test]
fn raft_reads() {
    holds("raft-reads", 230_937);
}

#[test]
fn raft_old_leader() {
    holds("raft-old-leader", 12_039);
}

#[test]
fn ballots_elections() {
    holds("ballots-elections", 1_830_765);
}

#[test]
fn ballots_recovery() {
    holds("ballots-recovery", 171_601);
}

#[test]
fn ballots_rivals() {
    holds("ballots-rivals", 357_876);
}

#[test]
fn ballots_reads() {
    holds("ballots-reads", 72_733);
}

#[test]
fn register_crashes() {
    holds("register-crashes", 27_305);
}

#[test]
fn register_restarts() {
    holds("register-restarts", 1_100_898);
}

#[test]
fn register_next() {
    holds("register-next", 43_150);
}

#[test]
fn register_retries() {
    holds("register-retries", 190_596);
}

#[test]
fn register_joins() {
    holds("register-joins", 68_835);
}

#[test]
fn register_leaves() {
    holds("register-leaves", 45_003);
}

#[test]
fn each_scope_has_a_quick_one() {
    let names = |scopes: &[synod_models::Scope]| scopes.iter().map(|s| s.name).collect::<Vec<_>>();
    assert_eq!(names(FULL), names(QUICK));
}

/// What a number of states rests on: it is the same whatever the threads do.
#[test]
fn one_thread_sees_as_much() {
    let scope = named(QUICK, "decree-learner").expect("a scope");
    assert_eq!(scope.search(1).states, scope.search(2).states);
}

/// A search that is told to end at something which does not happen ends when all is visited.
#[test]
fn a_hunt_for_nothing_is_complete() {
    let scope = named(QUICK, "decree-learner").expect("a scope");
    assert!(scope.hunt(2, "agreement").holds());
}

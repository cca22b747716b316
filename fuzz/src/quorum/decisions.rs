//! Every decision of a family against its definition.

use std::cell::Cell;

use synod_quorum::{Quorums, Shortfall};

use super::{
    definition::{Definition, FEW},
    questions::Questions,
    selection::{bit, first, mask, nodes, set, size},
    votes,
};

/// How a family finds out what is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effort {
    /// By arithmetic: always exactly.
    Arithmetic,
    /// By a search, where there are too many nodes not at all.
    Search,
}

/// Asks all questions.
pub(crate) fn check<const WORDS: usize>(
    family: &impl Quorums<WORDS>,
    definition: &Definition,
    questions: &Questions,
    effort: Effort,
) {
    let (have, silent) = (questions.have.mask::<WORDS>(), questions.silent.mask::<WORDS>());
    let members = definition.members();
    assert_eq!(mask(family.members()), members);
    let strangers = first(64 * WORDS) & !members;
    for nodes in [have, silent, have & members, have | strangers, members, strangers, 0] {
        assert_eq!(family.is_quorum(set(nodes)), definition.is_quorum(nodes));
    }
    for silent in [silent, silent & have] {
        let left = members & !silent;
        assert_eq!(family.is_blocked_by(set(silent)), !definition.is_quorum(left));
        let blocks = |node: &usize| !definition.is_quorum(left & !bit(*node));
        assert!(family.critical(set(silent)).iter().eq(nodes(left).filter(blocks)));
    }
    committed(family, definition, questions);
    shortfall(family, definition, have, silent, effort);
    shortfall(family, definition, 0, silent, effort);
    let voters = questions.voters.map_or(members, |voters| voters.mask::<WORDS>());
    votes::check(family, definition, voters, &questions.votes);
}

/// Tries every index that is reported.
fn committed<const WORDS: usize>(
    family: &impl Quorums<WORDS>,
    definition: &Definition,
    questions: &Questions,
) {
    let members = definition.members();
    let reports = questions.reports(members);
    let holders = |index: u64| {
        let holders = nodes(members).filter(|node| reports[*node].is_some_and(|it| it >= index));
        holders.fold(0, |mask, node| mask | bit(node))
    };
    let reported = nodes(members).filter_map(|node| reports[node]);
    let due = reported.filter(|index| definition.is_quorum(holders(*index))).max();

    let calls = Cell::new(0);
    let found = family.committed(|node| {
        assert!(members & bit(node) != 0, "a stranger is asked");
        calls.set(calls.get() + 1);
        reports[node]
    });
    assert_eq!(found, due);
    assert!(calls.get() <= most_reports(definition), "asked {} times", calls.get());
}

/// How often members are asked at most, by the documentation.
fn most_reports(definition: &Definition) -> usize {
    match definition {
        Definition::Both(halves) => halves.iter().map(most_reports).sum(),
        family => (size(family.members()) + 1).pow(2),
    }
}

/// Whether it would take a long search, in the whole or in a half. A million calls say nothing that
/// a thousand do not.
fn is_long(definition: &Definition, left: u128) -> bool {
    let missing = size(definition.members() & left);
    let in_a_half = match definition {
        Definition::Both(halves) => halves.iter().any(|half| is_long(half, left)),
        _ => false,
    };
    in_a_half || (FEW + 1..=20).contains(&missing)
}

fn shortfall<const WORDS: usize>(
    family: &impl Quorums<WORDS>,
    definition: &Definition,
    have: u128,
    silent: u128,
    effort: Effort,
) {
    let left = definition.members() & !have & !silent;
    if effort == Effort::Search && is_long(definition, left) {
        return;
    }
    let found = family.shortfall(set(have), set(silent));
    if size(left) <= FEW {
        let fewest = definition.fewest(have, left);
        assert_eq!(found, fewest.map_or(Shortfall::OutOfReach, Shortfall::Exactly));
        return;
    }
    match found {
        Shortfall::OutOfReach => assert!(!definition.is_quorum(have | left)),
        Shortfall::Exactly(0) => assert!(definition.is_quorum(have)),
        Shortfall::Exactly(more) => {
            assert!(!definition.is_quorum(have) && definition.is_quorum(have | left));
            // What is missing is one node, and then what is missing after the best one.
            let after = |node| match family.shortfall(set(have | bit(node)), set(silent)) {
                Shortfall::Exactly(rest) | Shortfall::AtLeast(rest) => rest,
                Shortfall::OutOfReach => panic!("out of reach by a node that came"),
            };
            if effort == Effort::Arithmetic {
                assert_eq!(nodes(left).map(after).min(), Some(more - 1));
            }
        }
        Shortfall::AtLeast(more) => {
            assert!(effort == Effort::Search && size(left) > 20);
            assert!(!definition.is_quorum(have) && definition.is_quorum(have | left));
            assert!((1..=size(left)).contains(&more));
            assert!(more == 1 || nodes(left).all(|node| !definition.is_quorum(have | bit(node))));
        }
    }
}

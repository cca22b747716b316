//! Two families, and the systems that are made of them.

use arbitrary::Arbitrary;
use synod_quorum::{
    Coterie, Flexible, IntersectionError, Joint, QuorumSystem, Quorums, ReadWrite, ReadWriteError,
    Shape,
};

use super::{
    bare::Bare,
    decisions::{self, Effort},
    definition::Definition,
    intersection::{self, assert_all_meet, assert_same},
    questions::Questions,
    recipe::Recipe,
    single::check_phases,
};

/// Two families that may be refused, and questions to what is made of them.
#[derive(Arbitrary, Debug)]
pub struct Scenario {
    first: Recipe,
    second: Recipe,
    /// Whether the families tell what they are made of.
    is_open: bool,
    questions: Questions,
}

impl Scenario {
    /// Makes the families, and every system that may be made.
    pub(crate) fn check<const WORDS: usize>(&self) {
        let Some((first, one)) = self.first.build::<WORDS>() else { return };
        let Some((second, other)) = self.second.build::<WORDS>() else { return };
        if self.is_open {
            Pair { first: (&first, &one), second: (&second, &other), questions: &self.questions }
                .check();
        } else {
            let first = Bare { family: &first, is_open: false };
            let second = Bare { family: &second, is_open: false };
            Pair { first: (&first, &one), second: (&second, &other), questions: &self.questions }
                .check();
        }
    }
}

/// Two families with their definitions.
struct Pair<'a, A, B> {
    first: (&'a A, &'a Definition),
    second: (&'a B, &'a Definition),
    questions: &'a Questions,
}

impl<A, B> Pair<'_, A, B> {
    fn check<const WORDS: usize>(&self)
    where
        A: Quorums<WORDS>,
        B: Quorums<WORDS>,
    {
        let Some(there) = intersection::check::<WORDS>(self.first, self.second) else { return };
        let Some(back) = intersection::check::<WORDS>(self.second, self.first) else { return };
        if let (Ok(()), Err(error)) | (Err(error), Ok(())) = (there, back) {
            let is_unproven = matches!(error, IntersectionError::Unproven { .. });
            assert!(is_unproven, "to meet is mutual: {error}");
        }
        let ((first, one), (second, other)) = (self.first, self.second);

        let flexible = Flexible::<_, _, WORDS>::new(first, second);
        assert_eq!(flexible.as_ref().err(), there.as_ref().err());
        if let Ok(flexible) = flexible {
            check_phases(&flexible, one, other);
        }
        let first_half = coterie::<_, WORDS>(self.first);
        let second_half = coterie::<_, WORDS>(self.second);
        if let Some(second_half) = second_half {
            let due = there.map_err(ReadWriteError::Read);
            let due = due.and(second_half.map(|_| ()).map_err(ReadWriteError::Write));
            let store = ReadWrite::<_, _, WORDS>::new(first, second);
            assert_eq!(store.as_ref().err(), due.err().as_ref());
            if let Ok(store) = &store {
                assert_same(store.read(), one);
                assert_same(store.write(), other);
                check_phases(store, one, other);
            }
            if let (Ok(flexible), Ok(second_half)) = (flexible, second_half) {
                self.check_joint_phases(flexible, second_half);
            }
        }
        if let (Some(Ok(first_half)), Some(Ok(second_half))) = (first_half, second_half) {
            self.check_joint(first_half, second_half);
        }
    }

    /// Asks of a joint system of two coteries.
    fn check_joint<const WORDS: usize>(
        &self,
        outgoing: Coterie<&A, WORDS>,
        incoming: Coterie<&B, WORDS>,
    ) where
        A: Quorums<WORDS>,
        B: Quorums<WORDS>,
    {
        let joint = Joint::<_, _, WORDS>::new(outgoing, incoming);
        assert_same(joint.outgoing(), self.first.1);
        assert_same(joint.incoming(), self.second.1);
        let both = Definition::both(self.first.1, self.second.1);
        assert_same(&joint, &both);
        decisions::check(&joint, &both, self.questions, effort(&outgoing, &incoming));
        check_phases(&joint, &both, &both);
        assert_all_meet(&both, self.first.1);
        assert_all_meet(&both, self.second.1);
        // The change back, while the change goes on.
        let back = Joint::<_, _, WORDS>::new(joint, Coterie::clone(joint.outgoing()));
        let three = Definition::both(&both, self.first.1);
        decisions::check(&back, &three, self.questions, Effort::Search);
        if let Some(Err(error)) = intersection::check((&joint, &both), (&joint, &both)) {
            assert!(matches!(error, IntersectionError::Unproven { .. }), "{error}");
        }
    }

    /// Asks of a joint system whose phases differ.
    fn check_joint_phases<const WORDS: usize>(
        &self,
        outgoing: Flexible<&A, &B, WORDS>,
        incoming: Coterie<&B, WORDS>,
    ) where
        A: Quorums<WORDS>,
        B: Quorums<WORDS>,
    {
        let ((first, one), (second, other)) = (self.first, self.second);
        let joint = Joint::<_, _, WORDS>::new(outgoing, incoming);
        let phases = (Definition::both(one, other), Definition::both(other, other));
        check_phases(&joint, &phases.0, &phases.1);
        let questions = self.questions;
        decisions::check(&joint.phase1(), &phases.0, questions, effort(first, second));
        decisions::check(&joint.phase2(), &phases.1, questions, effort(second, second));
    }
}

/// The family as a system, or why it is none; asserts that it is known whether it is.
#[allow(clippy::type_complexity)]
fn coterie<'a, Q: Quorums<WORDS>, const WORDS: usize>(
    family: (&'a Q, &Definition),
) -> Option<Result<Coterie<&'a Q, WORDS>, IntersectionError<WORDS>>> {
    let found = intersection::check(family, family)?;
    let coterie = Coterie::new(family.0);
    assert_eq!(coterie.as_ref().err(), found.as_ref().err());
    Some(coterie)
}

/// How a joint family of these finds out what is missing.
fn effort<const WORDS: usize>(one: &impl Quorums<WORDS>, other: &impl Quorums<WORDS>) -> Effort {
    match (one.shape(), other.shape()) {
        (Shape::Count(_), Shape::Count(_)) => Effort::Arithmetic,
        _ => Effort::Search,
    }
}

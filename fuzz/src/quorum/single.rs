//! One family, and what it is asked.

use arbitrary::Arbitrary;
use synod_quorum::{Coterie, QuorumSystem};

use super::{
    bare::Bare,
    decisions::{self, Effort},
    definition::Definition,
    family::Family,
    intersection, live_sets,
    questions::Questions,
    recipe::Recipe,
};

/// A family that may be refused, and questions to it.
#[derive(Arbitrary, Debug)]
pub struct Scenario {
    recipe: Recipe,
    questions: Questions,
}

impl Scenario {
    /// Makes the family and asks, also of what the trait alone would answer.
    pub(crate) fn check<const WORDS: usize>(&self) {
        let Some((family, definition)) = self.recipe.build::<WORDS>() else { return };
        intersection::assert_same(&family, &definition);
        let effort = match family {
            Family::Opaque(_) => Effort::Search,
            _ => Effort::Arithmetic,
        };
        decisions::check(&family, &definition, &self.questions, effort);
        live_sets::check(&family, &definition, self.questions.failure());
        let bare = Bare { family: &family, is_open: false };
        decisions::check(&bare, &definition, &self.questions, Effort::Search);
        live_sets::check(&bare, &definition, self.questions.failure());
        self.check_system(&family, &definition, effort);
    }

    /// Asks of the systems that need no proof, and of the coterie if it is one.
    fn check_system<const WORDS: usize>(
        &self,
        family: &Family<WORDS>,
        definition: &Definition,
        effort: Effort,
    ) {
        match family {
            Family::Majority(family) => check_phases(family, definition, definition),
            Family::Dissemination(family) => check_phases(family, definition, definition),
            Family::Masking(family) => check_phases(family, definition, definition),
            Family::Heavier(family) => check_phases(family, definition, definition),
            Family::Grid(family) => {
                let grid = family.grid();
                let (rows, columns) = (grid.rows(), grid.columns());
                let reads = Definition::grid(rows, columns, true, false);
                let writes = Definition::grid(rows, columns, true, true);
                check_phases(&grid, &reads, &writes);
                intersection::assert_all_meet(&writes, &writes);
            }
            _ => {}
        }
        let Some(found) = intersection::check((family, definition), (family, definition)) else {
            return;
        };
        let coterie = Coterie::<_, WORDS>::new(family);
        assert_eq!(coterie.as_ref().err(), found.as_ref().err());
        if let Ok(coterie) = coterie {
            decisions::check(&coterie, definition, &self.questions, effort);
            check_phases(&coterie, definition, definition);
        }
    }
}

/// Asserts that the phases are those of the definition, and meet.
pub(crate) fn check_phases<const WORDS: usize>(
    system: &impl QuorumSystem<WORDS>,
    one: &Definition,
    other: &Definition,
) {
    let (first, second) = (system.phase1(), system.phase2());
    intersection::assert_same(&first, one);
    intersection::assert_same(&second, other);
    intersection::assert_all_meet(one, other);
}

//! What is a system: its quorums meet, or it does not decode.

use synod_quorum::{
    Coterie, Dissemination, Flexible, Grid, Joint, Majority, Masking, QuorumSystem, ReadWrite,
};

use super::{Decoded, Verdict, families::DecodedFamily, proof::meet};
use crate::quorum::{
    decisions::{self, Effort},
    definition::Definition,
    intersection::{assert_all_meet, assert_same},
    questions::Questions,
    single::check_phases,
};

/// A system with a decoder.
trait DecodedSystem<const WORDS: usize>: Decoded + QuorumSystem<WORDS> {
    /// What its phases are by definition, of what is legal.
    fn phases(raw: &Self::Raw) -> [Definition; 2];
}

/// Asks a system that was decoded.
fn ask<const WORDS: usize, S: DecodedSystem<WORDS>>(system: &S, questions: &Questions) {
    let [first, second] = S::phases(&system.read());
    check_phases(system, &first, &second);
    decisions::check(&system.phase1(), &first, questions, Effort::Search);
    decisions::check(&system.phase2(), &second, questions, Effort::Search);
}

/// A family that is a system by the way it was made.
macro_rules! alone {
    ($($family:ident)*) => {
        $(impl<const WORDS: usize> DecodedSystem<WORDS> for $family<WORDS> {
            fn phases(raw: &Self::Raw) -> [Definition; 2] {
                [Self::define(raw), Self::define(raw)]
            }
        })*
    };
}

alone!(Majority Dissemination Masking);

impl<F: DecodedFamily<WORDS>, const WORDS: usize> Decoded for Coterie<F, WORDS> {
    type Raw = F::Raw;

    fn judge(raw: &Self::Raw) -> Verdict {
        F::judge(raw).and_then(|| meet(&F::define(raw), &F::define(raw)))
    }

    fn read(&self) -> Self::Raw {
        self.family().read()
    }

    fn operate(&self, questions: &Questions) {
        ask(self, questions);
    }
}

impl<F: DecodedFamily<WORDS>, const WORDS: usize> DecodedSystem<WORDS> for Coterie<F, WORDS> {
    fn phases(raw: &Self::Raw) -> [Definition; 2] {
        [F::define(raw), F::define(raw)]
    }
}

impl<A, B, const WORDS: usize> Decoded for Flexible<A, B, WORDS>
where
    A: DecodedFamily<WORDS>,
    B: DecodedFamily<WORDS>,
{
    type Raw = (A::Raw, B::Raw);

    fn judge((first, second): &Self::Raw) -> Verdict {
        let parts = A::judge(first).max(B::judge(second));
        parts.and_then(|| meet(&A::define(first), &B::define(second)))
    }

    fn read(&self) -> Self::Raw {
        (self.phase1().read(), self.phase2().read())
    }

    fn operate(&self, questions: &Questions) {
        ask(self, questions);
    }
}

impl<A, B, const WORDS: usize> DecodedSystem<WORDS> for Flexible<A, B, WORDS>
where
    A: DecodedFamily<WORDS>,
    B: DecodedFamily<WORDS>,
{
    fn phases((first, second): &Self::Raw) -> [Definition; 2] {
        [A::define(first), B::define(second)]
    }
}

impl<R, W, const WORDS: usize> Decoded for ReadWrite<R, W, WORDS>
where
    R: DecodedFamily<WORDS>,
    W: DecodedFamily<WORDS>,
{
    type Raw = (R::Raw, W::Raw);

    fn judge((read, write): &Self::Raw) -> Verdict {
        R::judge(read).max(W::judge(write)).and_then(|| {
            let (read, write) = (R::define(read), W::define(write));
            meet(&read, &write).max(meet(&write, &write))
        })
    }

    fn read(&self) -> Self::Raw {
        (ReadWrite::read(self).read(), self.write().read())
    }

    fn operate(&self, questions: &Questions) {
        ask(self, questions);
        let writes = W::define(&self.write().read());
        assert_all_meet(&writes, &writes);
    }
}

impl<R, W, const WORDS: usize> DecodedSystem<WORDS> for ReadWrite<R, W, WORDS>
where
    R: DecodedFamily<WORDS>,
    W: DecodedFamily<WORDS>,
{
    fn phases((read, write): &Self::Raw) -> [Definition; 2] {
        [R::define(read), W::define(write)]
    }
}

impl<const WORDS: usize> Decoded for Grid<WORDS> {
    type Raw = (u64, u64);

    fn judge((rows, columns): &Self::Raw) -> Verdict {
        let places = u128::from(*rows) * u128::from(*columns);
        Verdict::only_if((1..=64 * WORDS as u128).contains(&places))
    }

    fn read(&self) -> Self::Raw {
        (self.rows() as u64, self.columns() as u64)
    }

    fn operate(&self, questions: &Questions) {
        ask(self, questions);
    }
}

impl<const WORDS: usize> DecodedSystem<WORDS> for Grid<WORDS> {
    fn phases((rows, columns): &Self::Raw) -> [Definition; 2] {
        let (rows, columns) = (*rows as usize, *columns as usize);
        [false, true].map(|whole| Definition::grid(rows, columns, true, whole))
    }
}

impl<A, B, const WORDS: usize> Decoded for Joint<A, B, WORDS>
where
    A: DecodedSystem<WORDS>,
    B: DecodedSystem<WORDS>,
{
    type Raw = (A::Raw, B::Raw);

    fn judge((outgoing, incoming): &Self::Raw) -> Verdict {
        A::judge(outgoing).max(B::judge(incoming))
    }

    fn read(&self) -> Self::Raw {
        (self.outgoing().read(), self.incoming().read())
    }

    fn operate(&self, questions: &Questions) {
        ask(self, questions);
        let [outgoing, incoming] =
            [A::phases(&self.outgoing().read()), B::phases(&self.incoming().read())];
        assert_same(&self.outgoing().phase2(), &outgoing[1]);
        assert_same(&self.incoming().phase2(), &incoming[1]);
    }
}

impl<A, B, const WORDS: usize> DecodedSystem<WORDS> for Joint<A, B, WORDS>
where
    A: DecodedSystem<WORDS>,
    B: DecodedSystem<WORDS>,
{
    fn phases((outgoing, incoming): &Self::Raw) -> [Definition; 2] {
        let ([one, other], [also, too]) = (A::phases(outgoing), B::phases(incoming));
        [Definition::both(&one, &also), Definition::both(&other, &too)]
    }
}

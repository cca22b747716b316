//! Sets of nodes, and what is made of them without a proof.

use synod_quorum::{
    Dissemination, Explicit, GridQuorums, GridRule, Majority, Masking, NodeSet, Quorums, Threshold,
    Weighted,
};

use super::{Decoded, Verdict};
use crate::quorum::{
    decisions::{self, Effort},
    definition::Definition,
    intersection::assert_same,
    questions::Questions,
    selection::{mask, nodes, set, size},
};

/// A family with a decoder.
pub(super) trait DecodedFamily<const WORDS: usize>: Decoded + Quorums<WORDS> {
    /// What it is by definition, of what is legal.
    fn define(raw: &Self::Raw) -> Definition;
}

/// Asks a family that was decoded.
fn ask<const WORDS: usize, F: DecodedFamily<WORDS>>(family: &F, questions: &Questions) {
    let definition = F::define(&family.read());
    assert_same(family, &definition);
    decisions::check(family, &definition, questions, Effort::Arithmetic);
}

/// The words of a set, without zeros at the end.
type RawSet = Vec<u64>;

fn is_set<const WORDS: usize>(words: &RawSet) -> bool {
    words.len() <= WORDS && words.last() != Some(&0)
}

fn is_some_set<const WORDS: usize>(words: &RawSet) -> bool {
    is_set::<WORDS>(words) && !words.is_empty()
}

/// The set of which these are the words, of a legal one of up to two.
fn bits(words: &RawSet) -> u128 {
    words.iter().rev().fold(0, |bits, word| bits << 64 | u128::from(*word))
}

impl<const WORDS: usize> Decoded for NodeSet<WORDS> {
    type Raw = RawSet;

    fn judge(raw: &Self::Raw) -> Verdict {
        Verdict::only_if(is_set::<WORDS>(raw))
    }

    fn read(&self) -> Self::Raw {
        let words = self.iter().map(|node| node / 64 + 1).max().unwrap_or(0);
        let word = |at: usize| {
            let bits = (0..64).filter(|bit| self.contains(at * 64 + bit));
            bits.fold(0, |word, bit| word | 1_u64 << bit)
        };
        (0..words).map(word).collect()
    }

    fn operate(&self, _: &Questions) {
        assert!(self.iter().eq(nodes(mask(*self))));
        assert_eq!(set::<WORDS>(mask(*self)), *self);
    }
}

impl<const WORDS: usize> Decoded for Majority<WORDS> {
    type Raw = RawSet;

    fn judge(raw: &Self::Raw) -> Verdict {
        Verdict::only_if(is_some_set::<WORDS>(raw))
    }

    fn read(&self) -> Self::Raw {
        self.members().read()
    }

    fn operate(&self, questions: &Questions) {
        ask(self, questions);
    }
}

impl<const WORDS: usize> DecodedFamily<WORDS> for Majority<WORDS> {
    fn define(raw: &Self::Raw) -> Definition {
        let members = bits(raw);
        Definition::Count { members, needed: size(members) / 2 + 1 }
    }
}

impl<const WORDS: usize> Decoded for Threshold<WORDS> {
    type Raw = (RawSet, u64);

    fn judge((members, needed): &Self::Raw) -> Verdict {
        Verdict::only_if(is_some_set::<WORDS>(members))
            .and_then(|| Verdict::only_if((1..=size(bits(members)) as u64).contains(needed)))
    }

    fn read(&self) -> Self::Raw {
        (self.members().read(), self.needed() as u64)
    }

    fn operate(&self, questions: &Questions) {
        ask(self, questions);
    }
}

impl<const WORDS: usize> DecodedFamily<WORDS> for Threshold<WORDS> {
    fn define((members, needed): &Self::Raw) -> Definition {
        Definition::Count { members: bits(members), needed: *needed as usize }
    }
}

impl<const N: usize, const WORDS: usize> Decoded for Weighted<N, WORDS> {
    type Raw = (Vec<u32>, u64);

    fn judge((weights, needed): &Self::Raw) -> Verdict {
        let total: u64 = weights.iter().map(|weight| u64::from(*weight)).sum();
        let is_trimmed = weights.last() != Some(&0);
        // Without a zero at the end, the last one is a member.
        let fits = weights.len() <= N.min(64 * WORDS);
        Verdict::only_if(is_trimmed && fits && (1..=total).contains(needed))
    }

    fn read(&self) -> Self::Raw {
        let len = self.members().iter().last().map_or(0, |last| last + 1);
        (self.weights().iter().copied().take(len).collect(), self.needed())
    }

    fn operate(&self, questions: &Questions) {
        ask(self, questions);
    }
}

impl<const N: usize, const WORDS: usize> DecodedFamily<WORDS> for Weighted<N, WORDS> {
    fn define((weights, needed): &Self::Raw) -> Definition {
        Definition::Weight { weights: weights.clone(), needed: *needed }
    }
}

impl<const K: usize, const WORDS: usize> Decoded for Explicit<K, WORDS> {
    type Raw = Vec<RawSet>;

    fn judge(raw: &Self::Raw) -> Verdict {
        Verdict::only_if((1..=K).contains(&raw.len()) && raw.iter().all(is_some_set::<WORDS>))
    }

    fn read(&self) -> Self::Raw {
        self.quorums().iter().map(NodeSet::read).collect()
    }

    fn operate(&self, questions: &Questions) {
        ask(self, questions);
    }
}

impl<const K: usize, const WORDS: usize> DecodedFamily<WORDS> for Explicit<K, WORDS> {
    fn define(raw: &Self::Raw) -> Definition {
        let sets: Vec<u128> = raw.iter().map(bits).collect();
        Definition::List { members: sets.iter().fold(0, |members, set| members | set), sets }
    }
}

impl<const WORDS: usize> Decoded for GridQuorums<WORDS> {
    /// Rows and columns, and the rule.
    type Raw = ((u64, u64), u32);

    fn judge((grid, rule): &Self::Raw) -> Verdict {
        let places = u128::from(grid.0) * u128::from(grid.1);
        Verdict::only_if((1..=64 * WORDS as u128).contains(&places) && *rule < 3)
    }

    fn read(&self) -> Self::Raw {
        let rule = match self.rule() {
            GridRule::EveryColumn => 0,
            GridRule::WholeColumn => 1,
            GridRule::Both => 2,
        };
        ((self.grid().rows() as u64, self.grid().columns() as u64), rule)
    }

    fn operate(&self, questions: &Questions) {
        ask(self, questions);
    }
}

impl<const WORDS: usize> DecodedFamily<WORDS> for GridQuorums<WORDS> {
    fn define(((rows, columns), rule): &Self::Raw) -> Definition {
        let (rows, columns) = (*rows as usize, *columns as usize);
        Definition::grid(rows, columns, *rule != 1, *rule != 0)
    }
}

impl<const WORDS: usize> Decoded for Dissemination<WORDS> {
    type Raw = (RawSet, u64);

    fn judge((members, liars): &Self::Raw) -> Verdict {
        Verdict::only_if(is_some_set::<WORDS>(members))
            .and_then(|| Verdict::only_if(size(bits(members)) as u128 > 3 * u128::from(*liars)))
    }

    fn read(&self) -> Self::Raw {
        (self.members().read(), self.b() as u64)
    }

    fn operate(&self, questions: &Questions) {
        ask(self, questions);
    }
}

impl<const WORDS: usize> DecodedFamily<WORDS> for Dissemination<WORDS> {
    fn define((members, liars): &Self::Raw) -> Definition {
        let (members, liars) = (bits(members), *liars as usize);
        Definition::Count { members, needed: (size(members) + liars + 1).div_ceil(2) }
    }
}

impl<const WORDS: usize> Decoded for Masking<WORDS> {
    type Raw = (RawSet, u64);

    fn judge((members, liars): &Self::Raw) -> Verdict {
        Verdict::only_if(is_some_set::<WORDS>(members))
            .and_then(|| Verdict::only_if(size(bits(members)) as u128 > 4 * u128::from(*liars)))
    }

    fn read(&self) -> Self::Raw {
        (self.members().read(), self.b() as u64)
    }

    fn operate(&self, questions: &Questions) {
        ask(self, questions);
    }
}

impl<const WORDS: usize> DecodedFamily<WORDS> for Masking<WORDS> {
    fn define((members, liars): &Self::Raw) -> Definition {
        let (members, liars) = (bits(members), *liars as usize);
        Definition::Count { members, needed: (size(members) + 2 * liars + 1).div_ceil(2) }
    }
}

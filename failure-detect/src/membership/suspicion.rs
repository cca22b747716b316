//! For how long a suspect may answer.

use super::logarithm::{ONE, ONE_BITS, log10};

/// As many accusers, the first included, make a suspicion as sure as it gets.
const ENOUGH: usize = 4;

/// Who accuses a member: the first few, as each counts once.
#[derive(Clone, Copy, Debug)]
pub(super) struct Accusers<Id> {
    ids: [Id; ENOUGH],
    /// How many there are besides the first.
    confirmations: u8,
}

impl<Id: Copy + PartialEq> Accusers<Id> {
    pub(super) const fn first(id: Id) -> Self {
        Self { ids: [id; ENOUGH], confirmations: 0 }
    }

    /// The one that is told on.
    pub(super) fn latest(&self) -> Id {
        let [first, ..] = self.ids;
        self.ids.get(usize::from(self.confirmations)).copied().unwrap_or(first)
    }

    pub(super) const fn confirmations(&self) -> u8 {
        self.confirmations
    }

    /// Notes one; whether it is a new one that counts.
    pub(super) fn add(&mut self, id: Id) -> bool {
        // Places that are free hold the first.
        let next = self.confirmations.saturating_add(1);
        if self.ids.contains(&id) {
            return false;
        }
        let place = self.ids.get_mut(usize::from(next));
        let counts = place.is_some();
        if let Some(place) = place {
            *place = id;
            self.confirmations = next;
        }
        counts
    }
}

/// The limits of a suspicion.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    pub(super) period_us: u32,
    /// The least time, in periods, in a group of up to ten; it grows with its logarithm.
    pub(super) periods: u8,
    /// The most time, in least times.
    pub(super) factor: u8,
}

impl Patience {
    /// How long a suspicion lasts in a group of so many that are not dead, the suspect and this
    /// member included, after so many confirmations.
    ///
    /// Source: Dadgar, Phillips and Currey, "Lifeguard: Local Health Awareness for More Accurate
    /// Failure Detection", 2018, section IV.B. Where fewer than three others could confirm, all of
    /// them are as good as three.
    pub(super) fn timeout_us(&self, group: usize, confirmations: u8) -> u64 {
        // None of these products can overflow: of 32, 8 and 12 bits, and of 44, 8 and 10.
        let periods = u32::from(self.periods).wrapping_mul(log10(group).max(ONE));
        let least = u64::from(self.period_us).wrapping_mul(periods.into()) >> ONE_BITS;
        let spread = least.wrapping_mul(self.factor.saturating_sub(1).into());
        let others = u8::try_from(group.saturating_sub(2)).unwrap_or(u8::MAX);
        let waived = spread.wrapping_mul(share(others, confirmations).into()) >> WHOLE_BITS;
        least.saturating_add(spread.saturating_sub(waived))
    }
}

/// `log(confirmations + 1) / log(others + 1)`, in parts of [`WHOLE`].
const fn share(others: u8, confirmations: u8) -> u16 {
    match (others, confirmations) {
        (1.., 0) => 0,
        (2, 1) => 646,
        (3.., 1) => 512,
        (3.., 2) => 812,
        _ => WHOLE,
    }
}

/// A power of two, as a division of 64 bits is large on small cores.
const WHOLE: u16 = 1 << WHOLE_BITS;
const WHOLE_BITS: u32 = 10;

#[cfg(test)]
mod tests {
    use super::*;

    const LIFEGUARD: Patience = Patience { period_us: 1_000_000, periods: 5, factor: 6 };

    #[test]
    fn the_figures_of_the_paper() {
        // α = 5 and β = 6: from 30 s down to 5 s in a group of ten.
        let timeouts = [0, 1, 2, 3].map(|count| LIFEGUARD.timeout_us(10, count));
        assert_eq!(timeouts, [30_000_000, 17_500_000, 10_175_782, 5_000_000]);
        // Fixed, as SWIM's.
        let swim = Patience { factor: 1, ..LIFEGUARD };
        assert_eq!([0, 3].map(|count| swim.timeout_us(10, count)), [5_000_000; 2]);
    }

    #[test]
    fn few_members() {
        // Nobody else could confirm.
        assert_eq!(LIFEGUARD.timeout_us(2, 0), 5_000_000);
        // One, and two others.
        assert_eq!([0, 1].map(|count| LIFEGUARD.timeout_us(3, count)), [30_000_000, 5_000_000]);
        assert_eq!(LIFEGUARD.timeout_us(4, 1), 30_000_000 - 15_771_484);
        assert_eq!(LIFEGUARD.timeout_us(4, 2), 5_000_000);
    }

    #[test]
    fn an_accuser_counts_once() {
        let mut accusers = Accusers::first(1);
        assert_eq!((accusers.latest(), accusers.confirmations()), (1, 0));
        assert!(!accusers.add(1));
        assert!(accusers.add(2) && !accusers.add(2) && !accusers.add(1));
        assert_eq!((accusers.latest(), accusers.confirmations()), (2, 1));
        assert!(accusers.add(3) && accusers.add(4));
        assert!(!accusers.add(5) && !accusers.add(4), "enough");
        assert_eq!(accusers.confirmations(), 3);
    }
}

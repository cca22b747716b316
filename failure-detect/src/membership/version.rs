//! Which of two claims about a member is the later one.

/// How a member stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Standing {
    /// Nobody doubts that it is alive.
    Alive,
    /// Somebody could not reach it. It is a member until its time to answer is over.
    Suspect,
    /// It was suspected, and did not answer in time.
    Dead,
    /// It said that it leaves.
    Left,
}

impl Standing {
    /// Whether it belongs to the group.
    #[must_use]
    pub const fn is_member(self) -> bool {
        matches!(self, Self::Alive | Self::Suspect)
    }
}

/// A claim about a member: the larger one wins, on whatever ways and in whatever order they come.
///
/// A later life of a member wins against all of an earlier one. Within a life the last word is that
/// it left; else a later incarnation wins, which only the member itself can make; else the worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Version(u64);

const LEFT: u64 = 1 << 31;

impl Version {
    pub(super) const fn new(generation: u32, incarnation: u16, standing: Standing) -> Self {
        let rank = match standing {
            Standing::Alive => 0,
            Standing::Suspect => 1,
            Standing::Dead => 2,
            Standing::Left => LEFT,
        };
        Self((generation as u64) << 32 | (incarnation as u64) << 8 | rank)
    }

    pub(super) const fn generation(self) -> u32 {
        (self.0 >> 32) as u32
    }

    pub(super) const fn incarnation(self) -> u16 {
        #[expect(clippy::cast_possible_truncation, reason = "16 bits of it")]
        let incarnation = (self.0 >> 8) as u16;
        incarnation
    }

    pub(super) const fn standing(self) -> Standing {
        match self.0 & (LEFT | 3) {
            0 => Standing::Alive,
            1 => Standing::Suspect,
            2 => Standing::Dead,
            _ => Standing::Left,
        }
    }

    /// The same life and incarnation, seen otherwise.
    pub(super) const fn with(self, standing: Standing) -> Self {
        Self::new(self.generation(), self.incarnation(), standing)
    }

    /// The first claim to be alive that wins against this one. There is none above the last
    /// incarnation of the last generation, which no count of starts reaches.
    pub(super) const fn refuted(self) -> Self {
        match (self.standing(), self.incarnation().checked_add(1)) {
            (Standing::Alive | Standing::Suspect | Standing::Dead, Some(incarnation)) => {
                Self::new(self.generation(), incarnation, Standing::Alive)
            }
            _ => match self.generation().checked_add(1) {
                Some(generation) => Self::new(generation, 0, Standing::Alive),
                None => Self::new(u32::MAX, u16::MAX, Standing::Alive),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_claims() {
        let rising = [
            Version::new(1, 0, Standing::Alive),
            Version::new(1, 0, Standing::Suspect),
            Version::new(1, 0, Standing::Dead),
            Version::new(1, 1, Standing::Alive),
            Version::new(1, u16::MAX, Standing::Dead),
            Version::new(1, 0, Standing::Left),
            Version::new(1, 1, Standing::Left),
            Version::new(2, 0, Standing::Alive),
            Version::new(u32::MAX, u16::MAX, Standing::Alive),
        ];
        assert!(rising.is_sorted_by(|left, right| left < right));
        for version in rising {
            let (generation, incarnation) = (version.generation(), version.incarnation());
            assert_eq!(Version::new(generation, incarnation, version.standing()), version);
        }
    }

    #[test]
    fn every_claim_but_the_last_can_be_refuted() {
        for generation in [0, 7, u32::MAX - 1] {
            for incarnation in [0, 7, u16::MAX] {
                for standing in [Standing::Alive, Standing::Suspect, Standing::Dead, Standing::Left]
                {
                    let claim = Version::new(generation, incarnation, standing);
                    assert!(claim.refuted() > claim);
                    assert_eq!(claim.refuted().standing(), Standing::Alive);
                }
            }
        }
        let last = Version::new(u32::MAX, u16::MAX, Standing::Dead);
        assert_eq!(last.refuted(), Version::new(u32::MAX, u16::MAX, Standing::Alive));
    }
}

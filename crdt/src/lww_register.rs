//! The register in which the last writer wins.

use core::{cmp::Ordering, marker::PhantomData};

use synod_clocks::{HybridStamp, WideHybridStamp};

use crate::{
    Delta, Reader, Refused, State, WriteError, Writer,
    kind::{Kind, Nest, Sealed},
    path::Path,
    replace::Fate,
};

/// A register in which the write with the largest stamp wins: the kind of a
/// [`Causal`](crate::Causal) state, or of values in a [`CausalMap`](crate::CausalMap).
///
/// - Read, with a [`Reader`](crate::Reader): `get`, `stamp`, `is_empty`, `latest_stamp`.
/// - Write, with a [`Writer`](crate::Writer): `set`, `reset`.
///
/// Stamps are those of a hybrid clock, so they are close to wall-clock time and never contradict
/// cause and effect. Of two writes with one stamp, that of the replica with the larger id wins:
/// there is one winner everywhere. The loser's value is lost without having been read; where that
/// is not wanted, take [`MvRegister`](crate::MvRegister).
///
/// It takes one row for each concurrent write, until a later write has seen them. Reading and
/// writing are O(log n) and the number of rows; on `Inline` capacities O(n) in the rows of the
/// state. Values are `Ord`: for a float take a newtype that orders by `total_cmp`.
///
/// Source: Johnson and Thomas, RFC 677, 1975; Shapiro et al., INRIA 2011, section 3.2.1; stamps by
/// Kulkarni et al., OPODIS 2014.
///
/// ```
/// use synod_crdt::{Causal, HybridStamp, Inline, LwwRegister, Merge};
///
/// type Brightness = Causal<u8, LwwRegister<u8>, Inline<4>, Inline<4>>;
/// let at = |us| HybridStamp::from_wall_us(us).unwrap(); // from a `HybridClock`
/// let (mut left, mut right) = (Brightness::new(), Brightness::new());
/// left.write(1).set(at(1_000), 40)?;
/// right.write(2).set(at(1_001), 70)?;
/// left.merge(&right)?;
/// assert_eq!(left.read().get(), Some(&70));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # With a clock
///
/// A [`HybridClock`](synod_clocks::HybridClock) stamps what is written, and is shown the
/// [`latest_stamp`](Reader::latest_stamp) of what comes in. Where it was not, a write can be
/// [`Stale`](WriteError::Stale): it would lose against one that is known, and nobody would ever see
/// it. Show the clock that one, and write again. What was written is recorded where an
/// [`AntiEntropy`](crate::AntiEntropy) machine sends it, here `sync`:
///
/// ```
/// # use synod_clocks::HybridClock;
/// # use synod_crdt::{AntiEntropy, AntiEntropyConfig, Causal, HybridStamp, Inline, LwwRegister};
/// # use synod_crdt::WriteError;
/// # let mut brightness = Causal::<u8, LwwRegister<u8>, Inline<4>, Inline<4>>::new();
/// # brightness.write(2).set(HybridStamp::from_wall_us(1_000_300).unwrap(), 70)?;
/// # let (mut clock, wall_us) = (HybridClock::new(500_000), 1_000_000);
/// # let max_row = LwwRegister::<u8>::max_row(1);
/// # let (cluster, me, boot, max_message, max_id, resend_us) = (5, 1, 1, 64, 1, 1_000);
/// # let config = AntiEntropyConfig { cluster, me, boot, max_message, max_id, max_row, resend_us };
/// # let mut sync = AntiEntropy::<u8, Inline<4>, Inline<1>, 4>::new(config, &[2])?;
/// let write = brightness.write(1);
/// let written = write.set(clock.tick(wall_us)?, 40).map(|delta| sync.record(&delta));
/// if let Some(refused) = written.err().filter(|refused| refused.reason == WriteError::Stale) {
///     if let Some(known) = brightness.read().stamp() {
///         let later = clock.receive(wall_us, known.stamp)?; // or that replica's clock is wrong
///         sync.record(&brightness.write(1).set(later, refused.value)?);
///     }
/// }
/// assert_eq!(brightness.read().get(), Some(&40));
/// # assert!(!sync.is_idle());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// A stamp that the clock does not accept is from a wall clock that is too far ahead. Its value
/// stays until the other clocks come that far, or until a [`reset`](Writer::reset), which needs no
/// stamp.
///
/// # Without a wall clock
///
/// A board without a wall clock passes 0 as the time, and makes its clock with an offset of
/// `u64::MAX`, so that no stamp is too far ahead. Then each stamp is the next after the largest
/// that the clock has issued or was shown: a Lamport clock. A write that has seen another still
/// wins over it. Of two that have not seen each other, the order of the stamps says nothing about
/// time; as a rule, one from a replica with a wall clock wins over one from a board without.
/// Nothing protects such a board from a wall clock that is wrong. After a restart, show the clock
/// the `latest_stamp` of the state that was persisted. Where only a bound was, the board's own
/// earlier writes are still to come back, and would win over new ones: set nothing before
/// [`has_recovered`](crate::AntiEntropy::has_recovered), and then show the clock the
/// `latest_stamp`.
///
/// The time since the start is possible, too. Then, of two writes that have not seen each other,
/// that of the board that has run longer wins as a rule.
///
/// ```
/// use synod_clocks::HybridClock;
/// use synod_crdt::HybridStamp;
///
/// let mut clock = HybridClock::new(u64::MAX);
/// assert!(clock.tick(0)? < clock.tick(0)?);
/// let received = HybridStamp::from_wall_us(1_700_000_000_000_000).unwrap();
/// clock.receive(0, received)?;
/// assert!(clock.tick(0)? > received);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct LwwRegister<V>(PhantomData<V>);

impl<V> Sealed for LwwRegister<V> {}

impl<Id, V: Clone + Ord + 'static> Kind<Id> for LwwRegister<V> {
    type Row = (HybridStamp, V);
}

impl<Id, V: Clone + Ord + 'static> Nest<Id> for LwwRegister<V> {}

impl<'a, S, V, P> Reader<'a, S, LwwRegister<V>, P>
where
    S: State,
    V: Clone + Ord + 'static,
    P: Path<S, LwwRegister<V>>,
{
    /// The value of the last write, or `None` if it was never written, or was reset.
    #[must_use]
    pub fn get(self) -> Option<&'a V> {
        self.winner().map(|(_, value)| value)
    }

    /// When the value was written, and by whom.
    #[must_use]
    pub fn stamp(self) -> Option<WideHybridStamp<S::Id>> {
        self.winner().map(|(stamp, _)| stamp)
    }

    fn winner(self) -> Option<(WideHybridStamp<S::Id>, &'a V)> {
        let rows = self.rows(|_| Ordering::Equal);
        // By dot where one replica used a stamp twice.
        let last = rows.reduce(|last, row| {
            let later = (last.1.0, last.0) < (row.1.0, row.0);
            if later { row } else { last }
        });
        last.map(|(dot, (stamp, value))| (stamp.at(dot.replica), value))
    }
}

impl<'a, S: State, V: Clone + Ord + 'static, P: Path<S, LwwRegister<V>>>
    Writer<'a, S, LwwRegister<V>, P>
{
    /// Writes `value` at `stamp`, in the place of all that was observed.
    ///
    /// # Errors
    ///
    /// [`Refused`], with the value handed back; nothing was changed. [`WriteError::Stale`] if the
    /// write would lose against one that is known.
    pub fn set(self, stamp: HybridStamp, value: V) -> Result<Delta<'a, S>, Refused<V>> {
        if self.reader().stamp() > Some(stamp.at(self.author.me)) {
            return Err(Refused { reason: WriteError::Stale, value });
        }
        let row = (stamp, value.clone());
        let replaced = self.replace(|_| Ordering::Equal, |_, _| Fate::Goes, Some(row));
        replaced.map_err(|reason| Refused { reason, value })
    }
}

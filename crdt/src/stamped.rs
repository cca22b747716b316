//! What connects stamped values with a clock.

use core::cmp::Ordering;

use synod_clocks::HybridStamp;

use crate::{
    CausalMap, LwwRegister, LwwSet, Reader, State,
    kind::{Kind, Nest},
    path::Path,
};

/// A kind whose rows have stamps: [`LwwRegister`], [`LwwSet`], and a [`CausalMap`] of such.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no stamps",
    note = "kinds with stamps are `LwwRegister<V>`, `LwwSet<E>`, and `CausalMap<K, T>` of such"
)]
pub trait Stamped<Id>: Nest<Id> {
    #[doc(hidden)]
    fn stamp(row: &Self::Row) -> HybridStamp;
}

impl<Id, V: Clone + Ord + 'static> Stamped<Id> for LwwRegister<V> {
    fn stamp((stamp, _): &Self::Row) -> HybridStamp {
        *stamp
    }
}

impl<Id: Copy + Ord, E: Clone + Ord + 'static> Stamped<Id> for LwwSet<E> {
    fn stamp((_, stamp, _): &<Self as Kind<Id>>::Row) -> HybridStamp {
        *stamp
    }
}

impl<Id: Copy, K: Clone + Ord + 'static, T: Stamped<Id>> Stamped<Id> for CausalMap<K, T> {
    fn stamp((_, row): &Self::Row) -> HybridStamp {
        T::stamp(row)
    }
}

impl<S: State, T: Stamped<S::Id>, P: Path<S, T>> Reader<'_, S, T, P> {
    /// The latest stamp of all writes that are remembered here: what to show a
    /// [`HybridClock`](synod_clocks::HybridClock). O(n) in the rows of this place.
    ///
    /// Ask it of what came in, before that is merged. Then the clock's next stamp is later than all
    /// that this replica has seen, whatever its wall clock shows, so that its writes win over what
    /// it has read, and are never [`Stale`](crate::WriteError::Stale). A stamp that the clock does
    /// not accept is from a wall clock that is wrong: what came in can be left unmerged, and its
    /// sender be told.
    ///
    /// ```
    /// use synod_clocks::HybridClock;
    /// use synod_crdt::{Causal, CausalMap, Inline, LwwRegister, Merge};
    ///
    /// type Lights = Causal<u8, CausalMap<&'static str, LwwRegister<u8>>, Inline<4>, Inline<8>>;
    /// let (mut own, mut peer) = (Lights::new(), Lights::new());
    /// // Wall clocks are off by half a second at most; the peer's is 300 µs ahead.
    /// let (mut clock, mut peers_clock) = (HybridClock::new(500_000), HybridClock::new(500_000));
    /// peer.write(2).at(&"attic").set(peers_clock.tick(1_000_300)?, 70)?;
    ///
    /// let received = peer; // decoded
    /// if let Some(latest) = received.read().latest_stamp() {
    ///     clock.receive(1_000_000, latest)?;
    /// }
    /// own.merge(&received)?;
    ///
    /// own.write(1).at(&"attic").set(clock.tick(1_000_100)?, 40)?; // later, and it wins
    /// assert_eq!(own.read().at(&"attic").get(), Some(&40));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn latest_stamp(self) -> Option<HybridStamp> {
        let stamps = self.rows(|_| Ordering::Equal).map(|(_, row)| T::stamp(row));
        stamps.reduce(HybridStamp::max)
    }
}

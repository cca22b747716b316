//! Coming back after a crash, without issuing an event twice.

use core::num::NonZeroU64;

use synod_capacity::{Capacity, Full};
use synod_clocks::{CausalContext, Dot, DotRange};

use crate::{Causal, Delta, WriteError, kind::Nest};

/// For all kinds but [`GCounter`](crate::GCounter), where an event that marks a place, or fills a
/// gap, would be a count.
impl<Id: Copy + Ord + 'static, T: Nest<Id>, R: Capacity, N: Capacity> Causal<Id, T, R, N> {
    /// After a restart: events of `me` up to `floor` may have been issued, also such as this state
    /// does not know. Those of further changes come after it.
    ///
    /// A replica that persists its state before a delta of it leaves comes back with all that it
    /// ever issued, and needs nothing of this. Where that wears the flash too much, it persists
    /// only a bound, now and then: that of a [`Ceiling`](synod_clocks::Ceiling),
    /// [under](crate::Writer::under) which it writes. It comes back with an older state, or with
    /// none, and resumes at the [floor](synod_clocks::Ceiling::floor); what it has lost, its peers
    /// give back.
    ///
    /// This takes one event, and one more range of the context until what it had issued before is
    /// here again. Events that it never issued stay a gap, until
    /// [`close_gaps`](Self::close_gaps). Does nothing where the state knows a later event of
    /// `me`, or at a floor of 0, that of a first start. O(r) in the ranges of the context.
    ///
    /// Gives the delta, of the one event that it takes. A peer that is told of the changes after it
    /// alone has a gap there.
    ///
    /// # Errors
    ///
    /// [`WriteError`]; the state is unchanged, and under the ceiling nothing can be written.
    /// [`WriteError::Ranges`]: no range is left. Merge what closes a gap, or use a larger capacity,
    /// and resume again. [`WriteError::Exhausted`]: no event is left after `floor`. Give the replica
    /// a new id.
    ///
    /// ```
    /// use core::num::NonZeroU64;
    /// use synod_clocks::Ceiling;
    /// use synod_crdt::{AwSet, Causal, Inline, WriteError};
    ///
    /// type Set = Causal<u8, AwSet<u8>, Inline<4>, Inline<8>>;
    /// let persisted = 64; // the bound, from flash; 0 at the very first start
    /// let mut ceiling = Ceiling::recover(NonZeroU64::new(64).unwrap(), persisted);
    /// let mut set = Set::new(); // or an older state, from flash
    /// set.resume(1, ceiling.floor())?;
    ///
    /// // Before each change: reserve the next events. A bound is written once in a while.
    /// ceiling.reserve(set.context().latest(1) + 1);
    /// if let Some(bound) = ceiling.poll_output() {
    ///     // … write the bound to flash, and sync …
    ///     ceiling.handle_persisted(bound)?;
    /// }
    /// let delta = set.write(1).under(&ceiling).insert(7)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn resume(&mut self, me: Id, floor: u64) -> Result<Delta<'_, Self>, WriteError> {
        let mut marked = CausalContext::new();
        if floor > 0 && self.context().latest(me) <= floor {
            // Also where it knows the last event below: the next may be the mark of a start before
            // this one, which made no bound durable, and so must not be a change.
            let next = floor.checked_add(1).ok_or(WriteError::Exhausted)?;
            let mark = Dot::new(me, next).ok_or(WriteError::Exhausted)?;
            marked.insert(mark).map_err(WriteError::Ranges)?;
            self.context_mut().insert(mark).map_err(WriteError::Ranges)?;
        }
        Ok(Delta::new(self, marked))
    }

    /// Declares that no event of `me` is missing before its latest one: those that this state does
    /// not know were never issued, or are removed by this. Gives the delta.
    ///
    /// Right once every peer that may have events of `me` has given them back; an anti-entropy
    /// machine [tells when](crate::AntiEntropy::has_recovered). Called before, it removes what they
    /// have. Another replica may do it for `me`, if it has all earlier events that any other has:
    /// so the way is out where `me` has started so often, while a peer was away, that no range is
    /// left to take in its latest events. O(r log r) in the ranges of the context.
    ///
    /// # Errors
    ///
    /// [`Full`]: only `Heap` can fail. Nothing was changed.
    ///
    /// ```
    /// use synod_crdt::{AwSet, Causal, Inline, Merge};
    ///
    /// type Set = Causal<u8, AwSet<u8>, Inline<2>, Inline<8>>;
    /// let (mut set, mut peer) = (Set::new(), Set::new());
    /// peer.merge(&set.write(1).insert(7)?)?;
    ///
    /// let mut set = Set::new(); // all was lost but the bound, 64
    /// peer.merge(&set.resume(1, 64)?)?;
    /// set.merge(&peer)?; // the only peer gives back what it has
    /// assert_eq!(set.context().of(1).len(), 2); // event 1; and 65, where it goes on
    ///
    /// peer.merge(&set.close_gaps(1)?)?; // 2 to 64 were never issued
    /// assert_eq!(set.context().of(1).len(), 1);
    /// assert!(set.read().contains(&7));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn close_gaps(&mut self, me: Id) -> Result<Delta<'_, Self>, Full> {
        let mut gaps = CausalContext::new();
        if let Some(last) = NonZeroU64::new(self.context().latest(me)) {
            if let Some(whole) = DotRange::new(me, NonZeroU64::MIN, last) {
                let mut all: CausalContext<Id, R> = CausalContext::new();
                all.insert_range(whole)?;
                for gap in all.beyond(self.context()) {
                    gaps.insert_range(gap)?;
                }
                self.context_mut().insert_range(whole)?;
            }
        }
        Ok(Delta::new(self, gaps))
    }
}

//! Taking away tombstones that nobody needs any more.

use synod_capacity::Capacity;
use synod_clocks::{CausalContext, Dot};

use crate::{Causal, Delta, State, causal::Inside, kind::Kind, touch::touch};

impl<Id: Copy + Ord + 'static, T: Kind<Id>, R: Capacity, N: Capacity> Causal<Id, T, R, N> {
    /// Takes away what tombstones under events of `stable` have beaten or, where nothing is left of
    /// that, the tombstones; gives the delta of it. Call it again once that is stable.
    ///
    /// An event is stable once every replica has it *and* this one has merged all that each of them
    /// knew when it got it: whoever adds later has seen the tombstone. The stable events of an
    /// anti-entropy machine are such. They are so for the state that they were asked of, and not
    /// once more was merged: of a later change, a part may be here that replaces a tombstone, and
    /// not yet the part that takes it away. Collecting too early, or with what was stable once, does
    /// not break convergence, but an addition that the tombstone should have beaten comes back, or
    /// one that should have beaten it goes.
    ///
    /// It is enough that one replica collects: for all others it is a removal like any other. What
    /// has no tombstones is unchanged. O(n log n) where few rows are judged together, as those of
    /// an element are; all rows of a counter are. On `Inline` capacities O(n²).
    ///
    /// Where an [`AntiEntropy`](crate::AntiEntropy) machine is in use, its
    /// [`stable`](crate::AntiEntropy::stable) events are what to give, and the delta is to be
    /// [recorded](crate::AntiEntropy::record). Beside it:
    ///
    /// ```
    /// use synod_crdt::{Causal, Inline, Merge, RwSet};
    ///
    /// type Allowed = Causal<u8, RwSet<u32>, Inline<4>, Inline<8>>;
    /// let (mut left, mut right) = (Allowed::new(), Allowed::new());
    /// left.write(1).insert(77)?;
    /// left.write(1).remove(77)?; // leaves a tombstone
    /// right.merge(&left)?;
    /// assert_eq!((left.row_count(), right.row_count()), (1, 1));
    ///
    /// assert_eq!(left, right); // these two are all replicas, and neither is writing
    /// let stable = left.context().clone();
    /// right.merge(&left.collect(&stable))?;
    /// assert_eq!((left.row_count(), right.row_count()), (0, 0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Source: causal stability, of Baquero, Almeida, Shoker, "Making Operation-based CRDTs
    /// Operation-based", DAIS 2014.
    pub fn collect<C: Capacity>(&mut self, stable: &CausalContext<Id, C>) -> Delta<'_, Self> {
        let mut touched = CausalContext::new();
        // What tombstones have beaten, and then tombstones.
        for tombstones in [false, true] {
            let mut from = None;
            while let Some(dot) = self.next_settled(stable, from, tombstones) {
                from = Some(dot);
                let (context, rows) = self.parts(Inside(()));
                // Out of memory: what is not in the delta stays, and so does what has beaten it.
                if touch(&mut touched, context, dot.into()).is_err() {
                    return Delta::new(self, touched);
                }
                rows.remove(dot);
            }
            // Both in one delta could be told one by one, and what is beaten be seen in between.
            if !touched.is_empty() {
                break;
            }
        }
        Delta::new(self, touched)
    }

    /// The next row that may go: a tombstone, or what is none.
    fn next_settled<C: Capacity>(
        &self,
        stable: &CausalContext<Id, C>,
        after: Option<Dot<Id>>,
        tombstones: bool,
    ) -> Option<Dot<Id>> {
        let rows = self.rows();
        let settled = |(dot, row): &(Dot<Id>, &T::Row)| {
            let group = rows.at(|other: &T::Row| T::group(other, row));
            T::is_tombstone(row) == tombstones
                && T::is_settled(*dot, row, group, |dot| stable.contains(dot))
        };
        rows.after(after).find(settled).map(|(dot, _)| dot)
    }
}

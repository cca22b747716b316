//! Taking away tombstones that nobody needs any more.

use synod_capacity::Capacity;
use synod_clocks::{CausalContext, Dot};

use crate::{Causal, Delta, State, kind::Kind, touch::touch};

impl<Id: Copy + Ord + 'static, T: Kind<Id>, R: Capacity, N: Capacity> Causal<Id, T, R, N> {
    /// Takes away what tombstones under events of `stable` have beaten or, where nothing is left of
    /// that, the tombstones; gives the delta of it. Call it again once that is stable.
    ///
    /// An event is stable once every replica has it *and* this one has merged all that each of them
    /// knew when it got it: whoever adds later has seen the tombstone. The stable events of an
    /// anti-entropy machine are such. Collecting too early does not break convergence, but an
    /// addition that the tombstone should have beaten comes back.
    ///
    /// It is enough that one replica collects: for all others it is a removal like any other. What
    /// has no tombstones is unchanged. O(n log n) where few rows are judged together, as those of an
    /// element are; all rows of a counter are. On `Inline` capacities O(n²).
    pub fn collect<C: Capacity>(&mut self, stable: &CausalContext<Id, C>) -> Delta<'_, Self> {
        let mut touched = CausalContext::new();
        for tombstones in [false, true] {
            let mut from = None;
            while let Some(dot) = self.next_settled(stable, from, tombstones) {
                from = Some(dot);
                let (context, rows) = self.parts();
                // Out of memory: what is not in the delta stays.
                if touch(&mut touched, context, dot.into()).is_ok() {
                    rows.remove(dot);
                }
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

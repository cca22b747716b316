//! Taking away tombstones that nobody needs any more.

use synod_capacity::Capacity;
use synod_clocks::{CausalContext, Dot};

use crate::{Causal, Delta, State, kind::Kind, replace::touch};

impl<Id: Copy + Ord + 'static, T: Kind<Id>, R: Capacity, N: Capacity> Causal<Id, T, R, N> {
    /// Takes away the tombstones that are under events of `stable`, with what they have beaten, and
    /// gives the delta of that.
    ///
    /// An event is stable once every replica has it *and* this one has merged all that each of them
    /// knew when it got it: whoever adds later has seen the tombstone. The stable events of an
    /// anti-entropy machine are such. Collecting too early does not break convergence, but an
    /// addition that the tombstone should have beaten comes back.
    ///
    /// It is enough that one replica collects: for all others it is a removal like any other. What
    /// has no tombstones is unchanged. O(n log n), on `Inline` capacities O(n²).
    pub fn collect<C: Capacity>(&mut self, stable: &CausalContext<Id, C>) -> Delta<'_, Self> {
        let mut touched = CausalContext::new();
        // First what is beaten, then what has nothing more to beat.
        for _ in 0..2 {
            let mut from = None;
            while let Some(dot) = self.next_settled(stable, from) {
                from = Some(dot);
                let (context, rows) = self.parts();
                // Out of memory: what is not in the delta stays.
                if touch(&mut touched, context, dot.into()).is_ok() {
                    rows.remove(dot);
                }
            }
        }
        Delta::new(self, touched)
    }

    fn next_settled<C: Capacity>(
        &self,
        stable: &CausalContext<Id, C>,
        after: Option<Dot<Id>>,
    ) -> Option<Dot<Id>> {
        let rows = self.rows();
        let settled = |(dot, row): &(Dot<Id>, &T::Row)| {
            let group = rows.at(|other: &T::Row| T::group(other, row));
            T::is_settled(*dot, row, group, |dot| stable.contains(dot))
        };
        rows.after(after).find(settled).map(|(dot, _)| dot)
    }
}

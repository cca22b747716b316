//! What bytes may say, without the decoders' code.

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use synod_crdt::{
    AwSet, CausalMap, DwFlag, EwFlag, GCounter, GSet, Kind, LwwRegister, LwwSet, MvRegister, Nest,
    PnCounter, RwSet,
};

/// A state as it is written: ranges as (replica, gap, span), and rows, each after the number of
/// events that have none.
pub(crate) type Raw<Row> = (Vec<(u8, u64, u64)>, Vec<(u128, Row)>);

/// A kind, and what its rows are without their promises.
pub(crate) trait Written: Kind<u8> {
    /// A row as it is written.
    type Raw: Serialize + DeserializeOwned;

    /// Whether some change can write this row.
    fn can_be(_event: (u8, u64), _row: &Self::Raw) -> bool {
        true
    }
}

impl Written for AwSet<u8> {
    type Raw = u8;
}

impl Written for GSet<u8> {
    type Raw = u8;
}

impl Written for RwSet<u8> {
    type Raw = (u8, bool);
}

impl Written for LwwSet<u8> {
    type Raw = (u8, u64, bool);
}

impl Written for MvRegister<u8> {
    type Raw = u8;
}

impl Written for LwwRegister<u8> {
    type Raw = (u64, u8);
}

impl Written for EwFlag {
    type Raw = ();
}

impl Written for DwFlag {
    type Raw = ();
}

impl Written for GCounter {
    type Raw = ();

    fn can_be(_: (u8, u64), (): &()) -> bool {
        false
    }
}

/// The row of a counter.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum RawCount {
    Total { since: u64, amount: i64 },
    Floor { of: u8, upto: u64, since: u64, amount: i64 },
}

impl Written for PnCounter {
    type Raw = RawCount;

    fn can_be(event: (u8, u64), row: &RawCount) -> bool {
        match row {
            RawCount::Total { since, .. } => *since < event.1,
            RawCount::Floor { upto, since, .. } => since < upto,
        }
    }
}

impl<T: Written + Nest<u8>> Written for CausalMap<u8, T> {
    type Raw = (u8, T::Raw);

    fn can_be(event: (u8, u64), (_, row): &Self::Raw) -> bool {
        T::can_be(event, row)
    }
}

/// Whether a state with room for `ranges` and `rows` can be what is written.
pub(crate) fn is_legal<T: Written>(raw: &Raw<T::Raw>, ranges: usize, rows: usize) -> bool {
    let Some(runs) = runs(&raw.0) else {
        return false;
    };
    let mut next: u128 = 0;
    let mut event_of = |skipped: u128| {
        let index = next.checked_add(skipped)?;
        next = index + 1;
        nth(&runs, index)
    };
    let are_rows = raw
        .1
        .iter()
        .all(|(skipped, row)| event_of(*skipped).is_some_and(|event| T::can_be(event, row)));
    are_rows && raw.0.len() <= ranges && raw.1.len() <= rows
}

/// The ranges as (replica, first, last), or nothing if they are not in order.
fn runs(triples: &[(u8, u64, u64)]) -> Option<Vec<(u8, u64, u64)>> {
    let mut runs: Vec<(u8, u64, u64)> = Vec::new();
    for (replica, gap, span) in triples {
        let least = match runs.last() {
            Some((before, _, _)) if before > replica => return None,
            Some((before, _, last)) if before == replica => last.checked_add(2)?,
            _ => 1,
        };
        let first = least.checked_add(*gap)?;
        runs.push((*replica, first, first.checked_add(*span)?));
    }
    Some(runs)
}

fn nth(runs: &[(u8, u64, u64)], mut index: u128) -> Option<(u8, u64)> {
    for (replica, first, last) in runs {
        let count = u128::from(last - first) + 1;
        if index < count {
            return Some((*replica, first + u64::try_from(index).ok()?));
        }
        index -= count;
    }
    None
}

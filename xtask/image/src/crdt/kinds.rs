//! How large the rows of a kind are, and what tells kinds apart: hidden, as only states ask.

use core::{cmp::Ordering, hint::black_box};

use synod_crdt::{
    AwSet, CausalMap, Dot, DwFlag, EwFlag, GCounter, GSet, HybridStamp, Kind, LwwRegister, LwwSet,
    MvRegister, PnCounter, RwSet, Stamped,
};

type Settings = CausalMap<u8, LwwRegister<u16>>;
type Nested = CausalMap<u8, PnCounter>;
type Row<T> = <T as Kind<u16>>::Row;

operations! {
    "AwSet::max_row" => fn(element: usize) -> usize {
        AwSet::<u16>::max_row(element)
    }
    "GSet::max_row" => fn(element: usize) -> usize {
        GSet::<u16>::max_row(element)
    }
    "RwSet::max_row" => fn(element: usize) -> usize {
        RwSet::<u16>::max_row(element)
    }
    "LwwSet::max_row" => fn(element: usize) -> usize {
        LwwSet::<u16>::max_row(element)
    }
    "MvRegister::max_row" => fn(value: usize) -> usize {
        MvRegister::<u16>::max_row(value)
    }
    "LwwRegister::max_row" => fn(value: usize) -> usize {
        LwwRegister::<u16>::max_row(value)
    }
    "PnCounter::max_row" => fn(id: usize) -> usize {
        PnCounter::max_row(id)
    }
    "PnCounter::max_row_within" => fn(id: usize, event: u64, amount: u64) -> usize {
        PnCounter::max_row_within(id, event, amount)
    }
    "EwFlag::max_row" => fn() -> usize {
        EwFlag::max_row()
    }
    "DwFlag::max_row" => fn() -> usize {
        DwFlag::max_row()
    }
    "GCounter::max_row" => fn() -> usize {
        GCounter::max_row()
    }
    "CausalMap::max_row" => fn(key: usize, row: usize) -> usize {
        Nested::max_row(key, row)
    }
    "Kind::holds" => fn(rows: &[(Row<AwSet<u16>>, Dot<u16>)]) -> bool {
        holds::<AwSet<u16>>(rows)
    }
    "Kind::fate_in_reset" => fn(rows: &[(Row<AwSet<u16>>, Dot<u16>)]) {
        fate_in_reset::<AwSet<u16>>(rows);
    }
    "Kind::group" => fn(first: &Row<AwSet<u16>>, second: &Row<AwSet<u16>>) -> Ordering {
        <AwSet<u16> as Kind<u16>>::group(first, second)
    }
    "Kind::is_settled" => fn(rows: &[(Row<AwSet<u16>>, Dot<u16>)], stable: u64) -> bool {
        is_settled::<AwSet<u16>>(rows, stable)
    }
    "Kind::is_tombstone" => fn(row: &Row<AwSet<u16>>) -> bool {
        <AwSet<u16> as Kind<u16>>::is_tombstone(row)
    }
    "Kind::is_legal" => fn(dot: Dot<u16>, row: &Row<AwSet<u16>>) -> bool {
        AwSet::<u16>::is_legal(dot, row)
    }
    "GCounter as Kind<Id>" => fn(rows: &[(Row<GCounter>, Dot<u16>)], stable: u64) -> bool {
        every_method::<GCounter>(rows, stable)
    }
    "RwSet as Kind<Id>" => fn(rows: &[(Row<RwSet<u16>>, Dot<u16>)], stable: u64) -> bool {
        every_method::<RwSet<u16>>(rows, stable)
    }
    "LwwRegister as Stamped<Id>" => fn(row: &Row<LwwRegister<u16>>) -> HybridStamp {
        <LwwRegister<u16> as Stamped<u16>>::stamp(row)
    }
    "LwwSet as Stamped<Id>" => fn(row: &Row<LwwSet<u16>>) -> HybridStamp {
        <LwwSet<u16> as Stamped<u16>>::stamp(row)
    }
    "CausalMap as Stamped<Id>" => fn(row: &Row<Settings>) -> HybridStamp {
        <Settings as Stamped<u16>>::stamp(row)
    }
    "LwwSet as Kind<Id>" => fn(rows: &[(Row<LwwSet<u16>>, Dot<u16>)], stable: u64) -> bool {
        every_method::<LwwSet<u16>>(rows, stable)
    }
    "PnCounter as Kind<Id>" => fn(rows: &[(Row<PnCounter>, Dot<u16>)], stable: u64) -> bool {
        every_method::<PnCounter>(rows, stable)
    }
    "CausalMap as Kind<Id>" => fn(rows: &[(Row<Nested>, Dot<u16>)], stable: u64) -> bool {
        every_method::<Nested>(rows, stable)
    }
}

fn holds<T: Kind<u16>>(rows: &[(T::Row, Dot<u16>)]) -> bool {
    T::holds(rows.iter().map(|(row, dot)| (row, *dot)))
}

fn is_settled<T: Kind<u16>>(rows: &[(T::Row, Dot<u16>)], stable: u64) -> bool {
    let Some((row, dot)) = rows.first() else { return false };
    let all = rows.iter().map(|(row, dot)| (*dot, row));
    T::is_settled(*dot, row, all, |dot| dot.counter.get() <= stable)
}

fn fate_in_reset<T: Kind<u16>>(rows: &[(T::Row, Dot<u16>)]) {
    if let Some((row, dot)) = rows.first() {
        black_box(T::fate_in_reset(*dot, row, || rows.iter().map(|(row, dot)| (*dot, row))));
    }
}

fn every_method<T: Kind<u16>>(rows: &[(T::Row, Dot<u16>)], stable: u64) -> bool {
    if let [(first, dot), (second, _), ..] = rows {
        black_box(T::group(first, second));
        black_box(T::is_tombstone(first));
        black_box(T::is_legal(*dot, first));
    }
    fate_in_reset::<T>(rows);
    black_box(holds::<T>(rows)) && is_settled::<T>(rows, stable)
}

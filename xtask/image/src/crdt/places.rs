//! The ways into a state: hidden, as only readers and writers take them.

use core::{cmp::Ordering, hint::black_box};

use synod_crdt::{At, AwSet, Causal, CausalMap, Inline, Kind, Path, Reader, Source, Top};

type Rooms = Causal<u16, CausalMap<u8, AwSet<u16>>, Inline<8>, Inline<16>>;
type Kitchen = At<'static, u8, Top>;
type Row = <<Rooms as Source>::Kind as Kind<u16>>::Row;

operations! {
    "Top as Path<S, Kind>" => fn(path: &Top, row: Row) -> Ordering {
        every_method::<<Rooms as Source>::Kind, _>(path, row)
    }
    "At as Path<S, T>" => fn(path: &Kitchen, row: Row) -> Ordering {
        every_method::<AwSet<u16>, _>(path, row)
    }
    "At as Clone" => fn(path: &Kitchen) -> Kitchen {
        Clone::clone(path)
    }
    "Reader as Clone" => fn(
        reader: &Reader<'static, Rooms, AwSet<u16>, Kitchen>
    ) -> Reader<'static, Rooms, AwSet<u16>, Kitchen> {
        Clone::clone(reader)
    }
}

fn every_method<T: Kind<u16>, P: Path<Rooms, T>>(path: &P, row: Row) -> Ordering {
    if let Some(inner) = path.narrow(&row) {
        black_box(path.widen(inner.clone()));
    }
    path.locate(&row)
}

//! How many bytes each implementation takes to say the same, exactly.
//!
//! All are encoded with postcard. `dson` flattens a field, which postcard refuses, and `minerva`
//! encodes no dot stores: they are not here.

use serde::Serialize;
use synod_bench::{
    Random,
    sets::{self, CrdtKit, Crdts, Set, Synod},
};
use synod_crdt::{AwSet, Causal, Heap, Merge};

const ELEMENTS: usize = 10_000;

fn size<T: Serialize>(value: &T) -> usize {
    let flavor = postcard::ser_flavors::Size::default();
    postcard::serialize_with_flavor(value, flavor).unwrap()
}

/// The sizes of a set of `elements`, added by four replicas in turn, which every one has merged.
fn sizes(elements: impl Iterator<Item = u64> + Clone) -> [usize; 3] {
    fn merged<S: Set>(elements: impl Iterator<Item = u64>) -> S {
        let mut replicas: Vec<S> = (0..sets::REPLICAS).map(S::new).collect();
        for (at, element) in elements.enumerate() {
            replicas[at % usize::from(sets::REPLICAS)].insert(element);
        }
        let mut own = S::new(0);
        replicas.iter_mut().for_each(|replica| own.merge(replica));
        own
    }
    let synod = size(&merged::<Synod>(elements.clone()).state);
    let crdts = size(&merged::<Crdts>(elements.clone()).set);
    [synod, crdts, size(&merged::<CrdtKit>(elements).set)]
}

#[test]
fn ten_thousand_elements() {
    let mut random = Random::new(1);
    let random: Vec<u64> = (0..ELEMENTS).map(|_| random.number()).collect();
    let small = sizes(0..ELEMENTS as u64);
    let large = sizes(random.into_iter());
    println!("synod, crdts, crdt-kit: small numbers {small:?}, random ones {large:?}");
    assert_eq!((small, large), ([0; 3], [0; 3]));
    for [synod, crdts, _] in [small, large] {
        assert!(synod * 100 <= crdts * 60);
    }
}

#[test]
fn a_delta_of_one_element() {
    let mut random = Random::new(1);
    let mut set: Synod = sets::of_size(0, ELEMENTS, &mut random);
    let random = size(&set.insert_delta(random.number()));
    let small = size(&set.insert_delta(7));
    println!("synod: a small number {small}, a random one {random}");
    assert_eq!((small, random), (0, 0));

    // The largest there can be: of an id, of a counter, of an element.
    let mut set = Causal::<u64, AwSet<u64>, Heap, Heap>::new();
    let _ = (size(&set.write(u64::MAX).insert(u64::MAX).unwrap()), set.merge(&set.clone()));
}

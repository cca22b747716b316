//! How many bytes of memory a row takes on the heap: what the README of `synod-crdt` says.

use core::{hint::black_box, ops::RangeInclusive};

use allocation_counter::measure;
use synod_bench::Random;
use synod_crdt::{AwSet, Causal, Heap, Merge};

type Set = Causal<u64, AwSet<u64>, Heap, Heap>;

const COUNTS: [u64; 2] = [10_000, 100_000];

/// The bytes of a row in a set of `count` elements, once `build` has made one.
fn row(count: u64, build: impl FnOnce() -> Set) -> f64 {
    let mut kept = None;
    let used = measure(|| kept = Some(build()));
    assert_eq!(kept.map(|set| set.row_count() as u64), Some(count));
    used.bytes_current as f64 / count as f64
}

/// Elements without order, each once.
fn scattered(count: u64) -> Vec<u64> {
    let mut random = Random::new(1);
    (0..count).map(|element| element | (random.number() << 20)).collect()
}

fn written(elements: &[u64], replicas: u64) -> Set {
    let mut set = Set::new();
    for (element, writer) in elements.iter().zip((0..replicas).cycle()) {
        set.write(writer).insert(*element).unwrap();
    }
    set
}

/// The measure of each way to come to so many elements, and what the README says of it.
#[test]
fn a_row_takes_what_the_readme_says() {
    let check = |way: &str, said: RangeInclusive<f64>, count, bytes: f64| {
        println!("{way}, {count}: {bytes:.1}");
        assert!(said.contains(&bytes.round()), "{way}, {count}: {bytes}");
    };
    for count in COUNTS {
        let (sorted, scattered) = ((0..count).collect::<Vec<_>>(), scattered(count));
        check("in order", 48.0..=49.0, count, row(count, || written(&sorted, 1)));
        let other = written(&scattered, 1);
        let merged = || {
            let mut set = Set::new();
            set.merge(&other).unwrap();
            set
        };
        check("in one merge", 48.0..=49.0, count, row(count, merged));
        check("scattered", 57.0..=62.0, count, row(count, || written(&scattered, 1)));
        check("of eight", 77.0..=83.0, count, row(count, || written(&scattered, 8)));
    }
}

#[test]
fn removing_half_frees_at_most_what_the_readme_says() {
    for count in COUNTS {
        for (elements, replicas) in [((0..count).collect(), 1), (scattered(count), 8)] {
            let elements: Vec<u64> = elements;
            let mut set = None;
            let whole = measure(|| set = Some(written(&elements, replicas))).bytes_current;
            let mut set = set.unwrap();
            let change = measure(|| {
                for element in elements.iter().step_by(2) {
                    set.write(9).remove(element).unwrap();
                }
                black_box(&set);
            });
            let freed = -change.bytes_current as f64 / whole as f64;
            println!("{count} of {replicas}: {freed:.3} freed");
            assert!((0.0..=0.34).contains(&freed), "{count} of {replicas}: {freed}");
        }
    }
}

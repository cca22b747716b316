//! Members of groups, one of which knows a thousand others.
//!
//! - A probe round: it is time to probe one, a ping is encoded, and its answer decoded. `foca` is
//!   called once more, at the time by which an answer was due: it wants that.
//! - Being probed: a ping is decoded, and its answer encoded.
//!
//! Messages of both carry up to 1,400 bytes. `synod` packs up to 32 pieces of news into one, and has
//! room for as many in each. `synod 128` packs up to 128, so that the limit is in bytes, as with
//! `foca`; so does `synod heap`, which takes memory for those that there are.

use std::time::{Duration, Instant};

use criterion::{BenchmarkGroup, Criterion, measurement::WallTime};
use synod_bench::members::rounds::{Foca, Rounds, Synod};
use synod_failure_detect::{Heap, Inline};

pub fn bench(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("probe round, 1000 members");
    each(&mut group, "synod", Synod::<Inline<32>>::new(), Rounds::probe);
    each(&mut group, "synod heap", Synod::<Heap>::new(), Rounds::probe);
    each(&mut group, "foca", Foca::new(), Rounds::probe);
    group.finish();
    let mut group = criterion.benchmark_group("being probed, 1000 members");
    each(&mut group, "synod", Synod::<Inline<32>>::new(), Rounds::be_probed);
    each(&mut group, "synod heap", Synod::<Heap>::new(), Rounds::be_probed);
    each(&mut group, "foca", Foca::new(), Rounds::be_probed);
    group.finish();

    let mut group = criterion.benchmark_group("probe round, 1000 members, 100 with news");
    with_news(&mut group, "synod", Synod::<Inline<32>>::new(), Rounds::probe);
    with_news(&mut group, "synod 128", Synod::<Inline<128>>::new(), Rounds::probe);
    with_news(&mut group, "synod heap", Synod::<Heap>::new(), Rounds::probe);
    with_news(&mut group, "foca", Foca::new(), Rounds::probe);
    group.finish();
    let mut group = criterion.benchmark_group("being probed, 1000 members, 100 with news");
    with_news(&mut group, "synod", Synod::<Inline<32>>::new(), Rounds::be_probed);
    with_news(&mut group, "synod 128", Synod::<Inline<128>>::new(), Rounds::be_probed);
    with_news(&mut group, "synod heap", Synod::<Heap>::new(), Rounds::be_probed);
    with_news(&mut group, "foca", Foca::new(), Rounds::be_probed);
    group.finish();
}

/// No news.
fn each<R: Rounds>(
    group: &mut BenchmarkGroup<'_, WallTime>,
    name: &str,
    mut member: R,
    round: fn(&mut R),
) {
    group.bench_function(name, |bencher| bencher.iter(|| round(&mut member)));
    assert!(member.is_well());
}

/// As many rounds are measured after each time of learning: fewer than news are sent on.
const ROUNDS: u64 = 8;

fn with_news<R: Rounds>(
    group: &mut BenchmarkGroup<'_, WallTime>,
    name: &str,
    mut member: R,
    round: fn(&mut R),
) {
    group.bench_function(name, |bencher| {
        bencher.iter_custom(|rounds| {
            let mut spent = Duration::ZERO;
            let mut left = rounds;
            while left > 0 {
                member.learn();
                let now = left.min(ROUNDS);
                let start = Instant::now();
                (0..now).for_each(|_| round(&mut member));
                spent += start.elapsed();
                left -= now;
            }
            spent
        });
    });
    assert!(member.is_well());
}
